package pattern

import (
	"fmt"
	"regexp/syntax"
	"slices"
)

// Automaton tells by one look at each byte whether an expression matches a string
// that ends with a NUL. Bytes that make no difference to the expression are one class.
// It starts in Start; in Yes and No, where every string arrives by its NUL at the
// latest, it stays.
type Automaton struct {
	Class   [256]uint8 // of each byte; the NUL is alone in class 0
	Classes int
	Next    [][]uint16 // for every state what each class leads to
}

// The states that every automaton has.
const (
	No = iota
	Yes
	Start
)

// MaxStates is the most states that an automaton may have.
const MaxStates = 1024

// NewAutomaton makes the automaton of an expression. There is none if it would need
// too many states.
func NewAutomaton(text string) (*Automaton, error) {
	t := translator{in: text}
	out, err := t.translate()
	if err != nil {
		return nil, err
	}
	re, err := syntax.Parse(out, syntax.Perl)
	if err != nil {
		return nil, plain(err)
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, plain(err)
	}
	b := &builder{prog: prog, numbers: map[string]uint16{}}
	b.classify()
	return b.build()
}

// builder makes sets of a program's instructions the states of an automaton.
type builder struct {
	prog    *syntax.Prog
	class   [256]uint8
	members []rune            // one byte of each class
	numbers map[string]uint16 // of the sets of instructions
	sets    [][]uint32        // of the states
	next    [][]uint16
}

// classify finds the classes: bytes that every instruction takes or refuses alike.
func (b *builder) classify() {
	known := map[string]uint8{"": 0}
	b.members = []rune{0}
	for c := rune(1); c < 256; c++ {
		takes := make([]byte, 1, len(b.prog.Inst)+1)
		for i := range b.prog.Inst {
			if in := &b.prog.Inst[i]; isRune(in) {
				takes = append(takes, '0'+byte(boolOf(in.MatchRune(c))))
			}
		}
		n, ok := known[string(takes)]
		if !ok {
			n = uint8(len(b.members))
			known[string(takes)] = n
			b.members = append(b.members, c)
		}
		b.class[c] = n
	}
}

func boolOf(v bool) int {
	if v {
		return 1
	}
	return 0
}

func (b *builder) build() (*Automaton, error) {
	for range Start {
		b.add(nil)
	}
	for c := range b.members {
		b.next[Yes][c] = Yes
	}
	first, matched := b.follow([]uint32{uint32(b.prog.Start)}, syntax.EmptyBeginText)
	b.add(first)
	for state := Start; state < len(b.sets); state++ {
		if matched && state == Start {
			b.next[state] = b.next[Yes]
			continue
		}
		for c := 1; c < len(b.members); c++ {
			to, ok := b.step(b.sets[state], b.members[c])
			if !ok {
				return nil, fmt.Errorf("it needs more than %d states", MaxStates)
			}
			b.next[state][c] = to
		}
		if b.ends(state) {
			b.next[state][0] = Yes
		}
	}
	return &Automaton{b.class, len(b.members), b.next}, nil
}

func (b *builder) add(set []uint32) uint16 {
	b.sets = append(b.sets, set)
	b.next = append(b.next, make([]uint16, len(b.members)))
	return uint16(len(b.sets) - 1)
}

// step is the state that a byte leads to from a set. A match may begin at every
// byte.
func (b *builder) step(set []uint32, c rune) (state uint16, ok bool) {
	var to []uint32
	for _, pc := range set {
		if i := &b.prog.Inst[pc]; isRune(i) && i.MatchRune(c) {
			to = append(to, i.Out)
		}
	}
	to, matched := b.follow(append(to, uint32(b.prog.Start)), 0)
	if matched {
		return Yes, true
	}
	name := fmt.Sprint(to)
	if n, known := b.numbers[name]; known {
		return n, true
	}
	if len(b.sets) == MaxStates {
		return 0, false
	}
	n := b.add(to)
	b.numbers[name] = n
	return n, true
}

// ends reports whether a string that ends in a state has matched.
func (b *builder) ends(state int) bool {
	at := syntax.EmptyEndText
	if state == Start {
		at |= syntax.EmptyBeginText
	}
	_, matched := b.follow(b.sets[state], at)
	return matched
}

// follow is all that can be reached from instructions without a byte, sorted, as
// far as it waits for one or for the end; and whether the expression has matched.
func (b *builder) follow(from []uint32, at syntax.EmptyOp) (set []uint32, matched bool) {
	seen := make([]bool, len(b.prog.Inst))
	var visit func(pc uint32)
	visit = func(pc uint32) {
		if seen[pc] {
			return
		}
		seen[pc] = true
		switch i := &b.prog.Inst[pc]; i.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			visit(i.Out)
			visit(i.Arg)
		case syntax.InstCapture, syntax.InstNop:
			visit(i.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(i.Arg)&^at == 0 {
				visit(i.Out)
			}
			set = append(set, pc)
		case syntax.InstMatch:
			matched = true
		case syntax.InstFail:
		default:
			set = append(set, pc)
		}
	}
	for _, pc := range from {
		visit(pc)
	}
	slices.Sort(set)
	return set, matched
}

func isRune(i *syntax.Inst) bool {
	switch i.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// Step is the state that a byte leads to.
func (a *Automaton) Step(state uint16, c byte) uint16 { return a.Next[state][a.Class[c]] }

// Match reports whether the automaton's expression matches s.
func (a *Automaton) Match(s string) bool {
	state := uint16(Start)
	for i := range len(s) {
		state = a.Step(state, s[i])
	}
	return a.Step(state, 0) == Yes
}
