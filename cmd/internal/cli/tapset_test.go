package cli

import (
	"regexp"
	"strings"
	"testing"

	"tapir/lang/doc"
)

// compiles runs a script through all passes but the last; what is wrong with it, or "".
func compiles(script string) string {
	var out, errs strings.Builder
	if Main([]string{"tapir", "-p4", "-u", "-w", "-e", script}, strings.NewReader(""), &out, &errs) == statusGood {
		return ""
	}
	return errs.String()
}

// signature is a function as its entry shows it.
var signature = regexp.MustCompile(`^(\w+)(:\w+)? \((.*)\)$`)

// call is a call of a function with literals for arguments, as a statement that
// uses its result.
func call(t *testing.T, form string) string {
	t.Helper()
	m := signature.FindStringSubmatch(form)
	if m == nil {
		t.Fatalf("%q is no signature", form)
	}
	var args []string
	for p := range strings.SplitSeq(strings.NewReplacer("[", "", "]", "").Replace(m[3]), ",") {
		switch {
		case strings.HasSuffix(p, ":string"):
			args = append(args, `"x"`)
		case p != "":
			args = append(args, "1")
		}
	}
	text := m[1] + "(" + strings.Join(args, ", ") + ")"
	if m[2] != "" {
		text = "println(" + text + ")"
	}
	return text
}

// TestDescribedCompiles holds that whatever docs/tapset.md describes can be used:
// every function is called, every probe point's variables are printed, every macro
// is expanded.
func TestDescribedCompiles(t *testing.T) {
	for _, e := range doc.All() {
		t.Run(string(e.Kind)+" "+e.Form, func(t *testing.T) {
			script := describedScript(t, e)
			if wrong := compiles(script); wrong != "" {
				t.Errorf("%s\n%s", script, wrong)
			}
		})
	}
}

// describedScript uses what e describes.
func describedScript(t *testing.T, e *doc.Entry) string {
	t.Helper()
	switch e.Kind {
	case doc.Function:
		if e.Name == "get_cycles" { // the kernel's helpers have no such counter
			return "probe begin { " + call(t, e.Form) + " }"
		}
		return `probe kernel.syscall("openat").return { ` + call(t, e.Form) + ` }`
	case doc.Macro:
		args := []string{}
		for _, p := range e.Params {
			args = append(args, macroArgument(e, p.Name))
		}
		return macroGlobals + "probe begin { @" + e.Name + "(" + strings.Join(args, ", ") + ") }"
	}
	body := "exit()"
	for _, p := range e.Params {
		body += " println(" + p.Name + ")"
	}
	return "probe " + e.Name + " { " + body + " }"
}

// macroGlobals are the arrays that macros are tried with: a<n> has n keys.
const macroGlobals = `global a1, a2, a3, a4, a5, a6, a7, a8
probe begin(-1) {
	a1[1] = a2[1, 1] = a3[1, 1, 1] = a4[1, 1, 1, 1] = a5[1, 1, 1, 1, 1] = a6[1, 1, 1, 1, 1, 1] = 1
	a7[1, 1, 1, 1, 1, 1, 1] = a8[1, 1, 1, 1, 1, 1, 1, 1] = 1
}
`

func macroArgument(e *doc.Entry, param string) string {
	switch {
	case param == "arr":
		return "a" + e.Name[len(e.Name)-1:]
	case param == "name" || strings.HasPrefix(param, "idx"):
		return `"x"`
	}
	return "1"
}
