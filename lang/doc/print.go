package doc

import (
	"fmt"
	"strings"
)

// String is the entry as text for a terminal.
func (e *Entry) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n    %s.\n", e.Kind, e.Form, e.Summary)
	if names := e.undescribed(); len(names) > 0 {
		fmt.Fprintf(&b, "    Variables: %s.\n", strings.Join(names, ", "))
	}
	for _, p := range e.Params {
		if p.Text != "" {
			fmt.Fprintf(&b, "      %-12s %s\n", p.Name, p.Text)
		}
	}
	if e.Text != "" {
		b.WriteString("\n    " + strings.ReplaceAll(strings.ReplaceAll(e.Text, "\n", "\n    "), "\n    \n", "\n\n") + "\n")
	}
	return b.String()
}

// undescribed is the variables that have only a name.
func (e *Entry) undescribed() []string {
	var names []string
	for _, p := range e.Params {
		if p.Text == "" {
			names = append(names, p.Name)
		}
	}
	return names
}

const preface = `# The tapset

Made from the comments in ` + "`scripts/tapset`" + ` and the table of built-in functions by
` + "`go generate ./lang/doc`" + `. ` + "`tapir doc NAME`" + ` shows an entry.

Types stand as in the language: ` + "`name:result (parameters)`" + `; what stands in brackets may be left out.
`

const systemCalls = `
## System calls

Each of these fires when a program makes the call, and with ` + "`.return`" + ` behind it when the call
returns. All have the variables ` + "`name` and `argstr`; at the return they are `name`, `retval` and `retstr`" + `,
and for some calls a few more.

| probe point | more variables |
|---|---|
`

var headings = map[Kind]string{
	Function: "Functions", Probe: "Probe points", Macro: "Macros",
}

// Markdown is the whole reference.
func Markdown() string {
	var b strings.Builder
	b.WriteString(preface)
	var kind Kind
	for _, e := range All() {
		if e.Kind != kind {
			kind = e.Kind
			fmt.Fprintf(&b, "\n## %s\n", headings[kind])
		}
		if e.plain() {
			continue
		}
		e.markdown(&b)
	}
	b.WriteString(systemCalls)
	for _, e := range All() {
		if e.plain() && !strings.HasSuffix(e.Name, ".return") {
			fmt.Fprintf(&b, "| `%s` | %s |\n", e.Name, strings.Join(e.own(), " "))
		}
	}
	return b.String()
}

// plain reports whether e is a row of the table of system calls.
func (e *Entry) plain() bool { return e.File == tables }

// own is the variables that not every system call has.
func (e *Entry) own() []string {
	var names []string
	for _, p := range e.Params {
		if p.Name != "name" && p.Name != "argstr" {
			names = append(names, "`"+p.Name+"`")
		}
	}
	return names
}

func (e *Entry) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n### `%s`\n\n%s.\n", e.Form, e.Summary)
	if len(e.Params) > 0 {
		b.WriteString("\n")
		for _, p := range e.Params {
			fmt.Fprintf(b, "- `%s`: %s\n", p.Name, p.Text)
		}
	}
	if e.Text != "" {
		fmt.Fprintf(b, "\n%s\n", e.Text)
	}
}
