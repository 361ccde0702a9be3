package doc

import (
	"regexp"
	"strings"
)

// extract finds the comments of a text that document what follows them:
//
//	/**
//	 * function NAME - Summary
//	 * @PARAMETER: what it is
//	 *
//	 * Text, in paragraphs.
//	 */
//
// with probe or macro in place of function.
func extract(file, text string) []*Entry {
	var entries []*Entry
	for {
		_, rest, ok := strings.Cut(text, "/**\n")
		if !ok {
			return entries
		}
		comment, after, _ := strings.Cut(rest, "*/")
		if e := parse(comment); e != nil {
			e.File = file
			e.Form = form(e, after)
			entries = append(entries, e)
		}
		text = after
	}
}

var (
	headLine  = regexp.MustCompile(`^(function|probe|macro) (\S+) - (.+)$`)
	paramLine = regexp.MustCompile(`^@(\w+): (.*)$`)
)

// parse reads a comment; nil if it documents nothing.
func parse(comment string) *Entry {
	var lines []string
	for line := range strings.Lines(comment) {
		line = strings.TrimSpace(line)
		lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(line, "*"), " "))
	}
	head := headLine.FindStringSubmatch(lines[0])
	if head == nil {
		return nil
	}
	e := &Entry{Kind: Kind(head[1]), Name: head[2], Summary: head[3]}
	lines = lines[1:]
	for len(lines) > 0 && lines[0] != "" {
		if m := paramLine.FindStringSubmatch(lines[0]); m != nil {
			e.Params = append(e.Params, Param{m[1], m[2]})
		} else if n := len(e.Params); n > 0 { // goes on
			e.Params[n-1].Text += " " + strings.TrimSpace(lines[0])
		}
		lines = lines[1:]
	}
	e.Text = strings.TrimSpace(strings.Join(lines, "\n"))
	return e
}

// form is the declaration that follows a comment, as it is used.
func form(e *Entry, after string) string {
	switch e.Kind {
	case Function:
		_, decl, _ := strings.Cut(after, "function ")
		decl, _, _ = strings.Cut(decl, "{")
		name, params, _ := strings.Cut(strings.TrimSpace(decl), "(")
		return strings.TrimSpace(name) + " (" + params
	case Macro:
		_, decl, _ := strings.Cut(after, "@define ")
		decl, _, _ = strings.Cut(decl, "%(")
		return "@" + strings.TrimSpace(decl)
	}
	return e.Name
}
