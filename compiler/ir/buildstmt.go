package ir

import (
	"fmt"
	"strings"

	"tapir/lang/check"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

func (b *builder) block(s syntax.Stmt) *Block {
	if s == nil {
		return &Block{}
	}
	out := &Block{At: at(s)}
	if blk, ok := s.(*syntax.Block); ok {
		for _, s := range blk.Stmts {
			out.Stmts = b.stmt(out.Stmts, s)
		}
		return out
	}
	out.Stmts = b.stmt(nil, s)
	return out
}

// stmt appends what s amounts to.
func (b *builder) stmt(out []Stmt, s syntax.Stmt) []Stmt {
	switch s := s.(type) {
	case *syntax.Block:
		if len(s.Stmts) == 0 {
			return out
		}
		return append(out, b.block(s))
	case *syntax.EmptyStmt:
		return out
	case *syntax.ExprStmt:
		return b.eval(out, s)
	case *syntax.IfStmt:
		return b.ifElse(out, s)
	case *syntax.WhileStmt:
		return append(out, &Loop{At: at(s), Cond: b.loopCond(s.Cond), Body: b.block(s.Body)})
	case *syntax.ForStmt:
		if s.Init != nil {
			out = append(out, &Eval{at(s.Init), b.expr(s.Init)})
		}
		l := &Loop{At: at(s), Cond: b.loopCond(s.Cond), Body: b.block(s.Body)}
		if s.Post != nil {
			l.Post = b.expr(s.Post)
		}
		return append(out, l)
	case *syntax.ForeachStmt:
		return b.foreach(out, s)
	case *syntax.ReturnStmt:
		r := &Return{At: at(s)}
		if s.X != nil {
			r.X = b.expr(s.X)
		}
		return append(out, r)
	case *syntax.NextStmt:
		if b.inFunc {
			return append(out, &NextFunc{at(s)})
		}
		return append(out, &Next{at(s)})
	case *syntax.BreakStmt:
		return append(out, &Break{at(s)})
	case *syntax.ContinueStmt:
		return append(out, &Continue{at(s)})
	case *syntax.DeleteStmt:
		return b.delete(out, s)
	case *syntax.TryStmt:
		return append(out, b.try(s))
	}
	panic(fmt.Sprintf("ir: unexpected statement %T", s))
}

// eval is an expression statement; print and its like are statements of their own.
func (b *builder) eval(out []Stmt, s *syntax.ExprStmt) []Stmt {
	if p, ok := s.X.(*syntax.Print); ok && p.Kind&syntax.PrintToString == 0 {
		return b.print(out, p)
	}
	return append(out, &Eval{at(s), b.expr(s.X)})
}

// ifElse builds only the branch that a condition known by now leaves.
func (b *builder) ifElse(out []Stmt, s *syntax.IfStmt) []Stmt {
	cond := b.expr(s.Cond)
	c, known := cond.(*Int)
	switch {
	case !known:
		t := &If{At: at(s), Cond: cond, Then: b.block(s.Then)}
		if s.Else != nil {
			t.Else = b.block(s.Else)
		}
		return append(out, t)
	case c.Value != 0:
		return append(out, b.block(s.Then))
	case s.Else != nil:
		return append(out, b.block(s.Else))
	}
	return out
}

func (b *builder) try(s *syntax.TryStmt) *Try {
	t := &Try{At: at(s), Body: b.block(s.Body)}
	var store []Stmt
	if s.Var != nil {
		t.Var, store = b.loopVar(s.Var, types.TString, nil)
	}
	t.Handler = b.block(s.Handler)
	t.Handler.Stmts = append(store, t.Handler.Stmts...)
	return t
}

// loopCond is nil for a condition that always holds.
func (b *builder) loopCond(x syntax.Expr) Expr {
	if x == nil {
		return nil
	}
	c := b.expr(x)
	if v, ok := c.(*Int); ok && v.Value != 0 {
		return nil
	}
	return c
}

func (b *builder) foreach(out []Stmt, s *syntax.ForeachStmt) []Stmt {
	f := &Foreach{At: at(s), Sort: s.Sort, Descending: s.Descending}
	if s.Aggregate != "" {
		f.Aggregate = statOps[strings.TrimPrefix(s.Aggregate, "@")]
	}
	elem, ok := b.walked(f, s)
	if !ok {
		return out
	}
	var store []Stmt
	if s.Value != nil {
		f.Value, store = b.loopVar(s.Value, elem, store)
	}
	for i, k := range s.Keys {
		var l *Local
		l, store = b.loopVar(k, types.Type{Kind: keyKind(f, i)}, store)
		f.Keys = append(f.Keys, l)
	}
	if s.Slice != nil {
		f.Slice = b.keys(s.Slice)
	}
	if s.Limit != nil {
		f.Limit = b.expr(s.Limit)
	}
	f.Body = b.block(s.Body)
	f.Body.Stmts = append(store, f.Body.Stmts...)
	return append(out, f)
}

// walked sets what f walks, and gives the type of its values.
func (b *builder) walked(f *Foreach, s *syntax.ForeachStmt) (elem types.Type, ok bool) {
	if h, isHist := s.Array.(*syntax.HistOp); isHist {
		if f.Hist, ok = b.stat(h.Stat); ok {
			f.Global = globalOf(f.Hist)
		}
		return types.TLong, ok
	}
	if f.Global = b.array(s.Array); f.Global == nil {
		return elem, false
	}
	elem = f.Global.Type.Elem()
	if elem.Kind == types.Stats && s.Value != nil {
		b.unsupported(s.Value, "statistics as values of a loop")
		return elem, false
	}
	return elem, true
}

// keyKind is the kind of a loop's i-th variable; a bucket's number is a long.
func keyKind(f *Foreach, i int) types.Kind {
	if keys := f.Global.Type.Keys; f.Hist == nil && i < len(keys) {
		return keys[i]
	}
	return types.Long
}

// loopVar is the local behind a loop's variable, or a catch's. A global gets its
// value from a local of its own at the start of each round.
func (b *builder) loopVar(id *syntax.Ident, t types.Type, store []Stmt) (*Local, []Stmt) {
	p := b.expr(id)
	if r, ok := p.(*LocalRef); ok {
		return r.Local, store
	}
	l := b.temp("__"+id.Name, t)
	if g, ok := p.(*GlobalRef); ok {
		set := &Assign{At: at(id), Left: g, Value: &LocalRef{at(id), l}}
		store = append(store, &Eval{at(id), set})
	}
	return l, store
}

func (b *builder) delete(out []Stmt, s *syntax.DeleteStmt) []Stmt {
	switch x := s.X.(type) {
	case *syntax.Index:
		if g := b.array(x.X); g != nil {
			out = append(out, &Delete{at(s), g, b.keys(x.Keys)})
		}
		return out
	case *syntax.Ident:
		switch o := b.in.Uses[x].(type) {
		case *check.Global:
			return append(out, &Delete{At: at(s), Global: b.globals[o]})
		case *check.Local:
			l := b.locals[o]
			set := &Assign{At: at(s), Left: &LocalRef{at(x), l}, Value: zero(l.Type, at(x))}
			return append(out, &Eval{at(s), set})
		}
	}
	b.unsupported(s.X, "deletions of this")
	return out
}

// zero is the value of a variable that was never set.
func zero(t types.Type, at At) Expr {
	if t.Kind == types.String {
		return &Str{at, ""}
	}
	return &Int{at, 0}
}
