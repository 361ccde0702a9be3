package check

import (
	"slices"

	"tapir/lang/builtin"
	"tapir/lang/syntax"
)

// checkRules looks at what needs the whole program: arrays that are modified
// while they are walked, functions that only some probes can use, loops that
// break leaves.
func (c *checker) checkRules() {
	w := &rules{checker: c, writers: make(map[*Global]map[*Func]bool)}
	for _, b := range c.functionsFirst() {
		w.walking, w.loops = nil, 0
		w.stmt(b.block)
	}
	for _, b := range c.bodies {
		w.entries(b)
	}
	asking := c.calling(asksAboutCall(c))
	for _, b := range c.bodies {
		if b.probe != nil {
			w.contexts(b, b.probe, asking, make(map[*Func]bool))
		}
	}
}

type rules struct {
	*checker
	// writers is the functions that write a global, themselves or through others.
	writers map[*Global]map[*Func]bool
	walking []*Global // the arrays of the loops around
	loops   int       // the number of loops around
}

// writes reports whether a call of f can write g.
func (w *rules) writes(f *Func, g *Global) bool {
	if w.writers[g] == nil {
		w.writers[g] = w.calling(func(b *body) bool { return w.usesOf(b)[g]&write != 0 })
	}
	return w.writers[g][f]
}

// loop looks into what a loop repeats.
func (w *rules) loop(s syntax.Stmt) {
	w.loops++
	w.stmt(s)
	w.loops--
}

func (w *rules) inLoop(s syntax.Stmt, word string) {
	if w.loops == 0 {
		w.lateError(1, codeLoop, s.Token(), "cannot '%s' outside loop", word)
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
		w.loop(s.Body)
	case *syntax.ForStmt:
		w.exprs(s.Init, s.Cond, s.Post)
		w.loop(s.Body)
	case *syntax.ForeachStmt:
		w.exprs(s.Slice...)
		w.exprs(s.Limit)
		for _, key := range s.Keys {
			w.written(key)
		}
		if g, ok := w.prog.Uses[s.Array].(*Global); ok {
			w.walking = append(w.walking, g)
			defer func() { w.walking = w.walking[:len(w.walking)-1] }()
		}
		w.loop(s.Body)
	case *syntax.BreakStmt:
		w.inLoop(s, "break")
	case *syntax.ContinueStmt:
		w.inLoop(s, "continue")
	case *syntax.TryStmt:
		w.stmt(s.Body)
		w.stmt(s.Handler)
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
		w.exprs(e.X)
		w.exprs(e.Keys...)
	case *syntax.StatOp:
		w.exprs(e.Stat)
	case *syntax.HistOp:
		w.exprs(e.Stat)
	case *syntax.Regex:
		w.exprs(e.X)
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
			if w.writes(o, g) {
				w.error(codeForeachCall, e.Token(), "function call modifies var '%s' during 'foreach' iteration", g.Name)
			}
		}
	case *Builtin:
		w.argumentNumber(e, o)
	}
}

// maxArguments is how many arguments a system call has at most.
const maxArguments = 6

// maxParams is how many parameters a tracepoint has at most.
const maxParams = 12

// argumentNumber checks the calls of int_arg and its like: which argument they
// ask for must be known before the probe is set.
func (w *rules) argumentNumber(e *syntax.Call, o *Builtin) {
	if o.Class != builtin.Argument || len(o.Params) == 0 {
		return
	}
	n, ok := e.Args[0].(*syntax.IntLit)
	switch {
	case o.Name == registerFunction, o.Name == perfFunction: // made by the checker
	case !ok:
		w.error(codeArguments, e.Args[0].Token(), "the argument number of %s must be a literal", o.Name)
	case n.Value < 1 || n.Value > maxParams:
		w.error(codeArguments, n.Token(), "argument number out of range (1, %d)", maxArguments)
	}
}

// entries checks where a body asks what was when the call began.
func (w *rules) entries(b *body) {
	syntax.Walk(b.block, func(n syntax.Node) bool {
		e, ok := n.(*syntax.AtOp)
		switch {
		case !ok || e.Name != atEntry:
			return true
		case b.probe == nil:
			w.error(codeEventOnly, e.Token(), "@entry is known in handlers of .return probes only, not in functions").
				WithHint("hand its value to the function as an argument")
		case !b.probe.Point.Kind.IsReturn() && b.probe.Point.Kind != builtin.Never:
			w.error(codeEventOnly, e.Token(), "@entry is known in .return probes only").WithHint("the probe is " + b.probe.Spelling)
		}
		if b.probe != nil && b.probe.Point.User != nil && b.probe.Point.User.Instruction {
			w.error(codeEventOnly, e.Token(), "%s", errGoEntry)
		}
		syntax.Walk(e.Args[0], func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Call:
				if n.Name == "returnval" {
					w.error(codeEventOnly, n.Token(), "returnval is not known yet when the call begins")
				}
			case *syntax.Ident:
				if l, ok := w.prog.Uses[n].(*Local); ok {
					w.error(codeEventOnly, n.Token(), "'%s' is a variable of this handler, which has no value when the call begins", l.Name)
				}
			case *syntax.AtOp:
				if n.Name == atEntry {
					w.error(codeEventOnly, n.Token(), "@entry within @entry")
				}
			}
			return true
		})
		return false
	})
}

// asksAboutCall reports whether a body itself asks about the probed call.
func asksAboutCall(c *checker) func(*body) bool {
	return func(b *body) bool {
		found := false
		c.argumentCalls(b, func(*syntax.Call) { found = true })
		return found
	}
}

// argumentCalls calls do for the calls in b that ask about the probed call.
func (c *checker) argumentCalls(b *body, do func(*syntax.Call)) {
	syntax.Walk(b.block, func(n syntax.Node) bool {
		if e, ok := n.(*syntax.Call); ok {
			if o, ok := c.prog.Uses[e].(*Builtin); ok && o.Class == builtin.Argument {
				do(e)
			}
		}
		return true
	})
}

// registerFunction reads a register of a program.
const registerFunction = "_uregister"

// isNumberAbove reports whether e is a literal greater than n.
func isNumberAbove(e syntax.Expr, n int64) bool {
	v, ok := e.(*syntax.IntLit)
	return ok && v.Value > n
}

// paramNumber checks the number of what a tracepoint hands over.
func (w *rules) paramNumber(e *syntax.Call, p *Probe) {
	if n := len(p.Point.Trace.Params); isNumberAbove(e.Args[0], int64(n)) {
		w.error(codeArguments, e.Args[0].Token(), "argument number out of range (1, %d)", n)
	}
}

// contexts checks that what a probe and the functions it calls want to know of
// the probed call is there; asking is the functions that want to.
func (w *rules) contexts(b *body, p *Probe, asking, seen map[*Func]bool) {
	if p.Point.Kind == builtin.Never {
		return
	}
	if p.Point.Kind.IsFunction() {
		w.functionArguments(b, p)
	}
	w.argumentCalls(b, func(e *syntax.Call) {
		switch {
		case e.Name == perfFunction && !p.Point.Kind.IsUser():
			w.error(codeEventOnly, e.Token(), "@perf is known in probes of places in programs only").
				WithHint("the probe is " + p.Spelling)
		case e.Name == perfFunction:
		case p.Point.Kind.IsFunction():
		case p.Point.Kind == builtin.Trace && len(e.Args) == 1:
			w.paramNumber(e, p)
		case !p.Point.Kind.IsSyscall() && !p.Point.Kind.IsUser():
			w.error(codeEventOnly, e.Token(), "%s is known in probes of calls only", e.Name).
				WithHint("the probe is " + p.Spelling)
		case e.Name == registerFunction:
		case len(e.Args) == 1 && isNumberAbove(e.Args[0], maxArguments):
			w.error(codeArguments, e.Args[0].Token(), "argument number out of range (1, %d)", maxArguments)
		case e.Name == "returnval" && !p.Point.Kind.IsReturn():
			w.error(codeEventOnly, e.Token(), "returnval is known in .return probes only").
				WithHint("the probe is " + p.Spelling)
		}
	})
	if len(asking) == 0 {
		return
	}
	w.callees(b, func(f *Func) {
		if asking[f] && !seen[f] {
			seen[f] = true
			w.contexts(w.bodyOf[f], p, asking, seen)
		}
	})
}
