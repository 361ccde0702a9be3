package source

import "testing"

func TestTokenAt(t *testing.T) {
	tests := []struct{ text, want string }{
		{"/ x", "operator '/'"},
		{"<<= 2", "operator '<<='"},
		{"foo$bar(1)", "identifier 'foo$bar'"},
		{"0x1f+2", "number '0x1f'"},
		{`"a b" . c`, `string '"a b"'`},
		{`"open`, `string '"open'`},
		{"@count(x)", "operator '@count'"},
		{"", "EOF ''"},
	}
	for _, tt := range tests {
		set := &Set{}
		f := set.Add("t.tp", tt.text)
		if got := set.TokenAt(f.Base).Describe(); got != tt.want {
			t.Errorf("TokenAt(%q) = %s, want %s", tt.text, got, tt.want)
		}
	}
}
