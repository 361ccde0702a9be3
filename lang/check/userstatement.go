package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/image"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// statements resolves statement("FUNCTION@FILE:LINE") and statement(ADDRESS).
func (p *processPoint) statements() ([]handler, *source.Diagnostic) {
	comp := p.tail[0]
	if lit, ok := comp.Arg.(*syntax.IntLit); ok {
		return p.statementAt(uint64(lit.Value))
	}
	pattern := parseCode(p.text("statement"))
	if pattern.source == "" || pattern.line == "" {
		return nil, because(comp.Token(), `say in which file and at which line: statement("main@file.c:12"), or statement("*@file.c:12")`)
	}
	wanted, cause := wantedLine(comp, pattern)
	if cause != nil {
		return nil, cause
	}
	lines, err := p.file.Lines(pattern.inSource)
	if err != nil {
		return nil, because(comp.Token(), "the lines of %s are not known: %s", p.file.Path(), err)
	}
	all, err := p.file.Functions()
	if err != nil {
		return nil, plain("%s", err)
	}
	if p.has("nearest") {
		wanted = nearestLine(lines, wanted)
	}
	return p.linesOf(pattern, wanted, lines, all)
}

// statementAt is the handler at an address, as the file's symbols have it.
func (p *processPoint) statementAt(address uint64) ([]handler, *source.Diagnostic) {
	site, ok := p.file.Site(address)
	if !ok {
		return nil, because(p.tail[0].Token(), "%#x is no address of code in %s", address, p.file.Path())
	}
	u := &User{Site: site}
	if all, err := p.file.Functions(); err == nil {
		u.Function = functionAt(all, address)
	}
	h := p.at(builtin.UserEntry, u, nil)
	h.spelling = fmt.Sprintf("%s.statement(%#x)", spell(p.head), address)
	h.point.Name = h.spelling
	return []handler{h}, nil
}

// wantedLine is the line that is asked for; * are all.
func wantedLine(comp *syntax.Component, pattern codePattern) (int, *source.Diagnostic) {
	if pattern.line == "*" {
		return anyLine, nil
	}
	if strings.HasPrefix(pattern.line, "+") {
		return 0, because(comp.Token(), "lines can't be counted from where a function begins: say the file's line")
	}
	n, err := strconv.Atoi(pattern.line)
	if err != nil || n < 0 {
		return 0, because(comp.Token(), "%q is no line number", pattern.line)
	}
	return n, nil
}

// anyLine stands for all lines.
const anyLine = -1

// linesOf are the handlers at the first places of a line's statements in each function.
func (p *processPoint) linesOf(pattern codePattern, wanted int, lines []image.Line, all []image.Function) ([]handler, *source.Diagnostic) {
	type key struct {
		function uint64
		line     int
	}
	seen := map[key]bool{}
	var hs []handler
	var there []int
	for _, l := range lines {
		f := functionAt(all, l.Address)
		if f == nil || !pattern.names(f) {
			continue
		}
		there = append(there, l.Line)
		k := key{f.Address, l.Line}
		if seen[k] || wanted != anyLine && l.Line != wanted {
			continue
		}
		seen[k] = true
		tail := p.with("statement", fmt.Sprintf("%s@%s:%d", f.Plain, l.Source, l.Line))
		hs = append(hs, p.at(builtin.UserEntry, &User{Site: l.Site, Function: f}, tail))
	}
	if len(hs) > 0 {
		return hs, nil
	}
	note := ""
	if near := nearLines(there, wanted); near != "" {
		note = " (nearest lines with code: " + near + ")"
	}
	return nil, plain("no match%s", note)
}

// functionAt is the function with the code at an address, or nil.
func functionAt(all []image.Function, address uint64) *image.Function {
	i, _ := slices.BinarySearchFunc(all, address, func(f image.Function, a uint64) int {
		if f.Address <= a {
			return -1
		}
		return 1
	})
	if i == 0 || all[i-1].Size > 0 && address >= all[i-1].Address+all[i-1].Size {
		return nil
	}
	return &all[i-1]
}

// nearestLine is the line with code that is nearest to one.
func nearestLine(lines []image.Line, wanted int) int {
	best := wanted
	distance := func(n int) int { return max(n-wanted, wanted-n) }
	for i, l := range lines {
		if i == 0 || distance(l.Line) < distance(best) {
			best = l.Line
		}
	}
	return best
}

// nearLines lists the lines before and behind one that are there.
func nearLines(there []int, wanted int) string {
	before, behind := 0, 0
	for _, n := range there {
		if n < wanted && n > before {
			before = n
		}
		if n > wanted && (behind == 0 || n < behind) {
			behind = n
		}
	}
	var list []string
	for _, n := range []int{before, behind} {
		if n > 0 {
			list = append(list, strconv.Itoa(n))
		}
	}
	return strings.Join(list, ", ")
}

// linkage resolves plt("NAME"), the places from which a program jumps into libraries.
func (p *processPoint) linkage() ([]handler, *source.Diagnostic) {
	all, err := p.file.Linkage()
	if err != nil {
		return nil, plain("%s", err)
	}
	name := p.text("plt")
	if name == "" {
		name = "*"
	}
	kind := builtin.UserEntry
	if p.has("return") {
		kind = builtin.UserReturn
	}
	var hs []handler
	var names []string
	for i := range all {
		f := &all[i]
		names = append(names, f.Name)
		if glob(name, f.Name) {
			tail := []*syntax.Component{{Base: p.tail[0].Base, Name: "plt", Arg: &syntax.StringLit{Base: p.tail[0].Base, Value: f.Name}}}
			hs = append(hs, p.at(kind, &User{Site: f.Site, Function: f}, concat(tail, p.tail[1:])))
		}
	}
	switch {
	case len(hs) > 0:
		return hs, nil
	case len(all) == 0:
		return nil, plain("no match: %s has no procedure linkage table, so it calls libraries directly", p.file.Path())
	}
	slices.Sort(names)
	note := ""
	if near := similar(name, names); len(near) > 0 {
		note = " (similar functions: " + strings.Join(near, ", ") + ")"
	}
	return nil, plain("no match%s", note)
}
