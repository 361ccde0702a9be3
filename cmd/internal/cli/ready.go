package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"tapir/bpf/target"
	"tapir/lang/collection"
	"tapir/lang/header"
	"tapir/runtime/output"
)

// readyFlags are the options of list and show.
type readyFlags struct {
	includes []string // -I
	verbose  bool     // -v
	source   bool     // --source
}

func (f *readyFlags) register(c *cobra.Command) {
	c.Flags().SortFlags = false
	c.Flags().StringArrayVarP(&f.includes, "include", "I", nil, "look for scripts in this `folder` too")
}

func (e *env) listCommand() *cobra.Command {
	var f readyFlags
	c := &cobra.Command{
		Use:   "list [OPTIONS] [WORD…]",
		Short: "List ready scripts, or those that all of the words fit",
		Long: `List ready scripts by subject, with their titles: those in the folders of -I, of
$TAPIR_PATH and in ~/.local/share/tapir/scripts, and those that are built in.
With words, only scripts that have all of them in their name, title, subject,
keywords or description. Those that this machine can't run are marked by -
and grey on a terminal; -v says why, what scripts need, and where they are.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return e.list(&f, args) },
	}
	f.register(c)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "say what each needs, where it is, and why it can't be run")
	return c
}

func (e *env) showCommand() *cobra.Command {
	var f readyFlags
	c := &cobra.Command{
		Use:   "show [OPTIONS] NAME",
		Short: "Show what a script is for, or its source",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return e.show(&f, args[0]) },
	}
	f.register(c)
	c.Flags().BoolVarP(&f.source, "source", "s", false, "print the script itself")
	return c
}

// entry is a line of the list.
type entry struct {
	*collection.Script
	header *header.Header     // not nil
	hidden *collection.Script // the script of an earlier collection that has its name
}

// list prints the scripts that all words fit.
func (e *env) list(f *readyFlags, words []string) error {
	kernel, err := target.Live()
	if err != nil {
		return err
	}
	entries := e.entries(f.includes, words)
	if len(entries) == 0 {
		return &usageError{"no script has all of these words: " + strings.Join(words, " "), "tapir list shows all"}
	}
	width := 0
	for _, x := range entries {
		width = max(width, utf8.RuneCountInString(x.FullName()))
	}
	grey := colours(e.out)
	w := bufio.NewWriter(e.out)
	for _, x := range entries {
		lack := lacks(kernel, x.header.Needs)
		mark, before, after := " ", "", ""
		if lack != "" {
			mark = "-"
			if grey {
				before, after = "\x1b[2m", "\x1b[m"
			}
		}
		fmt.Fprintf(w, "%s%s %-*s  %s%s\n", before, mark, width, x.FullName(), cmp.Or(x.header.Title, "(says nothing of itself)"), after)
		if f.verbose {
			x.details(w, lack, width)
		}
	}
	return w.Flush()
}

// details are the lines below an entry.
func (x *entry) details(w *bufio.Writer, lack string, width int) {
	line := func(format string, args ...any) {
		fmt.Fprintf(w, "  %*s  %s\n", width, "", output.Visible(fmt.Sprintf(format, args...)))
	}
	if lack != "" {
		line("can't be run here: %s", lack)
	}
	if len(x.header.Needs) > 0 {
		line("needs %s", needsText(x.header.Needs))
	}
	if !x.Builtin() {
		line("%s", x.Path())
	}
	if x.hidden != nil {
		line("its name is that of %s, which goes before it: run it by its path", x.hidden.Path())
	}
}

// entries are the scripts that all words fit, by name.
func (e *env) entries(includes, words []string) []*entry {
	first := map[string]*collection.Script{}
	var list []*entry
	for _, c := range e.collections(includes, false) {
		for _, s := range c.Scripts {
			x := &entry{Script: s, header: headerOr(s), hidden: first[s.FullName()]}
			if x.hidden == nil {
				first[s.FullName()] = s
			}
			if x.fits(words) {
				list = append(list, x)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *entry) int { return strings.Compare(a.FullName(), b.FullName()) })
	return list
}

// fits reports whether an entry has all words.
func (x *entry) fits(words []string) bool {
	h := x.header
	text := strings.ToLower(strings.Join([]string{x.FullName(), h.Title, strings.Join(h.Keywords, " "), h.Description, h.Meta["subsystem"]}, " "))
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, strings.ToLower(word)) })
}

// show prints what a script says of itself, or the script.
func (e *env) show(f *readyFlags, name string) error {
	s, err := e.loadScript(&scriptFlags{includes: f.includes}, name)
	if err != nil {
		return err
	}
	if f.source {
		text := s.text
		if output.IsTerminal(e.out) {
			text = output.Visible(text)
		}
		_, err := fmt.Fprint(e.out, text)
		return err
	}
	if s.header == nil {
		return &usageError{output.Visible(s.name) + " says nothing of itself", "--source prints the script"}
	}
	e.describe(s.header, shortName(s.name), s.name)
	return nil
}

// describe prints a page about a script.
func (e *env) describe(h *header.Header, name, path string) {
	fmt.Fprintf(e.out, "%s: %s\n", output.Visible(name), h.Title)
	if h.Description != "" {
		fmt.Fprintf(e.out, "\n%s\n", wrap(h.Description, 80))
	}
	fmt.Fprintf(e.out, "\nUsage: %s\n", output.Visible(h.Synopsis(name)))
	e.arguments(h)
	fmt.Fprintln(e.out)
	for _, line := range []struct{ label, text string }{
		{"Needs", needsText(h.Needs)}, {"Keywords", strings.Join(h.Keywords, ", ")}, {"Since", h.Since},
		{"Author", h.Author}, {"File", output.Visible(path)},
	} {
		if line.text != "" {
			fmt.Fprintf(e.out, "%-10s%s\n", line.label+":", line.text)
		}
	}
	if h.Example != "" {
		fmt.Fprintln(e.out, "\nExample:")
		for line := range strings.SplitSeq(h.Example, "\n") {
			fmt.Fprintln(e.out, strings.TrimRight("  "+line, " "))
		}
	}
}

// arguments prints the arguments that a header has.
func (e *env) arguments(h *header.Header) {
	width := 0
	for _, a := range h.Arguments {
		width = max(width, utf8.RuneCountInString(a.Name))
	}
	for i := range h.Arguments {
		a := &h.Arguments[i]
		fmt.Fprintf(e.out, "  %-*s  %s\n", width, strings.ToUpper(a.Name), a.Describe())
	}
	if len(h.Arguments) > 0 {
		a := h.Arguments[0]
		fmt.Fprintf(e.out, "They may be named as well: --%s=%s\n", strings.ToLower(a.Name), cmp.Or(a.Default, "…"))
	}
}

func needsText(needs []header.Need) string {
	var texts []string
	for _, n := range needs {
		texts = append(texts, n.String())
	}
	return strings.Join(texts, ", ")
}

// shortName is a script's name without folder and extension.
func shortName(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if collection.IsScript(name) {
		name = name[:strings.LastIndexByte(name, '.')]
	}
	return name
}

// wrap breaks a paragraph into lines.
func wrap(text string, width int) string {
	var b strings.Builder
	n := 0
	for word := range strings.FieldsSeq(text) {
		length := utf8.RuneCountInString(word)
		switch {
		case n == 0:
		case n+1+length > width:
			b.WriteByte('\n')
			n = 0
		default:
			b.WriteByte(' ')
			n++
		}
		b.WriteString(word)
		n += length
	}
	return b.String()
}
