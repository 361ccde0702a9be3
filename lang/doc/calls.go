package doc

import (
	"slices"
	"strings"

	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// tables stands for the file of what stems from the tables of system calls.
const tables = "syscalls"

// calls describes the probe points of system calls that stem from the table and
// so have no comments: by their variables.
func calls() []*Entry {
	documented := map[string]bool{}
	for _, e := range tapset() {
		documented[e.Name] = true
	}
	lib := library.New(library.Options{Sources: &source.Set{}})
	var entries []*Entry
	for _, name := range lib.AliasNames() {
		call, ok := strings.CutPrefix(name, "syscall.")
		if !ok || documented[name] || strings.HasPrefix(call, "_") {
			continue
		}
		entries = append(entries, callEntry(lib, name, call))
	}
	return entries
}

func callEntry(lib *library.Library, name, call string) *Entry {
	e := &Entry{Kind: Probe, Name: name, Form: name, File: tables, Summary: "A program calls " + call + "(2)"}
	if base, ok := strings.CutSuffix(call, ".return"); ok {
		e.Summary = base + "(2) returns"
	}
	for _, d := range lib.Alias(name) {
		for _, s := range d.Body.Stmts {
			if v := assigned(s); v != "" && !strings.HasPrefix(v, "__") && !slices.ContainsFunc(e.Params, func(p Param) bool { return p.Name == v }) {
				e.Params = append(e.Params, Param{Name: v})
			}
		}
	}
	return e
}

// assigned is the variable that a statement of an alias sets, or "".
func assigned(s syntax.Stmt) string {
	x, ok := s.(*syntax.ExprStmt)
	if !ok {
		return ""
	}
	a, ok := x.X.(*syntax.Assign)
	if !ok {
		return ""
	}
	if v, ok := a.L.(*syntax.Ident); ok {
		return v.Name
	}
	return ""
}
