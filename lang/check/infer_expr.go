package check

import (
	"errors"
	"fmt"
	"strings"

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
		if h, ok := e.X.(*syntax.HistOp); ok {
			return c.inferBucket(e, h, want)
		}
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
		k := c.pair(e, e.X, e.Y, want)
		c.noStats(e, k)
		return k
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
	case *syntax.Regex:
		c.value(e.X, types.String)
		if c.final {
			c.prog.Types[e.Pattern] = types.TString
		}
		return c.number(e, want)
	case *syntax.StatOp:
		c.inferStat(e.Stat)
		if c.final {
			c.literals(e.Params)
		}
		return c.found(e, types.Long, want)
	case *syntax.AtOp:
		if e.Name == atEntry {
			return c.infer(e.Args[0], want)
		}
	}
	c.refuse(e)
	return want
}

// atEntry is the operator that evaluates its argument when the call begins.
const atEntry = "entry"

// refuse reports an expression that this version has no answer to.
func (c *checker) refuse(e syntax.Expr) {
	if reason := c.reasons[e]; reason != nil && !errors.Is(reason, errNoVariables) {
		c.refuseData(e, reason)
		return
	}
	switch e := e.(type) {
	case *syntax.Target:
		c.error(codeTarget, e.Token(), "unresolved target-symbol expression").
			WithHint("variables of the probed code ($…) are not known in this probe")
		c.repeat(c.error(codeUnresolvedType, e.Token(), "unresolved type "), 1)
	case *syntax.AtOp:
		c.error(codeUnsupported, e.Token(), "@%s is not supported by this version", e.Name).WithHint(advice[e.Name])
	case *syntax.Autocast:
		c.unsupported(e.Token(), "members of kernel structures")
	case *syntax.EmbeddedExpr:
		c.noC(e.Token(), "expressions")
	case *syntax.HistOp: // refused before
	default:
		panic(fmt.Sprintf("check: unexpected expression %T", e))
	}
}

// refuseData reports why what is said about the kernel's data can't be had.
func (c *checker) refuseData(e syntax.Expr, reason error) {
	if op, ok := e.(*syntax.AtOp); ok && errors.Is(reason, errNoType) {
		c.error(codeUnsupported, op.Token(), "@%s is not supported by this version", op.Name).WithHint(advice[op.Name])
		return
	}
	message := reason.Error()
	if unknown, ok := errors.AsType[unknownError](reason); ok && len(unknown.names) > 0 {
		near := source.Similar(unknown.name, unknown.names, maxSimilar)
		if len(near) == 0 {
			near = unknown.names[:min(len(unknown.names), 2*maxSimilar)]
		}
		message += " (alternatives: " + strings.Join(near, ", ") + ")"
	}
	c.error(codeTarget, e.Token(), "%s", message)
	c.repeat(c.error(codeUnresolvedType, e.Token(), "unresolved type "), 1)
}

// advice is what to write instead of an @operator.
var advice = map[string]string{
	"cast":      "user_int32(address + offset) and its like read memory",
	"var":       "user_int32(address) and its like read memory",
	"const":     "write the constant's value",
	"enum":      "write the constant's value",
	"enumname":  "compare with the constants' values",
	"uderef":    "user_int32(address) and its like read memory",
	"kregister": "int_arg(n) and pointer_arg(n) give the call's arguments",
	"uregister": "int_arg(n) and pointer_arg(n) give the call's arguments",
}

// noC refuses embedded C.
func (c *checker) noC(tok source.Token, what string) {
	c.error(codeUnsupported, tok, "%s in C are not supported: nothing is compiled into the kernel", what).
		WithHint("write them in the script language; `tapir doc` lists the functions there are")
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
		c.noStats(key, k)
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
		// SystemTap names the kind of the array's elements, not that of the index.
		c.error(codeIndexType, tok, "index %d type mismatch (%s)", i, k).Because(
			because(in.keyToks[i], "type of index %d was first inferred here (%s)", i, g.Type.Kind))
	}
	return in.keys[i]
}

func (c *checker) inferCall(e *syntax.Call, want types.Kind) types.Kind {
	switch o := c.prog.Uses[e].(type) {
	case *Func:
		k := want
		for f := o; f != nil; f = f.Next {
			k = c.inferOverload(e, f, k)
		}
		return k
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

// inferOverload matches a call with a function that may get it.
func (c *checker) inferOverload(e *syntax.Call, f *Func, want types.Kind) types.Kind {
	for i, arg := range e.Args {
		p := f.Params[i]
		k := known(c.infer(arg, p.Type.Kind))
		c.noStats(arg, k)
		if k == types.Unknown {
			c.value(arg, p.Type.Kind)
		} else if p.Type.Kind == types.Unknown && k != types.Stats {
			c.unify(p, &p.Type.Kind, k, arg.Token())
		}
	}
	if f.Result == types.Void {
		return types.Void
	}
	return c.unify(f, &f.Result, want, e.Token())
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
		if right == types.Stats {
			c.invalid(e.Token(), right)
			return want
		}
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
	if e.Op == "<<<" {
		c.inferStat(e.L)
		c.value(e.R, types.Long)
		return c.number(e, want)
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
