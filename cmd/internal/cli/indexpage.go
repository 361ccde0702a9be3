package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tapir/lang/collection"
	"tapir/lang/header"
)

// isFolder reports whether a name that is no function's or probe point's is a folder's.
func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// index prints a page in Markdown about the scripts of a folder: a table of them by
// subject, and what each says of itself.
func (e *env) index(dir string) error {
	c, err := collection.Open(dir)
	if err != nil {
		return err
	}
	if len(c.Scripts) == 0 {
		return &usageError{dir + " has no scripts", "scripts are *.tp and *.stp"}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(e.out)
	fmt.Fprintf(w, "# Scripts of %s\n\nMade by `tapir doc`. `tapir run -I DIR NAME` runs one of these; `tapir show` shows what is written here.\n", markdown(filepath.Base(abs)))
	heading := "\x00"
	for _, s := range c.Scripts {
		if s.Subject != heading {
			heading = s.Subject
			fmt.Fprintf(w, "\n## %s\n\n| script | what it shows | needs |\n|---|---|---|\n", markdown(cmp.Or(s.Subject, "In no folder")))
		}
		h := headerOr(s)
		fmt.Fprintf(w, "| [%s](#%s) | %s | %s |\n", markdown(s.Name), anchor(s.Name), markdown(h.Title), markdown(needsText(h.Needs)))
	}
	for _, s := range c.Scripts {
		page(w, s, headerOr(s))
	}
	return w.Flush()
}

// headerOr is what a script says of itself, which may be nothing.
func headerOr(s *collection.Script) *header.Header {
	if h := s.Header(); h != nil {
		return h
	}
	return &header.Header{}
}

// page is what a script says of itself.
func page(w *bufio.Writer, s *collection.Script, h *header.Header) {
	fmt.Fprintf(w, "\n### %s\n", markdown(s.Name))
	for _, text := range []string{h.Title, h.Description} {
		if text != "" {
			fmt.Fprintf(w, "\n%s\n", markdown(text))
		}
	}
	fmt.Fprintf(w, "\n    %s\n", h.Synopsis(s.Name))
	for i := range h.Arguments {
		if i == 0 {
			fmt.Fprintln(w)
		}
		a := &h.Arguments[i]
		fmt.Fprintf(w, "- `%s`: %s\n", a.Name, markdown(a.Describe()))
	}
	if h.Example != "" {
		fmt.Fprintf(w, "\n```\n%s\n```\n", strings.ReplaceAll(h.Example, "```", "'''"))
	}
}

// markdown is text that Markdown shows as it is.
func markdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "&", "&amp;", "[", `\[`, "]", `\]`).Replace(text)
}

// anchor is the name of a heading's place in a page.
func anchor(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || r > 127 {
			return r
		}
		return -1
	}, strings.ToLower(name))
}
