package check

import (
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

func (c *checker) inferExpr(e syntax.Expr, want types.Kind) types.Kind {
	switch e := e.(type) {
	case *syntax.IntLit:
		return c.found(e, types.Long, want)
	case *syntax.StringLit:
		return c.found(e, types.String, want)
	case *syntax.Ident:
		return c.inferVariable(e, want)
	case *syntax.Index:
		g := c.inferKeys(e.X, e.Keys)
		if g == nil {
			return want
		}
		return c.unify(g, &g.Type.Kind, want, e.X.Token())
	case *syntax.Call:
		return c.inferCall(e, want)
	case *syntax.Unary:
		c.value(e.X, types.Long)
		return c.number(e, want)
	case *syntax.Binary:
		return c.inferBinary(e, want)
	case *syntax.Ternary:
		c.value(e.Cond, types.Long)
		return c.pair(e, e.X, e.Y, want)
	case *syntax.Assign:
		return c.inferAssign(e, want)
	case *syntax.IncDec:
		c.value(e.X, types.Long)
		return c.number(e, want)
	case *syntax.In:
		c.inferKeys(e.Array, e.Keys)
		return c.number(e, want)
	case *syntax.Print:
		return c.inferPrint(e, want)
	}
	return want // refused before
}

func (c *checker) inferVariable(e *syntax.Ident, want types.Kind) types.Kind {
	switch o := c.prog.Uses[e].(type) {
	case *Local:
		return c.unify(o, &o.Type.Kind, want, e.Token())
	case *Global:
		return c.unify(o, &o.Type.Kind, want, e.Token())
	}
	return want // refused before
}

// inferKeys matches the keys of an array's use with those that the array has.
func (c *checker) inferKeys(array syntax.Expr, keys []syntax.Expr) *Global {
	g, ok := c.prog.Uses[array].(*Global)
	if !ok { // refused before
		for _, key := range keys {
			if key != nil {
				c.infer(key, types.Unknown)
			}
		}
		return nil
	}
	for i, key := range keys {
		if key == nil {
			continue
		}
		k := c.infer(key, types.Unknown)
		if i >= len(c.info(g).keys) {
			continue // refused before
		}
		if k == types.Unknown {
			k = c.value(key, c.info(g).keys[i])
		}
		c.key(g, i, k, key.Token())
	}
	return g
}

// key notes that key i of an array is a k at tok.
func (c *checker) key(g *Global, i int, k types.Kind, tok source.Token) types.Kind {
	in := c.info(g)
	switch {
	case k == types.Unknown || k == in.keys[i]:
	case in.keys[i] == types.Unknown:
		in.keys[i], in.keyToks[i] = k, tok
		c.changed = true
	default:
		c.error(codeMismatch, tok, "index %d type mismatch (%s)", i, k).Because(
			because(in.keyToks[i], "type of index %d was first inferred here (%s)", i, in.keys[i]))
	}
	return in.keys[i]
}

func (c *checker) inferCall(e *syntax.Call, want types.Kind) types.Kind {
	switch o := c.prog.Uses[e].(type) {
	case *Func:
		for i, arg := range e.Args {
			p := o.Params[i]
			k := known(c.infer(arg, p.Type.Kind))
			if k == types.Unknown {
				c.value(arg, p.Type.Kind)
			} else if p.Type.Kind == types.Unknown {
				c.unify(p, &p.Type.Kind, k, arg.Token())
			}
		}
		if o.Result == types.Void {
			return types.Void
		}
		return c.unify(o, &o.Result, want, e.Token())
	case *Builtin:
		for i, arg := range e.Args {
			c.value(arg, o.Params[i])
		}
		return c.found(e, o.Result, want)
	}
	for _, arg := range e.Args {
		c.infer(arg, types.Unknown)
	}
	return want // refused before
}

func (c *checker) inferBinary(e *syntax.Binary, want types.Kind) types.Kind {
	switch e.Op {
	case ".":
		c.value(e.X, types.String)
		c.value(e.Y, types.String)
		return c.operator(e, types.String, want)
	case "==", "!=", "<", ">", "<=", ">=":
		c.pair(e, e.X, e.Y, types.Unknown)
		return c.number(e, want)
	}
	c.value(e.X, types.Long)
	c.value(e.Y, types.Long)
	return c.number(e, want)
}

func (c *checker) inferAssign(e *syntax.Assign, want types.Kind) types.Kind {
	switch e.Op {
	case "=":
		right := c.infer(e.R, types.Unknown)
		left := c.infer(e.L, known(right))
		if right == types.Unknown || right == types.Void {
			c.value(e.R, left)
		}
		return c.agree(e, left, want)
	case ".=":
		c.value(e.R, types.String)
		c.value(e.L, types.String)
		return c.agree(e, types.String, want)
	}
	c.value(e.R, types.Long)
	c.value(e.L, types.Long)
	return c.agree(e, types.Long, want)
}

// known is the kind of a value, Unknown if it is none.
func known(k types.Kind) types.Kind {
	if k == types.Void {
		return types.Unknown
	}
	return k
}

// agree is the kind of an assignment used as a value.
func (c *checker) agree(e *syntax.Assign, kind, want types.Kind) types.Kind {
	if kind == types.Unknown && want != types.Unknown {
		return c.infer(e.L, want)
	}
	return c.found(e.L, kind, want)
}
