package builtin

import (
	"reflect"
	"strings"
	"testing"
)

// FuzzParseFormat takes any text for a format: what is one means the same when it
// is written as its parts, and what is none is refused for a reason.
func FuzzParseFormat(f *testing.F) {
	for _, seed := range []string{"", "%", "100%%\n", "%d%s", "%-*.*s|%05.3ld", "%#x%p% d%+i", "%8.4b%.2m%#*.*M", "%lld", "%-+d", "%99999999999d", "\x00%\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts, err := ParseFormat(text)
		if err != nil {
			if !strings.Contains(text, "%") {
				t.Errorf("%q: %v, without any conversion", text, err)
			}
			return
		}
		var again strings.Builder
		for i, p := range parts {
			if p.Verb == 0 && i > 0 && parts[i-1].Verb == 0 {
				t.Errorf("%q: two texts in a row", text)
			}
			again.WriteString(p.String())
		}
		if same, err := ParseFormat(again.String()); err != nil || !reflect.DeepEqual(same, parts) {
			t.Errorf("%q is %+v, but %q is %+v, %v", text, parts, again.String(), same, err)
		}
	})
}
