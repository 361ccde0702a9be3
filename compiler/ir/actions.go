package ir

import "tapir/lang/builtin"

// Actions says where the statements of code are counted against the limit of what a
// handler may do, MAXACTION. Each counts as one, a block as none, and a loop as one
// more for every time round. A straight stretch of statements is counted at once, at
// its start. Both back ends count by this, so that they come to the limit at the same
// place.
type Actions struct {
	Before map[Stmt]int // counted before a statement runs
	Turns  map[Stmt]int // counted when a loop's body begins
}

// CountActions counts the statements of a handler and of functions.
func CountActions(bodies ...*Block) Actions {
	a := Actions{map[Stmt]int{}, map[Stmt]int{}}
	for _, b := range bodies {
		a.block(b, stretch{})
	}
	return a
}

// stretch is where statements are counted now; the zero stretch has not begun.
type stretch struct {
	in map[Stmt]int
	at Stmt
}

func (a Actions) block(b *Block, s stretch) stretch {
	if b == nil {
		return s
	}
	for _, t := range b.Stmts {
		s = a.stmt(t, s)
	}
	return s
}

// stmt counts t and gives the stretch that goes on behind it.
func (a Actions) stmt(t Stmt, s stretch) stretch {
	if b, ok := t.(*Block); ok {
		return a.block(b, s)
	}
	if IsTelling(t) {
		return s
	}
	if s.at == nil {
		s = stretch{a.Before, t}
	}
	s.in[s.at]++
	switch t := t.(type) {
	case *If:
		a.block(t.Then, stretch{})
		a.block(t.Else, stretch{})
	case *Loop:
		if t.Cond != nil {
			s.in[s.at]++ // the test that ends it
		}
		a.Turns[t] = 1
		if t.Post != nil {
			a.Turns[t]++
		}
		a.block(t.Body, stretch{a.Turns, t})
	case *Foreach:
		a.Turns[t] = 1
		a.block(t.Body, stretch{a.Turns, t})
	case *Try:
		a.block(t.Body, stretch{})
		a.block(t.Handler, stretch{})
	default:
		return s
	}
	return stretch{}
}

// IsTelling reports whether a statement is none of the script's: it tells the session of
// the event's moment.
func IsTelling(s Stmt) bool {
	e, ok := s.(*Eval)
	if !ok {
		return false
	}
	x, ok := e.X.(*Builtin)
	return ok && (x.Fn.Name == builtin.Happened || x.Fn.Name == builtin.Kept)
}
