package check

import (
	"slices"

	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// codeKeep is the code of what a recording can't keep.
const codeKeep source.Code = "capture"

// kept is the statements that have a recording keep what Options.Keep lists, as far as a
// probe has it: they stand between the aliases' prologues, whose variables they may use,
// and the script's block.
func (c *checker) kept(p *Point, before []syntax.Stmt) []syntax.Stmt {
	if !p.Kind.IsEvent() {
		return nil
	}
	var stmts []syntax.Stmt
	for _, e := range c.options.Keep {
		if !c.has(p, before, e) {
			continue
		}
		b := baseOf(e)
		text := &syntax.Print{Base: b, Kind: syntax.PrintToString, Args: []syntax.Expr{syntax.CloneExpr(e)}}
		stmts = append(stmts, &syntax.IfStmt{
			Base: b,
			Cond: &syntax.AtOp{Base: b, Name: "defined", Args: []syntax.Expr{syntax.CloneExpr(e)}},
			Then: &syntax.ExprStmt{Base: b, X: call(b, builtin.Kept, text)},
		})
	}
	return stmts
}

// has reports whether a probe has what an expression is made of. What it has of the probed
// code, @defined decides.
func (c *checker) has(p *Point, before []syntax.Stmt, e syntax.Expr) bool {
	ok := true
	syntax.Walk(e, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Ident:
			ok = ok && sets(before, n.Name)
		case *syntax.Call:
			ok = ok && (n.Name != "returnval" || p.Kind.IsReturn())
		}
		return ok
	})
	return ok
}

// sets reports whether statements set a variable.
func sets(stmts []syntax.Stmt, name string) bool {
	found := false
	for _, s := range stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			if a, ok := n.(*syntax.Assign); ok {
				v, ok := a.L.(*syntax.Ident)
				found = found || ok && v.Name == name
			}
			return !found
		})
	}
	return found
}

// checkKept reports what no probe has.
func (c *checker) checkKept() {
	if len(c.options.Keep) == 0 || c.diags.HasErrors() {
		return
	}
	var there []source.Token
	for _, p := range c.prog.Probes {
		syntax.Walk(p.Body, func(n syntax.Node) bool {
			if x, ok := n.(*syntax.Call); ok && x.Name == builtin.Kept {
				there = append(there, x.Token())
			}
			return true
		})
	}
	for _, e := range c.options.Keep {
		if !slices.Contains(there, e.Token()) {
			c.error(codeKeep, e.Token(), "no probe of an event has this").
				WithHint("--capture may use the variables of the script's probe points (argstr, filename, $next->pid) and functions, but none of the script's own variables")
		}
	}
}
