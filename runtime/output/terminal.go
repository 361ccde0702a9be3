package output

import (
	"fmt"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
)

// IsTerminal reports whether a reader or writer is a terminal.
func IsTerminal(x any) bool {
	f, ok := x.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// Visible is text with the characters that a terminal would obey as \ooo: C0 but
// tabs and newlines, DEL, and C1, which in UTF-8 has two bytes.
func Visible(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && (r < ' ' || 0x7f <= r && r <= 0x9f) }) < 0 {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		c1 := 0x80 <= c && c <= 0x9f && i > 0 && text[i-1] == 0xc2
		if c != '\n' && c != '\t' && (c < ' ' || c == 0x7f || c1) {
			fmt.Fprintf(&b, `\%03o`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
