package cli

import (
	"fmt"
	"slices"
	"strings"

	"tapir/lang/check"
	"tapir/lang/doc"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// knowledge answers what there is, for completion. It compiles with sources of its own, so
// that asking leaves nothing behind.
type knowledge struct {
	front     *front
	functions []string
	points    []string
	variables map[string][]string // of points that were asked for
}

// Functions are the names of all functions.
func (k *knowledge) Functions() []string {
	if k.functions == nil {
		for _, e := range doc.All() {
			if e.Kind == doc.Function {
				k.functions = append(k.functions, e.Name)
			}
		}
	}
	return k.functions
}

// Points are the probe points that begin with a text, each as far as its next dot, so
// that thousands are not offered at once.
func (k *knowledge) Points(prefix string) []string {
	if k.points == nil {
		k.points = k.allPoints()
	}
	seen := map[string]bool{}
	var list []string
	for _, p := range k.points {
		if !strings.HasPrefix(p, prefix) {
			continue
		}
		rest := p[len(prefix):]
		if dot := strings.IndexByte(rest, '.'); dot >= 0 {
			p = prefix + rest[:dot+1]
		}
		if !seen[p] {
			seen[p] = true
			list = append(list, p)
		}
	}
	return list
}

// allPoints are the aliases, the tracepoints and functions of the kernel, and the kinds of
// other points.
func (k *knowledge) allPoints() []string {
	var list []string
	for _, e := range doc.All() {
		if e.Kind == doc.Probe && !strings.ContainsAny(e.Name, "(*") {
			list = append(list, e.Name)
		}
	}
	for _, name := range k.front.kernel.Tracepoints() {
		list = append(list, fmt.Sprintf("kernel.trace(%q)", name))
	}
	for _, name := range k.front.kernel.FunctionNames("") {
		list = append(list, fmt.Sprintf("kernel.function(%q)", name))
	}
	for _, p := range probeTypes {
		list = append(list, strings.NewReplacer("(string)", `("`, "(number)", "(").Replace(p))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Variables are those of a probe point; none if it can't be compiled.
func (k *knowledge) Variables(point string) []string {
	if list, ok := k.variables[point]; ok {
		return list
	}
	if k.variables == nil {
		k.variables = map[string][]string{}
	}
	set := &source.Set{}
	options := k.front.options
	file, ds := syntax.Parse(set, "", "probe "+point+" { exit() }", options)
	var list []string
	if !ds.HasErrors() {
		lib := library.New(library.Options{Sources: set, Folders: k.front.flags.includes, Syntax: options})
		program, ds := check.Check(set, []*syntax.File{file}, lib, k.front.kernel, check.Options{Unoptimized: true})
		if !ds.HasErrors() && len(program.Probes) > 0 {
			for _, v := range strings.Fields(variables(program.Probes[0])) {
				name, _, _ := strings.Cut(v, ":")
				list = append(list, name)
			}
		}
	}
	k.variables[point] = list
	return list
}

// Describe is what is known of a function or a probe point.
func (k *knowledge) Describe(name string) string {
	var b strings.Builder
	for _, e := range doc.Lookup(name) {
		b.WriteString(e.String())
	}
	return b.String()
}
