package ir

// maxFoldedString is the length up to which concatenations are folded. It lies
// below any sensible MAXSTRINGLEN, at which running code would cut the text.
const maxFoldedString = 100

// Simplify makes one node simpler if its operands are literals. Whatever would be
// an error when the script runs stays as it is. The result may share x's parts.
func Simplify(x Expr) Expr {
	switch x := x.(type) {
	case *Unary:
		return simplifyUnary(x)
	case *Binary:
		return simplifyBinary(x)
	case *Logical:
		return simplifyLogical(x)
	case *Cond:
		return simplifyCond(x)
	case *Sprint:
		return simplifySprint(x)
	}
	return x
}

// Fold simplifies x and everything in it. The result shares no node with x.
func Fold(x Expr) Expr {
	var c Copier
	c.Replace = func(x Expr) (Expr, bool) {
		switch y := x.(type) {
		case *Unary:
			return Simplify(&Unary{y.At, y.Op, c.Expr(y.X)}), true
		case *Binary:
			return Simplify(&Binary{y.At, y.Op, c.Expr(y.X), c.Expr(y.Y)}), true
		case *Logical:
			return Simplify(&Logical{y.At, y.Or, c.Expr(y.X), c.Expr(y.Y)}), true
		case *Cond:
			return Simplify(&Cond{y.At, c.Expr(y.C), c.Expr(y.X), c.Expr(y.Y)}), true
		case *Sprint:
			return Simplify(&Sprint{y.At, c.format(y.Format), y.OrError}), true
		}
		return nil, false
	}
	return c.Expr(x)
}

func simplifyUnary(x *Unary) Expr {
	if v, ok := x.X.(*Int); ok {
		return &Int{x.At, Arith1(x.Op, v.Value)}
	}
	return x
}

func simplifyBinary(x *Binary) Expr {
	switch a := x.X.(type) {
	case *Int:
		b, ok := x.Y.(*Int)
		if !ok {
			return x
		}
		if v, ok := Arith(x.Op, a.Value, b.Value); ok {
			return &Int{x.At, v}
		}
	case *Str:
		b, ok := x.Y.(*Str)
		switch {
		case !ok:
		case x.Op != OpConcat:
			return &Int{x.At, CompareStrings(x.Op, a.Value, b.Value)}
		case len(a.Value)+len(b.Value) <= maxFoldedString:
			return &Str{x.At, a.Value + b.Value}
		}
	}
	return x
}

func simplifyCond(x *Cond) Expr {
	if c, ok := x.C.(*Int); ok {
		if c.Value != 0 {
			return x.X
		}
		return x.Y
	}
	a, okX := x.X.(*Int)
	b, okY := x.Y.(*Int)
	switch {
	case !okX || !okY:
	case a.Value == 1 && b.Value == 0:
		return truth(x.C)
	case a.Value == 0 && b.Value == 1:
		return truth(Negate(x.C))
	}
	return x
}

func simplifyLogical(x *Logical) Expr {
	if v, ok := x.X.(*Int); ok {
		if (v.Value != 0) == x.Or {
			return &Int{x.At, Bool(x.Or)}
		}
		return truth(x.Y)
	}
	// The right operand decides alone only where the left one can be dropped,
	// which its caller can't know; where it changes nothing, it goes.
	if v, ok := x.Y.(*Int); ok && (v.Value != 0) != x.Or {
		return truth(x.X)
	}
	return x
}

// simplifySprint makes a literal of a text without conversions.
func simplifySprint(x *Sprint) Expr {
	f := FoldFormat(x.Format)
	switch {
	case len(f.Parts) == 0:
		return &Str{x.At, ""}
	case len(f.Parts) == 1 && f.Parts[0].Verb == 0:
		return &Str{x.At, untilNUL(f.Parts[0].Literal)}
	}
	return &Sprint{x.At, f, x.OrError}
}

// truth is x as 0 or 1.
func truth(x Expr) Expr {
	if IsTruth(x) {
		return x
	}
	at := At{Pos: x.Span()}
	return Simplify(&Binary{at, OpNe, x, &Int{at, 0}})
}

// IsTruth reports whether x is always 0 or 1.
func IsTruth(x Expr) bool {
	switch x := x.(type) {
	case *Int:
		return x.Value == 0 || x.Value == 1
	case *Binary:
		return x.Op.IsComparison()
	case *Unary:
		return x.Op == OpNot
	case *Logical, *In, *Regex:
		return true
	}
	return false
}

// Negate is an expression that is non-zero exactly where x, a long, is zero. It
// may share x's parts.
func Negate(x Expr) Expr {
	at := At{Pos: x.Span()}
	switch x := x.(type) {
	case *Int:
		return &Int{at, Bool(x.Value == 0)}
	case *Unary:
		if x.Op == OpNot {
			return x.X
		}
	case *Binary:
		if op, ok := negated[x.Op]; ok {
			return &Binary{x.At, op, x.X, x.Y}
		}
	case *Logical:
		return &Logical{x.At, !x.Or, Negate(x.X), Negate(x.Y)}
	case *Regex: // of which none is loose yet
		return &Regex{At: x.At, X: x.X, Negate: !x.Negate, Pattern: x.Pattern}
	}
	return &Unary{at, OpNot, x}
}

var negated = map[Op]Op{
	OpEq: OpNe, OpNe: OpEq,
	OpLt: OpGe, OpGe: OpLt,
	OpGt: OpLe, OpLe: OpGt,
}
