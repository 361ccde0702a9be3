package check

import (
	"slices"
	"strings"

	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// Types are found by going through all bodies again and again. What an operator
// or a statement demands of a value, and what a value is known to be, is noted
// with its variable, array or function; once a round learns nothing new, a last
// one records the type of every expression and reports what is still unknown.

// A round goes through functions before probes, by name; every other round goes
// the other way, so that a long chain of calls is done in two rounds whichever way
// it runs.

func (c *checker) inferTypes() {
	order := c.functionsFirst()
	for {
		c.changed = false
		c.inferBodies(order)
		if !c.changed {
			break
		}
		slices.Reverse(order)
	}
	if c.diags.HasErrors() {
		return
	}
	c.final = true
	for _, f := range c.prog.Funcs {
		if f.Result == types.Unknown && !c.info(f).returns {
			f.Result = types.Void
		}
	}
	c.inferBodies(c.functionsFirst())
	c.undetermined()
	c.settle()
	if !c.diags.HasErrors() {
		c.gatherStats()
	}
}

// functionsFirst is the functions' bodies by name, then those of the probes.
func (c *checker) functionsFirst() []*body {
	var funcs, probes []*body
	for _, b := range c.bodies {
		if b.fn != nil {
			funcs = append(funcs, b)
		} else {
			probes = append(probes, b)
		}
	}
	slices.SortStableFunc(funcs, func(a, b *body) int { return compareNames(a.fn, b.fn) })
	return append(funcs, probes...)
}

func compareNames(a, b *Func) int { return strings.Compare(a.Name, b.Name) }

func (c *checker) inferBodies(order []*body) {
	for _, b := range order {
		c.inferStmt(b, b.block)
		for _, cond := range b.conds {
			c.value(cond, types.Long)
		}
	}
}

// undetermined reports variables that are used in no way that tells what they are.
func (c *checker) undetermined() {
	vars := c.usesOf(c.bodies...)
	report := func(o Object, kind types.Kind, tok source.Token) {
		if in := c.info(o); kind == types.Unknown && vars[o] != 0 && !in.told && !c.inLibrary(tok) {
			in.told = true
			c.error(codeUnresolvedType, tok, "unresolved type ")
		}
	}
	for _, b := range c.bodies {
		for _, l := range b.order {
			report(l, l.Type.Kind, l.Tok)
		}
	}
	for _, g := range c.prog.Globals {
		report(g, g.Type.Kind, g.Decl.Token())
	}
}

// settle gives a type to what nobody needs one of, and gathers array types.
func (c *checker) settle() {
	for _, b := range c.bodies {
		for _, l := range b.order {
			l.Type.Kind = orLong(l.Type.Kind)
			c.noStatistic(l)
		}
		if b.fn != nil {
			for _, p := range b.fn.Params {
				p.Type.Kind = orLong(p.Type.Kind)
				c.noStatistic(p)
			}
			b.fn.Result = orLong(b.fn.Result)
		}
	}
	for _, g := range c.prog.Globals {
		in := c.info(g)
		g.Type.Kind = orLong(g.Type.Kind)
		if in.arity > 0 {
			g.Type.Keys = in.keys
			for i, k := range in.keys {
				g.Type.Keys[i] = orLong(k)
			}
		}
		if g.Wrap && in.arity == 0 {
			c.error(codeWrap, g.Decl.Token(), "wrapping not supported for scalars")
		}
	}
	for e, o := range c.prog.Uses {
		if g, ok := o.(*Global); ok && g.Type.IsArray() {
			c.prog.Types[e] = g.Type
		}
	}
}

// noStatistic refuses a local that is used as a statistic.
func (c *checker) noStatistic(l *Local) {
	if l.Type.Kind == types.Stats {
		c.error(codeLocal, l.Tok, "stat locals not supported, missing global declaration? ")
		l.Type.Kind = types.Long
	}
}

func orLong(k types.Kind) types.Kind {
	if k == types.Unknown {
		return types.Long
	}
	return k
}

// unify notes that the object o, whose kind is *kind, is wanted or known to be a
// want at tok, and returns what it is.
func (c *checker) unify(o Object, kind *types.Kind, want types.Kind, tok source.Token) types.Kind {
	switch {
	case want == types.Unknown || want == *kind:
		return *kind
	case *kind == types.Unknown:
		*kind = want
		c.info(o).kindTok = tok
		c.changed = true
	default:
		c.error(codeInferred, tok, "type mismatch (%s)", want).Because(
			because(c.info(o).kindTok, "type was first inferred here (%s)", *kind))
	}
	return want
}

// found is the kind of an expression that can be no other.
func (c *checker) found(e syntax.Expr, kind, want types.Kind) types.Kind {
	if want != types.Unknown && want != kind && kind != types.Void {
		c.wrongKind(e, kind, want)
	}
	return kind
}

// wrongKind refuses an expression of another kind than the one wanted.
func (c *checker) wrongKind(e syntax.Expr, kind, want types.Kind) *source.Diagnostic {
	return c.error(codeMismatch, e.Token(), "type mismatch: expected %s but found %s", want, kind)
}

// number is the kind of an operator that only numbers can be the result of.
func (c *checker) number(e syntax.Expr, want types.Kind) types.Kind {
	return c.operator(e, types.Long, want)
}

func (c *checker) operator(e syntax.Expr, kind, want types.Kind) types.Kind {
	if want != types.Unknown && want != kind {
		d := c.error(codeOperator, e.Token(), "invalid operator")
		if want == types.Stats {
			return kind
		}
		if kind == types.Long {
			d.WithHint("this is a number where a string is needed; sprint() makes a string of it")
		} else {
			d.WithHint("this is a string where a number is needed; strtol() makes a number of it")
		}
	}
	return kind
}

// value infers an expression of which a value is needed.
func (c *checker) value(e syntax.Expr, want types.Kind) types.Kind {
	k := c.infer(e, want)
	if c.final && (k == types.Unknown || k == types.Void) {
		c.unresolved(e)
	}
	return k
}

// noStats refuses a statistic where a value is needed.
func (c *checker) noStats(e syntax.Expr, k types.Kind) {
	if k == types.Stats {
		c.invalid(e.Token(), k)
	}
}

// invalid refuses an expression of a kind that cannot be where it is.
func (c *checker) invalid(tok source.Token, k types.Kind) {
	if tok.Kind == source.Operator {
		c.error(codeOperator, tok, "invalid operator")
		return
	}
	c.error(codeInvalidType, tok, "invalid type %s", k)
}

// unresolved reports that nothing tells what an expression is; of one variable
// it says so once.
func (c *checker) unresolved(e syntax.Expr) *source.Diagnostic {
	use := e
	if x, ok := e.(*syntax.Index); ok {
		use = x.X
	}
	if o := c.prog.Uses[use]; o != nil {
		if c.info(o).told {
			return nil
		}
		c.info(o).told = true
	}
	d := c.error(codeUnresolvedType, e.Token(), "unresolved type ")
	switch o := c.prog.Uses[use].(type) {
	case *Func:
		d.WithHint(o.Name + " returns nothing that says what it is")
	case *Local:
		if !c.info(o).written {
			d.WithHint("nothing assigns '" + o.Name + "'")
		}
	case *Global:
		if !c.info(o).written {
			d.WithHint("nothing assigns '" + o.Name + "'")
		}
	}
	return d
}

// infer finds the kind of e, of which want is demanded (Unknown: nothing is).
func (c *checker) infer(e syntax.Expr, want types.Kind) types.Kind {
	k := c.inferExpr(e, want)
	if c.final {
		c.prog.Types[e] = types.Type{Kind: orLong(k)}
	}
	return k
}

// pair infers two expressions that must be of one kind.
func (c *checker) pair(at, x, y syntax.Expr, want types.Kind) types.Kind {
	kx := c.infer(x, want)
	ky := c.infer(y, want)
	switch {
	case kx == types.Unknown && ky != types.Unknown:
		kx = c.value(x, ky)
	case ky == types.Unknown && kx != types.Unknown:
		ky = c.value(y, kx)
	}
	if kx != ky {
		c.error(codeSides, at.Token(), "type mismatch: left and right sides don't agree (%s vs %s)", kx, ky)
		return want
	}
	if c.final && (kx == types.Unknown || kx == types.Void) {
		c.unresolved(x)
	}
	return kx
}
