package check

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/image"
	"tapir/lang/source"
)

// A codePattern is what the argument of function or statement asks for: NAME,
// NAME@FILE or NAME@FILE:LINE.
type codePattern struct {
	name, source, line string
}

func parseCode(text string) codePattern {
	var p codePattern
	p.name, p.source, _ = strings.Cut(text, "@")
	if at := strings.LastIndexByte(p.source, ':'); at >= 0 {
		p.source, p.line = p.source[:at], p.source[at+1:]
	}
	return p
}

// inSource reports whether a source file is one that is asked for: its whole path, or
// the end of it, matches.
func (p codePattern) inSource(file string) bool {
	if p.source == "" || glob(p.source, file) || glob("*/"+p.source, file) {
		return true
	}
	return glob(p.source, path.Base(file))
}

// names reports whether a function is asked for by its name: as the linker or the
// source has it, with or without what it is nested in.
func (p codePattern) names(f *image.Function) bool {
	if glob(p.name, f.Name) || glob(p.name, f.Plain) {
		return true
	}
	if _, last, ok := cutLast(f.Plain, "::"); ok && glob(p.name, last) {
		return true
	}
	return false
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// functions resolves function("NAME") and what may follow it.
func (p *processPoint) functions() ([]handler, *source.Diagnostic) {
	pattern := parseCode(p.text("function"))
	all, err := p.file.Functions()
	if err != nil {
		return nil, plain("%s", err)
	}
	var hs []handler
	seen := map[uint64]bool{} // of patterns: one name of each function
	for i := range all {
		f := all[i]
		if !pattern.names(&f) || isPattern(pattern.name) && seen[f.Address] || p.has("exported") && !f.Exported {
			continue
		}
		f.Source, f.Line, _ = p.file.Describe(f.Address)
		if pattern.source != "" && !pattern.inSource(f.Source) || pattern.line != "" && pattern.line != strconv.Itoa(f.Line) {
			continue
		}
		seen[f.Address] = true
		got, err := p.function(&f)
		switch {
		case err == nil:
			hs = append(hs, got...)
		case !isPattern(pattern.name): // what a pattern can't have it does without
			return nil, plain("%s", err)
		}
	}
	if len(hs) == 0 {
		return nil, p.noFunction(pattern, all)
	}
	return hs, nil
}

// function is the handlers at a function's entry or its return.
func (p *processPoint) function(f *image.Function) ([]handler, error) {
	tail := p.with("function", placeOf(f))
	if !p.has("return") {
		return []handler{p.at(builtin.UserEntry, &User{Site: f.Site, Function: f}, tail)}, nil
	}
	sites, err := p.file.Returns(*f)
	if err != nil {
		return nil, err
	}
	if sites == nil {
		return []handler{p.at(builtin.UserReturn, &User{Site: f.Site, Function: f}, tail)}, nil
	}
	var hs []handler
	for _, s := range sites {
		hs = append(hs, p.at(builtin.UserReturn, &User{Site: s, Function: f, Instruction: true}, tail))
	}
	return hs, nil
}

// noFunction says that a file has no function of a name.
func (p *processPoint) noFunction(pattern codePattern, all []image.Function) *source.Diagnostic {
	if len(all) == 0 {
		return plain("no match: %s has no symbols, and none were found apart from it", p.file.Path())
	}
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Plain
	}
	slices.Sort(names)
	if pattern.source != "" && slices.ContainsFunc(all, func(f image.Function) bool { return pattern.names(&f) }) {
		return plain("no match: no function %s of %s is known to be defined in %s", pattern.name, p.file.Path(), pattern.source)
	}
	note := ""
	if near := similar(pattern.name, slices.Compact(names)); len(near) > 0 {
		note = " (similar functions: " + strings.Join(near, ", ") + ")"
	}
	if p.file.Stripped() {
		note += fmt.Sprintf(": %s is stripped, and has the names only of what it exports; its debug symbols were not found", p.file.Path())
	}
	return plain("no match%s", note)
}

// marks resolves mark("NAME") and provider("NAME").mark("NAME").
func (p *processPoint) marks() ([]handler, *source.Diagnostic) {
	all, err := p.file.Marks()
	if err != nil {
		return nil, plain("%s", err)
	}
	provider, name := p.text("provider"), p.text("mark")
	var hs []handler
	var names []string
	for i := range all {
		m := &all[i]
		names = append(names, m.Name)
		if glob(name, m.Name) && (provider == "" || glob(provider, m.Provider)) {
			tail := replaced(p.with("mark", m.Name), "provider", m.Provider)
			h := p.at(builtin.UserEntry, &User{Site: m.Site, Mark: m}, tail)
			h.point.Name = fmt.Sprintf("%s.statement(%#x)", spell(p.head), m.Address)
			hs = append(hs, h)
		}
	}
	if len(hs) > 0 {
		return hs, nil
	}
	if len(all) == 0 {
		return nil, plain("no match: %s has no marks", p.file.Path())
	}
	slices.Sort(names)
	note := ""
	if near := similar(name, slices.Compact(names)); len(near) > 0 {
		note = " (similar marks: " + strings.Join(near, ", ") + ")"
	}
	return nil, plain("no match%s", note)
}
