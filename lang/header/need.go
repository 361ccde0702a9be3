package header

import (
	"slices"
	"strconv"
	"strings"

	"tapir/lang/source"
)

// Need is a thing that a script or its test needs of the kernel or the machine.
type Need struct {
	// Name is one of NeedNames, or what the header has if that is none of them.
	Name string
	// Value is what stands behind some of the names: a version, a program.
	Value string
}

// Needs are the names, with whether a value follows and what they mean.
var needs = []struct {
	name    string
	value   bool
	meaning string
}{
	{"nothing", false, "only begin, end and timer probes"},
	{"system calls", false, "probes on system calls"},
	{"tracepoints", false, "tracepoints of the kernel"},
	{"tracepoint", true, "one that not every kernel has"},
	{"kernel functions", false, "fentry or kprobes"},
	{"function", true, "one of the kernel that not every one has"},
	{"user programs", false, "probes in programs and libraries"},
	{"profile", false, "a clock on every CPU"},
	{"debug information", false, "of the program that is looked at"},
	{"target", false, "a command with -c or a process with -x"},
	{"Linux", true, "this version or a newer one"},
	{"program", true, "one that can be found in $PATH"},
	{"file", true, "one that is there"},
	{"root", false, "more than CAP_BPF and CAP_PERFMON"},
}

// String is the need as a header has it.
func (n Need) String() string {
	if n.Value != "" {
		return n.Name + " " + n.Value
	}
	return n.Name
}

// addNeeds reads a list of needs, between commas.
func (h *Header) addNeeds(v value) {
	list, problems := ParseNeeds(v.paragraph())
	for _, p := range problems {
		h.problem(v.line, "needs: %s", p)
	}
	h.Needs = list
}

// ParseNeeds reads a list of needs between commas, and says what is wrong with it.
func ParseNeeds(text string) (list []Need, problems []string) {
	for _, part := range (value{first: clean(text)}).list() {
		if len(list) == maxArguments {
			return list, append(problems, "too many")
		}
		need, problem := parseNeed(part)
		list = append(list, need)
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	return list, problems
}

func parseNeed(text string) (need Need, problem string) {
	name, val, hasValue := strings.Cut(text, " ")
	for _, n := range needs {
		switch {
		case n.name == text && !n.value:
			return Need{Name: text}, ""
		case n.name == name && n.value && hasValue:
			val = strings.TrimSpace(val)
			if n.name == "Linux" && !isVersion(val) {
				return Need{Name: text}, "Linux has a version such as 6.4, not " + strconv.Quote(val)
			}
			return Need{Name: name, Value: val}, ""
		case n.name == text:
			return Need{Name: text}, n.name + " lacks what is needed: " + n.meaning
		}
	}
	names := NeedNames()
	message := strconv.Quote(excerpt(text)) + " is none of " + strings.Join(names, ", ")
	if near := source.Similar(text, names, 1); len(near) > 0 {
		message = strconv.Quote(excerpt(text)) + " (did you mean " + near[0] + "?)"
	}
	return Need{Name: text}, message
}

// NeedNames is the names that needs may have.
func NeedNames() []string {
	var names []string
	for _, n := range needs {
		names = append(names, n.name)
	}
	return names
}

func isVersion(text string) bool {
	parts := strings.Split(text, ".")
	return len(parts) == 2 && !slices.ContainsFunc(parts, func(p string) bool {
		n, err := strconv.Atoi(p)
		return err != nil || n < 0 || n > 999
	})
}

// Version is the major and minor number of a need of Linux.
func (n Need) Version() (major, minor int) {
	a, b, _ := strings.Cut(n.Value, ".")
	major, _ = strconv.Atoi(a)
	minor, _ = strconv.Atoi(b)
	return major, minor
}
