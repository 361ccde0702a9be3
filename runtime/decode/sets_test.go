package decode_test

import (
	"testing"

	"tapir/runtime/decode"
	"tapir/scripts"
)

// set is a list of names from the tapset.
func set(t testing.TB, name string) decode.Set {
	t.Helper()
	s, ok := scripts.FlagSet(name)
	if !ok {
		t.Fatalf("no set of names %q", name)
	}
	return s
}

// prefix is in the buffer before every call under test, which must keep it.
const prefix = "kept "

// text runs an appending function and returns what it appended.
func text(t testing.TB, f func(dst []byte) []byte) string {
	t.Helper()
	got := string(f([]byte(prefix)))
	if len(got) < len(prefix) || got[:len(prefix)] != prefix {
		t.Fatalf("the buffer's text became %q", got)
	}
	return got[len(prefix):]
}
