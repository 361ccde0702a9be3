package decode

import "testing"

// FuzzUnquote holds that every text that was quoted, and not cut, is found again, and
// that nothing else is taken for one.
func FuzzUnquote(f *testing.F) {
	for _, s := range []string{"", "/etc/passwd", "a\"b\\c\n\x01\x7f", "é\xff€\xf0\x9f\x98\x80", "\xed\xa0\x80", "7\x007", "\x01\x31"} {
		f.Add(s)
		f.Add(string(AppendQuoted(nil, []byte(s), 0)))
	}
	f.Add(`"\303\251"`)
	f.Add(`"\u0041"`)
	f.Add(`"é"`)
	f.Fuzz(func(t *testing.T, s string) {
		if raw, ok := Unquote(s); ok && string(AppendQuoted(nil, raw, 0)) != s {
			t.Errorf("%q: got %q", s, raw)
		}
		quoted := AppendQuoted(nil, []byte(s), 0)
		for i := range len(s) {
			if s[i] == 0 {
				s = s[:i]
				break
			}
		}
		if 2+4*len(s) > MaxText {
			return // it may be cut
		}
		if raw, ok := Unquote(string(quoted)); !ok || string(raw) != s {
			t.Errorf("%q as %s: got %q, %v", s, quoted, raw, ok)
		}
	})
}

func TestAddress(t *testing.T) {
	for s, want := range map[string]uint64{"0x0": 0, "0x7fff0010": 0x7fff0010, "0xffffffffffffffff": 1<<64 - 1} {
		if got, ok := Address(s); !ok || got != want {
			t.Errorf("%s: got %#x, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "0x", "7", "0x07", "0xG", "0x1FF", "0x10000000000000000"} {
		if got, ok := Address(s); ok {
			t.Errorf("%s: got %#x", s, got)
		}
	}
}
