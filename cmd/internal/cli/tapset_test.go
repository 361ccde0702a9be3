package cli

import (
	"strings"
	"testing"

	"tapir/lang/doc"
)

// macroGlobals are the arrays that macros are tried with: a<n> has n keys.
const macroGlobals = `global a1, a2, a3, a4, a5, a6, a7, a8
probe begin(-1) {
	a1[1] = a2[1, 1] = a3[1, 1, 1] = a4[1, 1, 1, 1] = a5[1, 1, 1, 1, 1] = a6[1, 1, 1, 1, 1, 1] = 1
	a7[1, 1, 1, 1, 1, 1, 1] = a8[1, 1, 1, 1, 1, 1, 1, 1] = 1
}
`

// TestMacrosCompile expands every macro that docs/tapset.md describes; runtime/vm
// does that for functions and probe points.
func TestMacrosCompile(t *testing.T) {
	for _, e := range doc.All() {
		if e.Kind != doc.Macro {
			continue
		}
		var args []string
		for _, p := range e.Params {
			args = append(args, macroArgument(e, p.Name))
		}
		at := "begin"
		switch {
		case strings.HasPrefix(e.Name, "prometheus"):
			at = "prometheus"
		case strings.HasPrefix(e.Name, "json"):
			at = "json_data"
		}
		call := "@" + e.Name
		if len(args) > 0 {
			call += "(" + strings.Join(args, ", ") + ")"
		}
		if strings.HasSuffix(e.Name, "container_of") {
			call += "->pid"
		}
		script := macroGlobals + "probe " + at + " { " + call + " }"
		var out, errs strings.Builder
		if Main([]string{"tapir", "-p4", "-u", "-w", "-e", script}, strings.NewReader(""), &out, &errs) != statusGood {
			t.Errorf("%s\n%s", script, errs.String())
		}
	}
}

func macroArgument(e *doc.Entry, param string) string {
	switch {
	case param == "arr":
		return "a" + strings.TrimSuffix(strings.TrimSuffix(e.Name, "_unquoted"), "_map")[len("prometheus_dump_array"):]
	case strings.HasPrefix(param, "map"):
		return "sprint"
	case strings.HasPrefix(e.Name, "json") && (param != "value" || strings.Contains(e.Name, "string")):
		return `"x"`
	case param == "type":
		return `"task_struct"`
	case param == "member":
		return "tasks"
	case param == "module":
		return `"kernel"`
	case param == "name" || strings.HasPrefix(param, "idx"):
		return `"x"`
	}
	return "1"
}
