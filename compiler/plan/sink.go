package plan

import (
	"slices"

	"tapir/compiler/ir"
)

// sink moves definitions to where they are needed, so that a handler that ends
// early, or takes another branch, makes no text in vain: into the one expression
// that uses them, or to the start of the one branch that does. Their values are
// those of the event whenever they are computed, so nobody can tell. A handler with
// loops is left as it is, since its statements are counted.
func (h *handler) sink(b *ir.Block) {
	if b == nil {
		return
	}
	// From the end, since what a definition uses must stay before it.
	for i := len(b.Stmts) - 1; i >= 0; i-- {
		s, rest := b.Stmts[i], b.Stmts[i+1:]
		l, ok := h.movable(s)
		if !ok {
			continue
		}
		if h.sinkOne(s, rest) {
			b.Stmts = append(b.Stmts[:i:i], rest...)
			continue
		}
		if user := firstUser(l, rest); user > 0 {
			copy(b.Stmts[i:], rest[:user])
			b.Stmts[i+user] = s
		}
	}
	for _, s := range b.Stmts {
		for _, inner := range branches(s) {
			h.sink(inner)
		}
	}
}

// defined is the variable that s, a definition, sets.
func (h *handler) defined(s ir.Stmt) (l *ir.Local, ok bool) {
	l, _, ok = plainStore(s)
	return l, ok && h.defs.values[l] != nil
}

// movable is defined for a definition that can't fail: an error comes where it stands.
func (h *handler) movable(s ir.Stmt) (l *ir.Local, ok bool) {
	l, value, ok := plainStore(s)
	return l, ok && h.defs.values[l] != nil && len(readsIn(value, nil)) == 0
}

// firstUser is the first of stmts that uses l, or -1.
func firstUser(l *ir.Local, stmts []ir.Stmt) int {
	return slices.IndexFunc(stmts, func(s ir.Stmt) bool { return mentions(s)[l] > 0 })
}

// branches are the blocks of s that run at most once.
func branches(s ir.Stmt) []*ir.Block {
	switch s := s.(type) {
	case *ir.If:
		return []*ir.Block{s.Then, s.Else}
	case *ir.Try:
		return []*ir.Block{s.Body, s.Handler}
	}
	return nil
}

// sinkOne puts the definition s into the one statement of rest that uses it, and
// reports whether there is such a one.
func (h *handler) sinkOne(s ir.Stmt, rest []ir.Stmt) bool {
	l, value, _ := plainStore(s)
	user := firstUser(l, rest)
	if user < 0 || firstUser(l, rest[user+1:]) >= 0 {
		return false // two statements need it
	}
	uses := mentions(rest[user])[l]
	for _, b := range branches(rest[user]) {
		if b != nil && mentions(b)[l] == uses {
			if !h.sinkOne(s, b.Stmts) {
				b.Stmts = append([]ir.Stmt{s}, b.Stmts...)
			}
			return true
		}
	}
	if uses > 1 {
		return false
	}
	put := ir.Copier{Replace: ir.ReplaceLocals(map[*ir.Local]ir.Expr{l: value})}
	switch t := rest[user].(type) {
	case *ir.Eval, *ir.Print, *ir.PrintHist, *ir.Return, *ir.Delete:
		rest[user] = put.Stmt(t)
		return true
	case *ir.If:
		t.Cond = put.Expr(t.Cond)
		return true
	}
	return false
}
