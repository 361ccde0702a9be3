package check

import (
	"slices"

	"tapir/lang/source"
	"tapir/lang/syntax"
)

// What has no effect goes away before types are inferred: assignments to locals
// that nothing reads, statements that change nothing, functions that nothing
// calls, handlers that do nothing. This decides what a script means: a global
// that is read only to no effect is displayed at the end, and a script without
// effects is an error. It is done until nothing changes; only the first round
// gives warnings.

// maxRounds bounds the work on chains of assignments that nothing reads. What is
// left after them does no harm.
const maxRounds = 12

// optimizer is one round.
type optimizer struct {
	*checker
	first   bool
	keep    bool // nothing is left out but what literals decide
	changed bool
	vars    map[Object]use
	impure  map[*Func]bool
}

// optimize leaves out what has no effect.
func (c *checker) optimize() {
	errors := c.diags.HasErrors()
	for i := range maxRounds {
		o := &optimizer{checker: c, first: i == 0, keep: c.options.Unoptimized || errors}
		o.round()
		if !o.changed {
			break
		}
		c.reach()
	}
	if !c.options.Unoptimized && !errors {
		c.elideProbes()
		c.warnShadowed()
	}
	c.mentioned()
}

func (o *optimizer) round() {
	order := slices.Clone(o.bodies)
	probesFirst(order)
	o.vars = o.usesOf(o.bodies...)
	if o.first && !o.diags.HasErrors() {
		o.warn(order)
	}
	if !o.keep {
		for _, b := range order {
			o.elideAssignments(b)
		}
		o.impure = o.impureFunctions()
		for _, b := range order {
			o.elideStatements(b)
		}
	}
	for _, b := range order {
		o.fold(b)
	}
}

// fold evaluates in a body what is known before the program runs.
func (o *optimizer) fold(b *body) {
	replace := rewriter(func(e syntax.Expr) syntax.Expr {
		if folded := fold(e); folded != e {
			o.changed = true
			return folded
		}
		return e
	})
	replace.stmt(b.block)
	replace.exprs(b.conds)
	o.foldBlock(b.block)
}

// probesFirst sorts bodies as messages come: probes as they are declared, then
// functions by name.
func probesFirst(list []*body) {
	slices.SortStableFunc(list, func(a, b *body) int {
		switch {
		case a.fn == nil && b.fn == nil:
			return 0
		case a.fn == nil:
			return -1
		case b.fn == nil:
			return 1
		}
		return compareNames(a.fn, b.fn)
	})
}

// warning is a warning of the first round.
func (o *optimizer) warning(code source.Code, tok source.Token, format string, args ...any) {
	if o.first {
		o.checker.warning(code, tok, format, args...)
	}
}

// elideAssignments replaces assignments to locals that nothing reads by their
// right sides.
func (o *optimizer) elideAssignments(b *body) {
	unread := func(l *Local) bool { return o.vars[l]&read == 0 }
	if !slices.ContainsFunc(b.order, unread) && (b.fn == nil || !slices.ContainsFunc(b.fn.Params, unread)) {
		return
	}
	rewriter(func(e syntax.Expr) syntax.Expr {
		a, ok := e.(*syntax.Assign)
		if !ok || a.Op != "=" {
			return e
		}
		l, ok := o.prog.Uses[a.L].(*Local)
		if !ok || !unread(l) {
			return e
		}
		o.changed = true
		o.warning(codeElidedAssign, a.Token(), "Eliding assignment to '%s'", l.Name)
		return a.R
	}).stmt(b.block)
}

// elideStatements leaves out statements without effect.
func (o *optimizer) elideStatements(b *body) {
	o.elideBlock(b.block)
	if b.fn != nil && len(b.block.Stmts) == 0 {
		o.warning(codeElidedFunction, b.fn.Decl.Token(), "side-effect-free function '%s'", b.fn.Name)
		for _, d := range o.shadowed {
			if d.Name == b.fn.Name && len(d.Body.Stmts) == 0 {
				o.warning(codeElidedFunction, d.Token(), "side-effect-free function '%s'", d.Name)
			}
		}
	}
}

func (o *optimizer) elideBlock(b *syntax.Block) {
	var list []syntax.Stmt
	for _, s := range b.Stmts {
		switch s := o.elide(s).(type) {
		case nil:
		case *syntax.Block:
			list = append(list, s.Stmts...)
		default:
			list = append(list, s)
		}
	}
	o.changed = o.changed || len(list) != len(b.Stmts)
	b.Stmts = list
}

// elide is what is left of s, nil if nothing is.
func (o *optimizer) elide(s syntax.Stmt) syntax.Stmt {
	switch s := s.(type) {
	case *syntax.EmptyStmt:
		return nil
	case *syntax.Block:
		o.elideBlock(s)
		if len(s.Stmts) == 0 {
			return nil
		}
	case *syntax.ExprStmt:
		if !o.pure(s.X) {
			return s
		}
		o.warning(codeElidedExpr, s.Token(), "Eliding side-effect-free expression ")
		o.changed = true
		return nil
	case *syntax.IfStmt:
		return o.elideIf(s)
	case *syntax.WhileStmt:
		body := o.elide(s.Body)
		if body == nil && o.pure(s.Cond) {
			o.changed = true
			return nil
		}
		s.Body = orEmpty(body, s.Body)
	case *syntax.ForStmt:
		body := o.elide(s.Body)
		if body == nil && o.pure(s.Init, s.Cond, s.Post) {
			o.changed = true
			return nil
		}
		s.Body = orEmpty(body, s.Body)
	case *syntax.ForeachStmt:
		if s.Body = o.elide(s.Body); s.Body == nil {
			o.changed = true
			return nil
		}
	case *syntax.TryStmt:
		o.elideBlock(s.Body)
		o.elideBlock(s.Handler)
		if len(s.Body.Stmts) == 0 {
			o.changed = true
			return nil
		}
	}
	return s
}

func (o *optimizer) elideIf(s *syntax.IfStmt) syntax.Stmt {
	then := o.elide(s.Then)
	if s.Else != nil {
		s.Else = o.elide(s.Else)
	}
	s.Then = orEmpty(then, s.Then)
	switch {
	case then != nil:
		return s
	case s.Else != nil:
		o.changed = true
		s.Cond = &syntax.Unary{Base: baseOf(s.Cond), Op: "!", X: s.Cond}
		s.Then, s.Else = s.Else, nil
		return s
	}
	o.changed = true
	if o.pure(s.Cond) {
		return nil
	}
	return &syntax.ExprStmt{Base: baseOf(s.Cond), X: s.Cond}
}

// pure reports whether evaluating expressions, of which nil ones are absent,
// changes nothing that anybody could see.
func (o *optimizer) pure(list ...syntax.Expr) bool {
	u := &uses{c: o.checker, vars: make(map[Object]use), impure: o.impure}
	u.exprs(list...)
	if u.effect {
		return false
	}
	for _, how := range u.vars {
		if how&write != 0 {
			return false
		}
	}
	return true
}

// elideProbes leaves out probes that do nothing.
func (c *checker) elideProbes() {
	c.prog.Probes = slices.DeleteFunc(c.prog.Probes, func(p *Probe) bool {
		if len(p.Body.Stmts) > 0 {
			return false
		}
		c.warning(codeElidedProbe, p.Decl.Token(), "Probe '%s' has been elided", p.Spelling)
		return true
	})
	c.bodies = slices.DeleteFunc(c.bodies, func(b *body) bool {
		return b.probe != nil && len(b.block.Stmts) == 0
	})
	c.reach()
}

// warnShadowed reports overloads that no call gets to.
func (c *checker) warnShadowed() {
	for _, d := range c.shadowed {
		reached := slices.ContainsFunc(c.prog.Funcs, func(f *Func) bool {
			return f.Name == d.Name && len(f.Params) == len(d.Params)
		})
		if reached {
			c.warning(codeShadowed, d.Token(), "instance of overloaded function will never be reached")
		}
	}
}

// mentioned leaves in the program the locals that are still mentioned, and of the
// library's globals those.
func (c *checker) mentioned() {
	vars := c.usesOf(c.bodies...)
	for _, b := range c.bodies {
		list := slices.DeleteFunc(slices.Clone(b.order), func(l *Local) bool { return vars[l] == 0 })
		if b.probe != nil {
			b.probe.Locals = list
		} else {
			b.fn.Locals = list
		}
	}
	c.prog.Globals = slices.DeleteFunc(c.prog.Globals, func(g *Global) bool { return !g.Script && vars[g] == 0 })
}
