package decode_test

import (
	"strings"
	"testing"

	"tapir/runtime/decode"
)

func TestAppendQuoted(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 0, `""`},
		{"/etc/passwd", 0, `"/etc/passwd"`},
		{"/tmp/f\tx", 0, `"/tmp/f\tx"`},
		{"\a\b\f\n\r\t\v\"\\", 0, `"\a\b\f\n\r\t\v\"\\"`},
		{"'?", 0, `"'?"`},
		{"\x01\x1b\x7f", 0, `"\001\033\177"`},
		{"before\x00after", 0, `"before"`},
		{"h\u00e9\u20ac", 0, `"h\u00E9\u20AC"`},
		{"\U0001f980", 0, `"\U0001F980"`},
		{"\ufffd", 0, `"\uFFFD"`},                     // encoded, not an error
		{"\xff\xe9a", 0, `"\377\351a"`},               // not UTF-8
		{"\xc0\x80", 0, `"\300\200"`},                 // overlong NUL
		{"\xed\xa0\x80", 0, `"\355\240\200"`},         // a surrogate
		{"\xf4\x90\x80\x80", 0, `"\364\220\200\200"`}, // beyond Unicode
		{"\xe2\x82", 0, `"\342\202"`},                 // cut short
		{"abcdef", 8, `"abcdef"`},
		{"abcdefg", 8, `"abc"...`},
		{"abc", 5, `"abc"`},
		{"abcd", 5, `""...`},
		{"abcd", 1, `""...`}, // as for 5, the least
		{"a\nb\nc\n", 9, `"a\nb"...`},
		{"ab\u00e9", 8, `"ab"...`},
		{strings.Repeat("x", 509), 0, `"` + strings.Repeat("x", 509) + `"`},
		{strings.Repeat("x", 510), 0, `"` + strings.Repeat("x", 506) + `"...`},
		{strings.Repeat("x", 510), 9999, `"` + strings.Repeat("x", 510) + `"`},
		{strings.Repeat("\n", 512), 0, `"` + strings.Repeat(`\n`, 253) + `"...`},
		{strings.Repeat("\x01", 512), 0, `"` + strings.Repeat(`\001`, 126) + `"...`},
	} {
		got := text(t, func(dst []byte) []byte { return decode.AppendQuoted(dst, []byte(c.in), c.limit) })
		if got != c.want {
			t.Errorf("quoted %q in %d:\n got %s\nwant %s", c.in, c.limit, got, c.want)
		}
	}
}

func TestAppendQuotedBuffer(t *testing.T) {
	const limit = 50 // as system calls have it
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		in   string
		n    int64
		want string
	}{
		{"", 0, `""`},
		{"x", 1, `"x"`},
		{"hello\n\001\xff", 8, `"hello\n\001\377"`},
		{"a\x00b", 3, `"a\0b"`},
		{"ab", 1, `"a"`},
		{"ab", -1, `""`},
		{x(44), 44, `"` + x(44) + `"`},
		{x(45), 45, `"` + x(45) + `"`},
		{x(46), 46, `"` + x(46) + `"`},
		{x(47), 47, `"` + x(47) + `"`},
		{x(48), 48, `"` + x(48) + `"`},
		{x(49), 49, `"` + x(45) + `"...`},
		{x(50), 50, `"` + x(45) + `"...`},
		{x(70), 70, `"` + x(45) + `"...`},
		{x(48) + "\x00more", 53, `"` + x(48) + `"`}, // the next byte is a NUL
		{x(47) + "\x00more", 52, `"` + x(47) + `"`}, // its escape has no room
		{x(46) + "\x00", 47, `"` + x(46) + `\0"`},
		{x(46) + "\x00y", 48, `"` + x(45) + `"...`},
		{x(44) + "\n" + x(9), 54, `"` + x(44) + `"...`}, // never half an escape
		{x(43) + "\n" + x(9), 53, `"` + x(43) + `\n"...`},
		{x(42) + "\u00e9" + x(9), 53, `"` + x(42) + `"...`},
		{x(39) + "\u00e9" + x(9), 50, `"` + x(39) + `\u00E9"...`},
		{x(42) + "\u00e9", 44, `"` + x(42) + `\u00E9"`},
		{x(10), 11, `"` + x(10) + `"...`}, // only ten of eleven were read
		{"", 1 << 62, `""...`},
	} {
		got := text(t, func(dst []byte) []byte { return decode.AppendQuotedBuffer(dst, []byte(c.in), c.n, limit) })
		if got != c.want {
			t.Errorf("quoted %d of %q:\n got %s\nwant %s", c.n, c.in, got, c.want)
		}
	}
}

func FuzzAppendQuoted(f *testing.F) {
	f.Add([]byte("hello\n\001\xff"), int64(8), 50)
	f.Add([]byte("\u20ac\x00\U0001f980"), int64(-1), 7)
	f.Fuzz(func(t *testing.T, in []byte, n int64, limit int) {
		most := limit
		if limit <= 0 {
			most = decode.MaxText
		}
		most = max(most, 5)
		for what, got := range map[string]string{
			"string": text(t, func(dst []byte) []byte { return decode.AppendQuoted(dst, in, limit) }),
			"buffer": text(t, func(dst []byte) []byte { return decode.AppendQuotedBuffer(dst, in, n, limit) }),
		} {
			inner, ok := strings.CutPrefix(strings.TrimSuffix(got, "..."), `"`)
			if len(got) > most || !ok || !strings.HasSuffix(inner, `"`) {
				t.Errorf("%s %q in %d: got %s of %d bytes", what, in, limit, got, len(got))
			}
			for _, c := range []byte(got) {
				if c < ' ' || c > '~' {
					t.Errorf("%s %q: %#x in %q", what, in, c, got)
				}
			}
		}
	})
}

func BenchmarkAppendQuoted(b *testing.B) {
	dst := make([]byte, 0, 512)
	in := []byte("/usr/lib/x86_64-linux-gnu/libc.so.6")
	for b.Loop() {
		dst = decode.AppendQuoted(dst[:0], in, 0)
	}
}
