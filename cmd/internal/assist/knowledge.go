// Package assist knows what can stand where in a script: probe points of this kernel,
// functions with their signatures, the variables of a probe point. The shell, the
// language server and the lists on the command line ask it. Start with New.
package assist

import (
	"fmt"
	"slices"
	"strings"

	"tapir/bpf/target"
	"tapir/lang/check"
	"tapir/lang/doc"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// Knowledge answers what there is. It compiles with sources of its own, so that asking
// leaves nothing behind; what it has found out it keeps. It is not safe for concurrent use.
type Knowledge struct {
	kernel  *target.Kernel
	options syntax.Options
	folders []string

	functions []string
	points    []string
	variables map[string][]Variable // of points that were asked for
}

// New makes knowledge of a kernel, with the functions and aliases of folders besides the
// tapset's.
func New(kernel *target.Kernel, o syntax.Options, folders []string) *Knowledge {
	return &Knowledge{kernel: kernel, options: o, folders: folders, variables: map[string][]Variable{}}
}

// Functions are the names of all functions of the tapset.
func (k *Knowledge) Functions() []string {
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
func (k *Knowledge) Points(prefix string) []string {
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
func (k *Knowledge) allPoints() []string {
	var list []string
	for _, e := range doc.All() {
		if e.Kind == doc.Probe && !strings.ContainsAny(e.Name, "(*") {
			list = append(list, e.Name)
		}
	}
	lib := library.New(library.Options{Sources: &source.Set{}, Folders: k.folders, Syntax: k.options})
	for _, name := range lib.AliasNames() {
		if !strings.HasPrefix(name, "_") && !strings.ContainsAny(name, "(*") {
			list = append(list, name)
		}
	}
	for _, name := range k.kernel.Tracepoints() {
		list = append(list, fmt.Sprintf("kernel.trace(%q)", name))
	}
	for _, name := range k.kernel.FunctionNames("") {
		list = append(list, fmt.Sprintf("kernel.function(%q)", name))
	}
	for _, p := range pointTypes {
		list = append(list, strings.NewReplacer("(string)", `("`, "(number)", "(").Replace(p))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Variables are the names of the variables of a probe point; none if it can't be compiled.
func (k *Knowledge) Variables(point string) []string {
	var names []string
	for _, v := range k.VariablesOf(point) {
		names = append(names, v.Name)
	}
	return names
}

// VariablesOf are the variables of a probe point, of all that a wildcard stands for those
// of the first; none if it can't be compiled.
func (k *Knowledge) VariablesOf(point string) []Variable {
	if list, ok := k.variables[point]; ok {
		return list
	}
	if len(k.variables) >= maxKept {
		clear(k.variables)
	}
	list := k.look(point)
	k.variables[point] = list
	return list
}

// maxKept is of how many points the variables are kept.
const maxKept = 256

func (k *Knowledge) look(point string) []Variable {
	set := &source.Set{}
	lib := library.New(library.Options{Sources: set, Folders: k.folders, Syntax: k.options})
	file, ds := syntax.Parse(set, "", "probe "+point+" { exit() }", k.options)
	if ds.HasErrors() {
		return nil
	}
	program, ds := check.Check(set, []*syntax.File{file}, lib, k.kernel, check.Options{Unoptimized: true})
	if ds.HasErrors() || len(program.Probes) == 0 {
		return nil
	}
	return Variables(program.Probes[0])
}

// Describe is what is known of a function or a probe point.
func (k *Knowledge) Describe(name string) string {
	var b strings.Builder
	for _, e := range doc.Lookup(name) {
		b.WriteString(e.String())
	}
	return b.String()
}
