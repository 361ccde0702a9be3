package plan

import (
	"fmt"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// A writer is a piece of code that changes a global.
type writer struct {
	probe *ir.Probe
	node  ir.Node
}

// writers are all that change globals, by the kind of probe that they run in.
// Errors and ends run when no event is left to filter, and never-probes not at
// all; they are not in it.
type writers struct {
	running map[*ir.Global]writer // the first in a probe that runs while events come
	begin   map[*ir.Global]writer // the first in a begin probe
}

func findWriters(prog *ir.Program) writers {
	w := writers{map[*ir.Global]writer{}, map[*ir.Global]writer{}}
	for _, p := range prog.Probes {
		var into map[*ir.Global]writer
		switch k := p.Point.Kind; {
		case k == builtin.Begin:
			into = w.begin
		case k.IsBeside() || k.IsEvent():
			into = w.running
		default:
			continue
		}
		for n := range reach(p.Body) {
			g := written(n)
			if _, ok := into[g]; g != nil && !ok {
				into[g] = writer{p, n}
			}
		}
	}
	return w
}

// Writes are the globals of the script that its handlers change, in order of declaration.
func (p *Plan) Writes() []*ir.Global {
	changed := map[*ir.Global]bool{}
	for _, probe := range p.IR.Probes {
		for n := range reach(probe.Body) {
			if g := written(n); g != nil {
				changed[g] = true
			}
		}
	}
	var list []*ir.Global
	for _, g := range p.IR.Globals {
		if changed[g] {
			list = append(list, g)
		}
	}
	return list
}

// written is the global that n itself changes, or nil.
func written(n ir.Node) *ir.Global {
	if d, ok := n.(*ir.Delete); ok {
		return d.Global
	}
	switch l := leftOf(n).(type) {
	case *ir.GlobalRef:
		return l.Global
	case *ir.Elem:
		return l.Global
	}
	return nil
}

// leftOf is the place that n itself assigns to, or nil.
func leftOf(n ir.Node) ir.Place {
	switch n := n.(type) {
	case *ir.Assign:
		return n.Left
	case *ir.Step:
		return n.Left
	case *ir.StatAdd:
		return n.Left
	}
	return nil
}

// fixed is "" if g has the same value from the end of begin until the last event,
// else the reason why not.
func (p *planner) fixed(g *ir.Global) string {
	if g.Type.Kind == types.Stats {
		return fmt.Sprintf("'%s' holds statistics", g.Name)
	}
	if g.Wrap {
		return fmt.Sprintf("'%s' gives up old elements for new ones", g.Name)
	}
	if w, ok := p.writers.running[g]; ok {
		kind := ""
		if w.probe.Point.Kind.IsBeside() {
			kind = besideName(w.probe) + " "
		}
		return fmt.Sprintf("'%s' is written by the %sprobe at %s", g.Name, kind, p.at(w.probe.Pos))
	}
	return ""
}

// useParams makes parameters of the globals that x, which the kernel computes or
// runs, reads and nobody writes any more.
func (p *planner) useParams(x ir.Node) {
	for n := range reach(x) {
		switch n := n.(type) {
		case *ir.GlobalRef:
			p.useParam(n.Global)
		case *ir.Elem:
			p.useParam(n.Global)
		case *ir.In:
			p.useParam(n.Global)
		}
	}
}

func (p *planner) useParam(g *ir.Global) {
	if p.plan.Param(g) != nil || p.plan.Resident(g) != nil {
		return
	}
	q := &Param{Global: g, Source: p.paramSource(g)}
	switch {
	case g.Type.IsArray():
		q.Kind = ArrayParam
		q.Map = mapName(g, "")
		q.Key = arrayKey(g.Type.Keys)
	case g.Type.Kind == types.String:
		q.Kind = CommParam
		q.Offset = p.plan.StateSize
		p.plan.StateSize += layout.CommParamSize
	default:
		q.Kind = LongParam
		q.Offset = p.plan.StateSize
		p.plan.StateSize += layout.LongParamSize
	}
	p.plan.Params = append(p.plan.Params, q)
}

func arrayKey(kinds []types.Kind) layout.ArrayKey {
	key := make(layout.ArrayKey, len(kinds))
	for i, k := range kinds {
		key[i] = layout.Word
		if k == types.String {
			key[i] = layout.Comm
		}
	}
	return key
}

// mapName is a name for g's map that the kernel takes: at most 15 bytes, and
// unique by g's index and the mark, which tells the maps of one global apart.
func mapName(g *ir.Global, mark string) string {
	suffix := fmt.Sprintf("_%d%s", g.Index, mark)
	name := g.Name
	return name[:min(len(name), 15-len(suffix))] + suffix
}

// paramSource says where the parameter's value comes from.
func (p *planner) paramSource(g *ir.Global) string {
	w, ok := p.writers.begin[g]
	switch {
	case ok:
		return "begin at " + p.at(w.probe.Pos)
	case g.Init == nil:
		return "never set"
	case g.Pos.IsValid() && p.in.Sources != nil && p.in.Sources.FileOf(g.Init.Span().Start) == p.in.Sources.FileOf(g.Pos.Start):
		return "initialiser at " + p.at(g.Pos)
	}
	return "-G"
}
