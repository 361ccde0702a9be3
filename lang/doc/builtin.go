package doc

import (
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/types"
)

// builtins describes the table of built-in functions, but for those that only
// the tapset calls.
func builtins() []*Entry {
	var entries []*Entry
	for i := range builtin.Functions {
		if f := &builtin.Functions[i]; !f.Tapset {
			entries = append(entries, &Entry{
				Kind: Function, Name: f.Name, Form: builtinForm(f), Summary: upper(f.Doc), Text: moment(f),
			})
		}
	}
	return entries
}

// moments says when a function has its value, where that is not plain.
var moments = map[builtin.Class]string{
	builtin.Context:  "Taken when the event happens. In begin, end, error, timer and input probes it is about tapir itself, and now; in procfs probes about who reads or writes.",
	builtin.Argument: "Only in probes of system calls, tracepoints and functions.",
	builtin.Memory:   "Read when the event happens. Only in probes that fire in the kernel or in a program.",
}

// moment says when f has its value.
func moment(f *builtin.Func) string {
	if f.Read != nil && f.Read.Stack {
		return "Taken when the event happens. In begin, end, error and timer probes the stack is empty."
	}
	return moments[f.Class]
}

// builtinForm is `name:result (parameters)`, what may be left out in brackets.
func builtinForm(f *builtin.Func) string {
	var b strings.Builder
	b.WriteString(f.Name)
	if f.Result != types.Void {
		b.WriteString(":" + f.Result.String())
	}
	b.WriteString(" (")
	names := strings.Fields(f.Names)
	for i, p := range f.Params {
		optional := i >= len(f.Params)-f.Optional
		if optional {
			b.WriteString("[")
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(names[i] + ":" + p.String())
		if optional {
			b.WriteString("]")
		}
	}
	b.WriteString(")")
	return b.String()
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
