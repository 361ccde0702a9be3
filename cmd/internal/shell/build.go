package shell

import (
	"tapir/bpf/target"
	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/transcript"
	"tapir/lang/types"
)

// Passes are what texts are compiled with.
type Passes struct {
	Kernel  *target.Kernel
	Syntax  syntax.Options
	Folders []string         // of -I
	Placed  compiler.Options // Mode
	Version string           // of tapir, for recordings
	// heard, if not nil, notes what the checker asks the kernel.
	heard *transcript.Listener
	// Known are the types of globals that have been used.
	Known map[string]types.Type
	// Target is what target() and processes without a path mean.
	Target int
	// Forbidden, if not nil, is errors for what texts do and may not.
	Forbidden func(*source.Set, *check.Program, []Text) *source.Diagnostics
}

// Text is a part of the program, under the name that messages call it by.
type Text struct {
	Name, Body string
	// Strange says why it may not do all that the user may; "" if it may.
	Strange string
}

// program is what texts together make.
type program struct {
	sources *source.Set
	files   []*syntax.File // parallel to the texts
	checked *check.Program
	*compiler.Compiled
	diags []*source.Diagnostic
}

// failed reports whether there is no program.
func (p *program) failed() bool {
	return (&source.Diagnostics{List: p.diags}).HasErrors()
}

// from reports whether a place is in the text of that name.
func (p *program) from(at source.Span, name string) bool {
	f := p.sources.FileOf(at.Start)
	return f != nil && f.Name == name
}

// render writes the errors, and the warnings about some of the texts.
func (p *program) render(w *screen, about func(name string) bool) {
	var list []*source.Diagnostic
	for _, d := range p.diags {
		f := p.sources.FileOf(d.Token.Span.Start)
		if d.Severity != source.Warning || f != nil && about(f.Name) {
			list = append(list, d)
		}
	}
	renderTo(w, p.sources, list)
}

// mentions reports whether a program uses a global.
func (p *program) mentions(name string) bool {
	found := false
	for _, f := range p.files {
		for _, d := range f.Decls {
			if _, ok := d.(*syntax.GlobalDecl); ok {
				continue
			}
			syntax.Walk(d, func(n syntax.Node) bool {
				if id, ok := n.(*syntax.Ident); ok && id.Name == name {
					found = true
				}
				return !found
			})
		}
	}
	return found
}

// renderTo writes diagnostics, each of several alike only once.
func renderTo(w *screen, set *source.Set, list []*source.Diagnostic) {
	_ = source.NewRenderer(w, set, source.RenderOptions{Color: w.color, Terminal: w.terminal, SuppressSimilar: true}).Render(list)
}

// library is what texts may use of the tapset and of folders.
func (p *Passes) library(set *source.Set) *library.Library {
	return library.New(library.Options{Sources: set, Folders: p.Folders, Syntax: p.Syntax})
}

// parse parses a text, whose macros may be the library's.
func (p *Passes) parse(set *source.Set, lib *library.Library, t Text) (*syntax.File, *source.Diagnostics) {
	o := p.Syntax
	o.Macros = lib.Macros(t.Body)
	return syntax.Parse(set, t.Name, t.Body, o)
}

// parseInput parses what was entered.
func (p *Passes) parseInput(set *source.Set, body string) (*syntax.File, *source.Diagnostics) {
	return p.parse(set, p.library(set), Text{Name: inputName, Body: body})
}

// build takes texts through the passes; of their probes it keeps those that keep says,
// after all of them have told what the types of globals are.
func (p *Passes) build(texts []Text, keep func(*check.Probe, *program) bool, live bool) *program {
	out := &program{sources: &source.Set{}}
	lib := p.library(out.sources)
	for _, t := range texts {
		file, ds := p.parse(out.sources, lib, t)
		out.files = append(out.files, file)
		out.diags = append(out.diags, ds.List...)
	}
	if out.failed() {
		return out
	}
	var machine check.Target = p.Kernel
	if p.heard != nil {
		machine = p.heard
	}
	checked, ds := check.Check(out.sources, out.files, lib, machine, check.Options{Unoptimized: true, PID: p.Target, Known: p.Known})
	if ds != nil {
		out.diags = append(out.diags, ds.List...)
	}
	if !out.failed() && p.Forbidden != nil {
		out.diags = append(out.diags, p.Forbidden(out.sources, checked, texts).List...)
	}
	if out.failed() {
		return out
	}
	var kept []*check.Probe
	for _, probe := range checked.Probes {
		if keep(probe, out) {
			kept = append(kept, probe)
		}
	}
	checked.Probes = kept
	out.checked = checked
	o := p.Placed
	o.Live, o.Keep = live, p.heard != nil
	if o.Keep && o.Mode == plan.Auto {
		o.Mode = plan.Events
	}
	compiled, ds := compiler.Compile(checked, p.Kernel, o)
	if ds != nil {
		out.diags = append(out.diags, ds.List...)
	}
	out.Compiled = compiled
	return out
}
