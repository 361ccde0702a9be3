// Package compiler turns a checked program into what runs: an object for the
// kernel and code for the virtual machine. Start with Compile.
package compiler

import (
	"cmp"
	"errors"
	"fmt"

	"tapir/bpf"
	"tapir/bpf/target"
	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/compiler/kernel"
	"tapir/compiler/plan"
	"tapir/compiler/user"
	"tapir/lang/check"
	"tapir/lang/source"
)

// Options are choices about the code.
type Options struct {
	Mode plan.Mode
	// Live says that somebody looks at globals and turns probes off and on while the
	// program runs.
	Live bool
	// Told has the session know of each event's time, CPU and task.
	Told bool
	// Keep is for a recording; see plan.Options.
	Keep bool
	// Actions are how many a handler may take, MAXACTION; 0: as usual.
	Actions int

	noLoops string // why the kernel runs no loops of the script, or ""
}

// Compiled is a script ready to be run.
type Compiled struct {
	Plan   *plan.Plan
	Object *bpf.Object // nil if no probe needs the kernel
	Code   *bytecode.Program
}

// Compile makes the code of a program for one kernel. That kernel's data types
// are looked at only if a probe needs them. If the diagnostics have errors, there
// is no result.
func Compile(program *check.Program, k *target.Kernel, o Options) (*Compiled, *source.Diagnostics) {
	p, all := planned(program, plan.Options{
		Mode: o.Mode, NoLoops: cmp.Or(o.noLoops, noLoops(k, o.Actions)), Live: o.Live, Told: o.Told, Keep: o.Keep,
	})
	if p == nil {
		return nil, all
	}
	c := &Compiled{Plan: p}
	var err error
	c.Object, err = kernel.Compile(p, k)
	if _, large := errors.AsType[*kernel.Error](err); large && len(p.Residents) > 0 && simpler[o.Mode] != o.Mode {
		if o.noLoops == "" {
			o.noLoops = "the script does not fit into the kernel with its loops"
		} else {
			o.Mode = simpler[o.Mode]
		}
		return Compile(program, k, o)
	}
	if err != nil {
		all.Add(diagnose(err, program.Sources))
		return nil, all
	}
	if c.Object != nil {
		c.Object.TAIClock = k.HasTAIClock()
		c.Object.CountsMisses = k.CountsMisses()
	}
	if c.Code, err = user.Compile(p); err != nil {
		all.Add(diagnose(err, program.Sources))
		return nil, all
	}
	return c, all
}

// planned is the plan of a program, or nil if the diagnostics have errors.
func planned(program *check.Program, o plan.Options) (*plan.Plan, *source.Diagnostics) {
	tree, all := ir.Build(program)
	if tree == nil {
		return nil, all
	}
	p, ds := o.Make(tree)
	all.List = append(all.List, ds.List...)
	return p, all
}

// simpler are the modes to go on with if handlers do not fit into the kernel as a whole.
var simpler = map[plan.Mode]plan.Mode{
	plan.Auto: plan.Events, plan.Events: plan.Events,
	plan.Names: plan.UserOnly, plan.UserOnly: plan.UserOnly,
}

// noLoops says why the kernel can't run loops, or "".
func noLoops(k *target.Kernel, actions int) string {
	switch {
	case !k.HasLoop():
		return "this kernel has no bpf_loop, which 5.17 brought"
	case actions > kernel.MaxActions:
		return fmt.Sprintf("in the kernel a handler may take %d actions at most, and MAXACTION is more", kernel.MaxActions)
	}
	return ""
}

// CompileUser makes the code of a program of which all runs in the virtual machine, on
// events that were sent before: there is no object.
func CompileUser(program *check.Program, told bool) (*Compiled, *source.Diagnostics) {
	p, all := planned(program, plan.Options{Mode: plan.UserOnly, Told: told})
	if p == nil {
		return nil, all
	}
	code, err := user.Compile(p)
	if err != nil {
		all.Add(diagnose(err, program.Sources))
		return nil, all
	}
	return &Compiled{Plan: p, Code: code}, all
}

// diagnose makes a diagnostic of a back end's error, at its place if it has one.
func diagnose(err error, set *source.Set) *source.Diagnostic {
	d := &source.Diagnostic{Severity: source.SemanticError, Code: "backend", Message: err.Error()}
	var at source.Span
	if e, ok := errors.AsType[*kernel.Error](err); ok {
		at = e.Pos
	}
	if e, ok := errors.AsType[*user.Error](err); ok {
		at = e.Pos
	}
	if at.IsValid() {
		d.Token = set.TokenAt(at.Start)
	}
	return d
}
