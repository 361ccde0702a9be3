package syntax

import (
	"os"
	"testing"
)

// TestGrammarText keeps the grammar of declarations readable in one place. What
// has no rule in the file is parsed by hand.
func TestGrammarText(t *testing.T) {
	const file = "testdata/grammar.ebnf"
	got := declarations().String() + "\n"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not the grammar any more\n got: %s\nwant: %s", file, got, want)
	}
}
