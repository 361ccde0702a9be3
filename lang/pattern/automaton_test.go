package pattern

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestAutomatonAgrees compares automata with the other way to match, over random
// expressions and strings.
func TestAutomatonAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "ab", ".", "[ab]", "[^a]", "[[:digit:]]", "^", "$", "|", "(", ")", "*", "+", "?", "{2}", "{1,3}", "(a|b)", "(^a)", "(b$)", "\\.", "\\xff", "c"}
	const letters = "abc1.\xff\x80 "
	made, matched := 0, 0
	for range 20_000 {
		var text strings.Builder
		for range 1 + r.IntN(7) {
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		p, err := Compile(text.String())
		if err != nil {
			continue
		}
		a, err := NewAutomaton(text.String())
		if err != nil {
			t.Fatalf("%q: %v", text.String(), err)
		}
		made++
		for range 20 {
			s := make([]byte, r.IntN(8))
			for i := range s {
				s[i] = letters[r.IntN(len(letters))]
			}
			want := p.Match(string(s))
			if got := a.Match(string(s)); got != want {
				t.Fatalf("%q on %q: got %v, want %v", text.String(), s, got, want)
			}
			if want {
				matched++
			}
		}
	}
	if made < 5000 || matched < made {
		t.Errorf("only %d expressions, %d matches: the test shows little", made, matched)
	}
}

func TestAutomatonTooLarge(t *testing.T) {
	if _, err := NewAutomaton("a.{12}b"); err == nil {
		t.Error("a.{12}b: got an automaton, want none")
	}
	if _, err := NewAutomaton("a.{8}b"); err != nil {
		t.Errorf("a.{8}b: %v", err)
	}
	if a, err := NewAutomaton("^nginx"); err != nil || len(a.Next) > 10 {
		t.Errorf("^nginx: got %v", err)
	}
}
