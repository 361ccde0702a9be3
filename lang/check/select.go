package check

import (
	"errors"
	"fmt"

	"tapir/lang/ctype"
	"tapir/lang/syntax"
)

var (
	errNoVariables = errors.New("there are no variables of the probed code in this probe")
	errNoType      = errors.New("it is not known what the value points to")
)

// unknownError is a name that is not there.
type unknownError struct {
	message, name string
	names         []string // that are
}

func (e unknownError) Error() string { return e.message }

// value is an expression with its type in C.
type value struct {
	x   syntax.Expr
	typ *ctype.Type
}

// place is where a value lies in memory: the kernel's, or that of the type's program.
type place struct {
	addr      syntax.Expr
	typ       *ctype.Type
	bit, bits int // of a bit field: from addr on; bits 0: none
}

// selected is what a path selects from a value, its address, or its text.
func (l *lowering) selected(v value, path []syntax.Selector, address bool, pretty int) (value, error) {
	if len(path) == 0 {
		switch {
		case address:
			return value{}, errors.New("it has no address")
		case pretty > 0:
			return l.pretty(baseOf(v.x), v, pretty), nil
		}
		return v, nil
	}
	p, err := l.step(v, path[0])
	if err != nil {
		return value{}, err
	}
	return l.selectedAt(p, path[1:], address, pretty)
}

// selectedAt is what a path selects from what lies at a place, its address, or its text.
func (l *lowering) selectedAt(p place, path []syntax.Selector, address bool, pretty int) (value, error) {
	var err error
	for _, s := range path {
		if p, err = l.further(p, s); err != nil {
			return value{}, err
		}
	}
	switch {
	case address && p.bits > 0:
		return value{}, errors.New("a bit field has no address")
	case address:
		return value{p.addr, pointerTo(p.typ)}, nil
	case pretty > 0:
		return l.prettyPlace(p, pretty), nil
	}
	return load(p)
}

// step follows a pointer that is a value.
func (l *lowering) step(v value, s syntax.Selector) (place, error) {
	if v.typ.Kind != ctype.Pointer {
		return place{}, fmt.Errorf("'%s' is no pointer", v.typ)
	}
	at := place{addr: v.x, typ: v.typ.Elem()}
	if s.Index != nil {
		return element(at, at.typ, s)
	}
	return member(at, s)
}

// further selects from what lies at a place.
func (l *lowering) further(p place, s syntax.Selector) (place, error) {
	switch {
	case p.typ.Kind == ctype.Pointer:
		v, err := load(p)
		if err != nil {
			return place{}, err
		}
		return l.step(v, s)
	case s.Index != nil && p.typ.Kind == ctype.Array:
		return element(p, p.typ.Elem(), s)
	case s.Index != nil:
		return place{}, fmt.Errorf("'%s' is no array", p.typ)
	}
	return member(p, s)
}

func member(p place, s syntax.Selector) (place, error) {
	if !p.typ.IsAggregate() {
		return place{}, fmt.Errorf("'%s' has no members", p.typ)
	}
	m, ok := p.typ.Find(s.Field)
	if !ok {
		return place{}, unknownError{fmt.Sprintf("unable to find member '%s' for %s", s.Field, p.typ), s.Field, p.typ.MemberNames()}
	}
	b := baseOf(p.addr)
	if m.Bits > 0 {
		return bitField(b, p.addr, m), nil
	}
	return place{addr: plus(b, p.addr, int64(m.Offset/8)), typ: m.Type}, nil
}

// bitField is the place of a bit field: the word of its type that holds it, or if it
// lies across two of them, the bytes from its first on.
func bitField(b syntax.Base, base syntax.Expr, m ctype.Member) place {
	unit := 8 * m.Type.Size
	start := m.Offset / unit * unit
	if m.Offset+m.Bits > start+unit {
		start = m.Offset / 8 * 8
	}
	return place{addr: plus(b, base, int64(start/8)), typ: m.Type, bit: m.Offset - start, bits: m.Bits}
}

func element(p place, elem *ctype.Type, s syntax.Selector) (place, error) {
	if elem.Size == 0 {
		return place{}, fmt.Errorf("the size of '%s' is not known", elem)
	}
	b := baseOf(p.addr)
	if i, ok := s.Index.(*syntax.IntLit); ok {
		return place{addr: plus(b, p.addr, i.Value*int64(elem.Size)), typ: elem}, nil
	}
	offset := &syntax.Binary{Base: b, Op: "*", X: s.Index, Y: number(b, int64(elem.Size))}
	return place{addr: &syntax.Binary{Base: b, Op: "+", X: p.addr, Y: offset}, typ: elem}, nil
}

// plus is x + n; sums of literals are added up.
func plus(b syntax.Base, x syntax.Expr, n int64) syntax.Expr {
	if n == 0 {
		return x
	}
	if sum, ok := x.(*syntax.Binary); ok && sum.Op == "+" {
		if m, ok := sum.Y.(*syntax.IntLit); ok {
			return &syntax.Binary{Base: b, Op: "+", X: sum.X, Y: number(b, m.Value+n)}
		}
	}
	return &syntax.Binary{Base: b, Op: "+", X: x, Y: number(b, n)}
}

// load reads what lies at a place. An array stands for its address.
func load(p place) (value, error) {
	b := baseOf(p.addr)
	switch {
	case p.bits > 0:
		size := p.typ.Size
		if p.bit+p.bits > 8*size {
			size = 8
		}
		word := call(b, fmt.Sprintf("%s_uint%d", spaceOf(p.typ), 8*size), p.addr)
		return value{extracted(b, word, p.bit, p.bits, p.typ.Signed), p.typ}, nil
	case p.typ.Kind == ctype.Array:
		return value{p.addr, pointerTo(p.typ.Elem())}, nil
	case p.typ.Kind == ctype.Pointer:
		return value{call(b, spaceOf(p.typ)+"_uint64", p.addr), p.typ}, nil
	case p.typ.Kind == ctype.Int && (p.typ.Size == 1 || p.typ.Size == 2 || p.typ.Size == 4 || p.typ.Size == 8):
		sign := "u"
		if p.typ.Signed {
			sign = ""
		}
		return value{call(b, fmt.Sprintf("%s_%sint%d", spaceOf(p.typ), sign, 8*p.typ.Size), p.addr), p.typ}, nil
	}
	return value{}, fmt.Errorf("'%s' is not a number: select a member, or take its address by &", p.typ)
}

// spaceOf begins the names of the functions that read values of a type.
func spaceOf(t *ctype.Type) string {
	if t.User {
		return "_user"
	}
	return "kernel"
}

// extracted is some bits of a word.
func extracted(b syntax.Base, word syntax.Expr, bit, bits int, signed bool) syntax.Expr {
	op := func(op string, x syntax.Expr, n int64) syntax.Expr {
		if n == 0 {
			return x
		}
		return &syntax.Binary{Base: b, Op: op, X: x, Y: number(b, n)}
	}
	if signed {
		return op(">>", op("<<", word, int64(64-bit-bits)), int64(64-bits))
	}
	if bits == 64 {
		return word
	}
	return &syntax.Binary{Base: b, Op: "&", X: op(">>", word, int64(bit)), Y: number(b, 1<<bits-1)}
}

// call is a call of a function of the library.
func call(b syntax.Base, name string, args ...syntax.Expr) syntax.Expr {
	return &syntax.Call{Base: b, Name: name, Args: args, Made: true}
}
