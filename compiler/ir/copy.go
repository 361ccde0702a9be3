package ir

import "fmt"

// A Copier copies trees, with replacements; what it is given stays as it is. The
// zero Copier makes plain copies.
type Copier struct {
	// Replace, if set, is asked about every expression before it is copied, places
	// of assignments excepted; what it returns stands in the copy as it is. With
	// false the expression is copied.
	Replace func(Expr) (Expr, bool)
	// Local, if set, gives the variable that takes the place of another.
	Local func(*Local) *Local
}

// Expr copies x; nil stays nil.
func (c Copier) Expr(x Expr) Expr {
	if x == nil {
		return nil
	}
	if c.Replace != nil {
		if y, ok := c.Replace(x); ok {
			return y
		}
	}
	switch x := x.(type) {
	case *Int:
		y := *x
		return &y
	case *Str:
		y := *x
		return &y
	case *LocalRef, *GlobalRef, *Elem:
		return c.place(x.(Place))
	}
	return c.operation(x)
}

func (c Copier) operation(x Expr) Expr {
	switch x := x.(type) {
	case *In:
		return &In{x.At, x.Global, c.exprs(x.Keys)}
	case *Unary:
		return &Unary{x.At, x.Op, c.Expr(x.X)}
	case *Binary:
		return &Binary{x.At, x.Op, c.Expr(x.X), c.Expr(x.Y)}
	case *Logical:
		return &Logical{x.At, x.Or, c.Expr(x.X), c.Expr(x.Y)}
	case *Cond:
		return &Cond{x.At, c.Expr(x.C), c.Expr(x.X), c.Expr(x.Y)}
	case *Assign:
		return &Assign{x.At, c.place(x.Left), x.Op, c.Expr(x.Value)}
	case *Step:
		return &Step{x.At, c.place(x.Left), x.Delta, x.Post}
	case *Call:
		return &Call{x.At, x.Func, c.exprs(x.Args)}
	case *Builtin:
		return &Builtin{x.At, x.Fn, c.exprs(x.Args)}
	case *StatAdd:
		return &StatAdd{x.At, c.place(x.Left), c.Expr(x.Value)}
	case *StatOp:
		return &StatOp{x.At, x.Op, c.place(x.Stat)}
	case *HistBucket:
		return &HistBucket{x.At, c.place(x.Stat), c.Expr(x.Index)}
	case *HistText:
		return &HistText{x.At, c.place(x.Stat)}
	case *Regex:
		return &Regex{x.At, c.Expr(x.X), x.Negate, x.Pattern, x.Loose}
	case *AtEntry:
		return &AtEntry{x.At, c.Expr(x.X)}
	case *Sprint:
		return &Sprint{x.At, c.format(x.Format), x.OrError}
	}
	panic(fmt.Sprintf("ir: unexpected expression %T", x))
}

func (c Copier) place(p Place) Place {
	switch p := p.(type) {
	case *LocalRef:
		return &LocalRef{p.At, c.local(p.Local)}
	case *GlobalRef:
		q := *p
		return &q
	case *Elem:
		return &Elem{p.At, p.Global, c.exprs(p.Keys)}
	}
	panic(fmt.Sprintf("ir: unexpected place %T", p))
}

func (c Copier) local(l *Local) *Local {
	if l == nil || c.Local == nil {
		return l
	}
	return c.Local(l)
}

func (c Copier) exprs(xs []Expr) []Expr {
	if xs == nil {
		return nil
	}
	ys := make([]Expr, len(xs))
	for i, x := range xs {
		ys[i] = c.Expr(x)
	}
	return ys
}

func (c Copier) format(f *Format) *Format {
	return &Format{f.Parts, c.exprs(f.Args)}
}

// Stmt copies s.
func (c Copier) Stmt(s Stmt) Stmt {
	switch s := s.(type) {
	case *Block:
		return c.Block(s)
	case *Eval:
		return &Eval{s.At, c.Expr(s.X)}
	case *Print:
		return &Print{s.At, c.format(s.Format)}
	case *If:
		return &If{s.At, c.Expr(s.Cond), c.Block(s.Then), c.Block(s.Else)}
	case *Loop:
		return &Loop{s.At, c.Expr(s.Cond), c.Block(s.Body), c.Expr(s.Post)}
	case *Foreach:
		return c.foreach(s)
	case *Return:
		return &Return{s.At, c.Expr(s.X)}
	case *Delete:
		return &Delete{s.At, s.Global, c.exprs(s.Keys)}
	case *Try:
		return &Try{s.At, c.Block(s.Body), c.local(s.Var), c.Block(s.Handler)}
	case *PrintHist:
		return &PrintHist{s.At, c.place(s.Stat)}
	case *NextFunc:
		t := *s
		return &t
	case *Next:
		t := *s
		return &t
	case *Break:
		t := *s
		return &t
	case *Continue:
		t := *s
		return &t
	}
	panic(fmt.Sprintf("ir: unexpected statement %T", s))
}

// Block copies b; nil stays nil.
func (c Copier) Block(b *Block) *Block {
	if b == nil {
		return nil
	}
	d := &Block{At: b.At, Stmts: make([]Stmt, len(b.Stmts))}
	for i, s := range b.Stmts {
		d.Stmts[i] = c.Stmt(s)
	}
	return d
}

func (c Copier) foreach(s *Foreach) *Foreach {
	t := *s
	t.Keys = make([]*Local, len(s.Keys))
	for i, k := range s.Keys {
		t.Keys[i] = c.local(k)
	}
	t.Value = c.local(s.Value)
	if s.Hist != nil {
		t.Hist = c.place(s.Hist)
	}
	t.Slice = c.exprs(s.Slice)
	t.Limit = c.Expr(s.Limit)
	t.Body = c.Block(s.Body)
	return &t
}

// Substitute copies x with the variables in values replaced by what they stand
// for. The values themselves are copied too, so that no node occurs twice.
func Substitute(x Expr, values map[*Local]Expr) Expr {
	return Copier{Replace: ReplaceLocals(values)}.Expr(x)
}

// ReplaceLocals is a Copier's Replace for the variables in values.
func ReplaceLocals(values map[*Local]Expr) func(Expr) (Expr, bool) {
	return func(x Expr) (Expr, bool) {
		r, ok := x.(*LocalRef)
		if !ok {
			return nil, false
		}
		v, ok := values[r.Local]
		if !ok {
			return nil, false
		}
		return Copier{}.Expr(v), true
	}
}
