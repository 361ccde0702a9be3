package calls

import (
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sourceFolders have C programs with what is expected of their calls in comments,
// in the order in which the calls are made:
//
//	//staptest// open ("file", O_RDONLY) = NNNN
//
// which is the form of SystemTap's own programs; of others' sources, whatever is put
// beside the checkout is run as well.
var sourceFolders = []string{"testdata", "../../../../shared/calls"}

var comment = regexp.MustCompile(`(?m)//staptest//\s*(\S.*?)\s*$`)

// TestPrograms compiles every C program, runs it under tapir, and looks for what its
// comments expect in what is printed, in order.
func TestPrograms(t *testing.T) {
	p := command(t)
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc")
	}
	for _, folder := range sourceFolders {
		sources, err := filepath.Glob(filepath.Join(folder, "*.c"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			t.Run(strings.TrimSuffix(filepath.Base(source), ".c"), func(t *testing.T) {
				source, err := filepath.Abs(source)
				if err != nil {
					t.Fatal(err)
				}
				p.runSource(t, gcc, source)
			})
		}
	}
}

// expectations are the comments of a source that its conditions leave in.
func expectations(t *testing.T, gcc, source string) (wants []string) {
	t.Helper()
	text, err := exec.Command(gcc, "-E", "-C", "-P", source).Output()
	if err != nil {
		t.Fatalf("preprocess %s: %v", source, err)
	}
	for _, m := range comment.FindAllStringSubmatch(string(text), -1) {
		wants = append(wants, m[1])
	}
	return wants
}

// calledNames are the calls that an expectation is about.
var calledNames = regexp.MustCompile(`([a-z]\w+) \(`)

// runSource compiles and runs one program.
func (p *tapir) runSource(t *testing.T, gcc, source string) {
	t.Helper()
	wants := expectations(t, gcc, source)
	exe := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(source), ".c"))
	if out, err := exec.Command(gcc, "-O1", "-w", "-D_GNU_SOURCE", "-o", exe, source, "-lrt", "-lpthread").CombinedOutput(); err != nil {
		t.Fatalf("compile %s: %v\n%s", source, err, out)
	}
	names := map[string]bool{}
	for _, want := range wants {
		for _, m := range calledNames.FindAllStringSubmatch(want, -1) {
			if probe := probeOf(m[1]); !isExit(probe) {
				names[probe] = true
			}
		}
	}
	lines := p.trace(t, traceScript(slices.Sorted(maps.Keys(names))), t.TempDir(), []string{"LC_ALL=C"}, exe)
	met, at := 0, 0
	for _, want := range wants {
		re, err := pattern(want)
		if err != nil {
			t.Fatalf("%q: %v", want, err)
		}
		if i := slices.IndexFunc(lines[at:], re.MatchString); i >= 0 {
			at += i + 1
			met++
			continue
		}
		t.Errorf("want %s\n got %s", want, strings.Join(sameName(lines[at:], want), "\n     "))
	}
	t.Logf("%d of %d expectations met", met, len(wants))
}

// sameName are the first lines of a call, for the message that none is as wanted.
func sameName(lines []string, want string) (same []string) {
	for _, line := range lines {
		if callName(line) == callName(want) && len(same) < 3 {
			same = append(same, line)
		}
	}
	return same
}
