package check

import (
	"slices"

	"tapir/lang/builtin"
	"tapir/lang/syntax"
)

// checkRules looks at what needs the whole program: arrays that are modified
// while they are walked, and functions that only some probes can use.
func (c *checker) checkRules() {
	w := &rules{checker: c, bodies: make(map[*Func]*body), writes: make(map[*Func]map[*Global]bool)}
	for _, b := range c.bodies {
		if b.fn != nil {
			w.bodies[b.fn] = b
		}
	}
	w.closeWrites()
	for _, b := range c.bodies {
		w.walking = nil
		w.stmt(b.block)
	}
	for _, b := range c.bodies {
		if b.probe != nil {
			w.contexts(b, b.probe, make(map[*Func]bool))
		}
	}
}

type rules struct {
	*checker
	bodies map[*Func]*body
	// writes is the globals that a function or what it calls writes.
	writes  map[*Func]map[*Global]bool
	walking []*Global // the arrays of the loops around
}

// closeWrites adds to every function's writes those of the functions it calls.
func (w *rules) closeWrites() {
	for f, b := range w.bodies {
		w.writes[f] = b.writes
	}
	for changed := true; changed; {
		changed = false
		for f, b := range w.bodies {
			for _, callee := range b.calls {
				for g := range w.writes[callee] {
					if !w.writes[f][g] {
						w.writes[f][g] = true
						changed = true
					}
				}
			}
		}
	}
}

// stmt looks for writes to arrays that loops around walk.
func (w *rules) stmt(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.Block:
		for _, stmt := range s.Stmts {
			w.stmt(stmt)
		}
	case *syntax.ExprStmt:
		w.exprs(s.X)
	case *syntax.IfStmt:
		w.exprs(s.Cond)
		w.stmt(s.Then)
		w.stmt(s.Else)
	case *syntax.WhileStmt:
		w.exprs(s.Cond)
		w.stmt(s.Body)
	case *syntax.ForStmt:
		w.exprs(s.Init, s.Cond, s.Post)
		w.stmt(s.Body)
	case *syntax.ForeachStmt:
		w.exprs(s.Slice...)
		w.exprs(s.Limit)
		if g, ok := w.prog.Uses[s.Array].(*Global); ok {
			w.walking = append(w.walking, g)
			defer func() { w.walking = w.walking[:len(w.walking)-1] }()
		}
		w.stmt(s.Body)
	case *syntax.ReturnStmt:
		w.exprs(s.X)
	case *syntax.DeleteStmt:
		w.written(s.X)
		w.exprs(s.X)
	}
}

// exprs looks into expressions; nil ones are absent parts.
func (w *rules) exprs(list ...syntax.Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

func (w *rules) expr(e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.Index:
		w.exprs(e.Keys...)
	case *syntax.In:
		w.exprs(e.Keys...)
	case *syntax.Unary:
		w.exprs(e.X)
	case *syntax.Binary:
		w.exprs(e.X, e.Y)
	case *syntax.Ternary:
		w.exprs(e.Cond, e.X, e.Y)
	case *syntax.Print:
		w.exprs(e.Args...)
	case *syntax.Assign:
		w.written(e.L)
		w.exprs(e.L, e.R)
	case *syntax.IncDec:
		w.written(e.X)
		w.exprs(e.X)
	case *syntax.Call:
		w.exprs(e.Args...)
		w.call(e)
	}
}

func (w *rules) written(place syntax.Expr) {
	if x, ok := place.(*syntax.Index); ok {
		place = x.X
	}
	if g, ok := w.prog.Uses[place].(*Global); ok && slices.Contains(w.walking, g) {
		w.error(codeForeach, place.Token(), "variable '%s' modified during 'foreach' iteration", g.Name)
	}
}

func (w *rules) call(e *syntax.Call) {
	switch o := w.prog.Uses[e].(type) {
	case *Func:
		for _, g := range w.walking {
			if w.writes[o][g] {
				w.error(codeForeach, e.Token(), "function call modifies var '%s' during 'foreach' iteration", g.Name)
			}
		}
	case *Builtin:
		w.argumentNumber(e, o)
	}
}

// maxArguments is how many arguments a system call has at most.
const maxArguments = 6

// argumentNumber checks the calls of int_arg and its like: which argument they
// ask for must be known before the probe is set.
func (w *rules) argumentNumber(e *syntax.Call, o *Builtin) {
	if o.Class != builtin.Argument || len(o.Params) == 0 {
		return
	}
	n, ok := e.Args[0].(*syntax.IntLit)
	switch {
	case !ok:
		w.error(codeArguments, e.Args[0].Token(), "the argument number of %s must be a literal", o.Name)
	case n.Value < 1 || n.Value > maxArguments:
		w.error(codeArguments, n.Token(), "argument number out of range (1, %d)", maxArguments)
	}
}

// contexts checks that what a probe and the functions it calls want to know of
// the probed call is there.
func (w *rules) contexts(b *body, p *Probe, seen map[*Func]bool) {
	if p.Point.Kind == builtin.Never {
		return
	}
	for _, u := range b.argumentCalls {
		name := u.Name
		switch {
		case !p.Point.Kind.IsEvent():
			w.error(codeEventOnly, u.Token(), "%s is known in probes of system calls only", name).
				WithHint("the probe is " + p.Spelling)
		case name == "returnval" && p.Point.Kind != builtin.SyscallExit:
			w.error(codeEventOnly, u.Token(), "returnval is known in .return probes only").
				WithHint("the probe is " + p.Spelling)
		}
	}
	for _, f := range b.calls {
		if !seen[f] {
			seen[f] = true
			w.contexts(w.bodies[f], p, seen)
		}
	}
}
