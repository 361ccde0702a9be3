package pattern

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// escape is a way to write a byte of ASCII.
func escape(c byte) string {
	switch {
	case c == '"' || c == '\\':
		return `\` + string(c)
	case c < ' ' || c > '~':
		return fmt.Sprintf(`\%03o`, c)
	}
	return string(c)
}

// TestQuotedAutomatonAgrees compares automata of quoted strings with the matching of
// those.
func TestQuotedAutomatonAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a", "b", ".", "[ab]", "[^a]", `\\`, `"`, `^"`, `"$`, "^", "$", "0", "01", "*", "+", "?", "(a|b)", "[0-7]{3}"}
	rejected := 0
	for range 5000 {
		var text strings.Builder
		for range 1 + r.IntN(5) {
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		p, err := Compile(text.String())
		if err != nil {
			continue
		}
		negate := r.IntN(2) == 0
		a, err := NewQuotedAutomaton(text.String(), negate, escape)
		if err != nil {
			t.Fatalf("%q: %v", text.String(), err)
		}
		for range 20 {
			var s, quoted strings.Builder
			quoted.WriteByte('"')
			ascii := true
			for range r.IntN(6) {
				c := "ab\"\\\x01\n\x7f\xe9"[r.IntN(8)]
				s.WriteByte(c)
				quoted.WriteString(escape(c))
				ascii = ascii && c < 0x80
			}
			quoted.WriteByte('"')
			want := p.Match(quoted.String()) != negate
			got := a.Match(s.String())
			if ascii && got != want {
				t.Fatalf("%q, negated %v, on %q: got %v, want %v", text.String(), negate, s.String(), got, want)
			}
			if !got {
				rejected++
			}
		}
	}
	if rejected < 10_000 {
		t.Errorf("only %d strings were rejected: the test shows little", rejected)
	}
}

// TestLiteral matches strings by themselves.
func TestLiteral(t *testing.T) {
	for _, s := range []string{"", "a", "a.b*", `\`, "^$|()[]{}+?", "\n\x01\xff", "1x\"é"} {
		p, err := Compile("^" + Literal(s) + "$")
		if err != nil || !p.Match(s) || p.Match(s+"x") {
			t.Errorf("%q: %v", s, err)
		}
	}
}
