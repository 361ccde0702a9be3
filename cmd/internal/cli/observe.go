package cli

import (
	"fmt"
	"slices"
	"strings"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/header"
	"tapir/lang/syntax"
	"tapir/runtime/output"
)

// An observation is all that a script can see and do, for people to read before they
// run it with root's rights.
type observation struct {
	probes   []kindOfProbes
	programs []string // whose code is probed
	reads    []string
	does     []string
	writes   bool // it prints
}

// kindOfProbes is the probes of one kind.
type kindOfProbes struct {
	need   header.Need
	points []string
}

// maxPoints is how many probe points of a kind are listed.
const maxPoints = 8

// needOf is what a kind of probe needs, as headers name it.
func needOf(p check.Point) string {
	switch {
	case p.Kind.IsUser():
		return "user programs"
	case p.Kind == builtin.Profile:
		return "profile"
	case p.Kind.IsFunction():
		return "kernel functions"
	case p.Trace != nil:
		return "tracepoints"
	case p.Kind.IsSyscall():
		return "system calls"
	}
	return "nothing"
}

// observe finds out what a script can see and do.
func observe(program *check.Program, tree *ir.Program) *observation {
	o := &observation{writes: len(tree.Globals) > 0} // what nobody reads is displayed
	seen := map[string]bool{}
	for _, p := range tree.Probes {
		o.addProbe(p, seen)
		o.addBody(p.Body)
		for _, c := range p.Conds {
			o.addBody(c)
		}
	}
	for _, f := range tree.Funcs {
		o.addBody(f.Body)
	}
	for _, r := range program.Restricted() {
		o.addRight(program, r)
	}
	slices.Sort(o.reads)
	o.reads = slices.Compact(o.reads)
	return o
}

func (o *observation) addProbe(p *ir.Probe, seen map[string]bool) {
	need := needOf(p.Point)
	if u := p.Point.User; u != nil && u.File != nil && !slices.Contains(o.programs, u.File.Path()) {
		o.programs = append(o.programs, u.File.Path())
	}
	i := slices.IndexFunc(o.probes, func(k kindOfProbes) bool { return k.need.Name == need })
	if i < 0 {
		i = len(o.probes)
		o.probes = append(o.probes, kindOfProbes{need: header.Need{Name: need}})
	}
	if key := need + p.Spelling; !seen[key] {
		seen[key] = true
		o.probes[i].points = append(o.probes[i].points, p.Spelling)
	}
}

// addBody notes what is read and printed.
func (o *observation) addBody(n ir.Node) {
	if n == nil {
		return
	}
	for n := range ir.All(n) {
		switch n := n.(type) {
		case *ir.Builtin:
			if text := readText(n.Fn); text != "" {
				o.reads = append(o.reads, text)
			}
			o.writes = o.writes || n.Fn.Name == "log"
		case *ir.Print:
			o.writes = true
		}
	}
}

// readText is what a function reads.
func readText(fn *builtin.Func) string {
	switch {
	case fn.Read == nil && (fn.Class == builtin.Context || fn.Class == builtin.Argument):
		return "events: when they happen, who causes them, and their arguments and results"
	case fn.Read == nil:
		return ""
	case fn.Read.Stack && fn.Read.Space == builtin.User:
		return "stacks of programs"
	case fn.Read.Stack:
		return "stacks of the kernel"
	case fn.Read.Path:
		return "paths of open files"
	case fn.Read.Task:
		return "who the processes are"
	case fn.Read.Space == builtin.User:
		return "memory of the programs that cause events"
	}
	return "memory of the kernel"
}

// addRight notes what only some scripts may do.
func (o *observation) addRight(program *check.Program, r check.Restricted) {
	what := "a text that it makes while it runs"
	var texts []string
	for _, arg := range r.Call.Args {
		if s, ok := arg.(*syntax.StringLit); ok {
			texts = append(texts, s.Value)
		}
	}
	if len(texts) == len(r.Call.Args) {
		what = strings.Join(texts, ", ")
	}
	at := program.Sources.Position(r.Call.Token().Span.Start)
	place := ""
	if at.File != nil {
		place = fmt.Sprintf(" (%s:%d)", at.File.Name, at.Line)
	}
	o.does = append(o.does, fmt.Sprintf("%s: %s%s; --allow=%s", r.Right.Does(), what, place, r.Right))
}

// tell prints an observation.
func (e *env) tell(o *observation, declared []header.Need) {
	section := func(label string, lines []string) {
		for i, line := range lines {
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(e.out, "%-9s %s\n", label, output.Visible(line))
		}
	}
	var probes []string
	for _, k := range o.probes {
		points := strings.Join(k.points[:min(len(k.points), maxPoints)], ", ")
		if more := len(k.points) - maxPoints; more > 0 {
			points += fmt.Sprintf(" and %d more", more)
		}
		label := k.need.Name
		if label == "nothing" {
			label = "its own"
		}
		probes = append(probes, label+": "+points)
	}
	section("probes", probes)
	section("programs", o.programs)
	section("reads", orNothing(o.reads))
	does := slices.Clone(o.does)
	if o.writes {
		does = slices.Insert(does, 0, "prints")
	}
	section("does", orNothing(does))
	section("needs", []string{needsText(o.needs(declared))})
}

func orNothing(lines []string) []string {
	if len(lines) == 0 {
		return []string{"nothing"}
	}
	return lines
}

// needs is what the script needs: the kinds of its probes, and what else its header
// says.
func (o *observation) needs(declared []header.Need) []header.Need {
	var list []header.Need
	for _, k := range o.probes {
		if k.need.Name != "nothing" {
			list = append(list, k.need)
		}
	}
	for _, n := range declared {
		if n.Name != "nothing" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	if len(list) == 0 {
		list = []header.Need{{Name: "nothing"}}
	}
	return list
}
