package plan

import (
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

// A Window is memory that events carry for reads at addresses that only the VM knows, as
// in a loop over an array: what stands behind the part of the address that the kernel
// can compute.
type Window struct {
	Base  *Capture    // a number: the address of the first byte
	Parts [2]*Capture // the bytes of the page that it is in, and of the next one
}

// WindowSize is how many bytes a window has, if all can be read: those up to the end of a
// page, and the rest from the next one, which need not be there.
const WindowSize = builtin.PageSize

// carry is w with what share gives for its captures.
func (w *Window) carry(share func(*Capture) *Capture) *Window {
	return &Window{Base: share(w.Base), Parts: [2]*Capture{share(w.Parts[0]), share(w.Parts[1])}}
}

// window is where x can look its bytes up, if its address is a sum of which the kernel
// can compute a part, or nil. Where that part is no address, the VM finds the address
// that it wants to be outside.
func (p *planner) window(x *ir.Builtin, cond ir.Expr, d *definitions) *Window {
	if r := x.Fn.Read; d == nil || r.Size == 0 || r.Task || r.Vector || r.Path || r.Stack {
		return nil
	}
	s := summands{planner: p, defs: d, seen: map[*ir.Local]bool{}}
	s.add(x.Args[0])
	if s.base == nil {
		return nil
	}
	base := ir.Fold(s.base)
	at := ir.At{Pos: x.Span(), Tok: x.Token()}
	binary := func(op ir.Op, a, b ir.Expr) ir.Expr { return &ir.Binary{At: at, Op: op, X: a, Y: b} }
	number := func(n int64) ir.Expr { return &ir.Int{At: at, Value: n} }
	beyond := binary(ir.OpAnd, base, number(WindowSize-1)) // of the page's beginning
	next := binary(ir.OpAdd, binary(ir.OpOr, base, number(WindowSize-1)), number(1))
	part := func(addr, length ir.Expr) *Capture {
		c := &Capture{
			Kind: layout.Memory, Addr: addr, Len: length, Cond: cond,
			Read: &builtin.Read{Space: x.Fn.Read.Space, LenArg: 1, Max: WindowSize},
		}
		c.Text = memoryText(c, ir.ExprString)
		return c
	}
	return &Window{
		Base:  &Capture{Text: ir.ExprString(base), Kind: layout.Word, Value: base},
		Parts: [2]*Capture{part(base, binary(ir.OpSub, number(WindowSize), beyond)), part(next, beyond)},
	}
}

// summands collects what the kernel can compute of a sum.
type summands struct {
	*planner
	defs *definitions
	seen map[*ir.Local]bool
	base ir.Expr // nil until something is found that is no literal
}

func (s *summands) add(x ir.Expr) {
	switch x := x.(type) {
	case *ir.Binary:
		if x.Op == ir.OpAdd {
			s.add(x.X)
			s.add(x.Y)
			return
		}
	case *ir.LocalRef:
		value, ok := s.defs.source[x.Local]
		if _, closed := s.defs.values[x.Local]; ok && !closed && !s.seen[x.Local] {
			s.seen[x.Local] = true
			s.add(value)
			return
		}
	}
	c := s.closedForm(x, s.defs)
	if _, literal := c.(*ir.Int); literal || s.uncomputable(c, s.defs) != "" || hasLocal(c) {
		return
	}
	if s.base == nil {
		s.base = c
		return
	}
	s.base = &ir.Binary{At: ir.At{Pos: x.Span(), Tok: x.Token()}, Op: ir.OpAdd, X: s.base, Y: c}
}

func hasLocal(x ir.Expr) bool {
	for n := range ir.All(x) {
		if _, ok := n.(*ir.LocalRef); ok {
			return true
		}
	}
	return false
}
