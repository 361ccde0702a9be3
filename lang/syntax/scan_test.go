package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// tokensText shows tokens as `kind:value`, with a ~ where one touches the last.
func tokensText(u *unit, toks []lexer.Token) string {
	var out []string
	for _, t := range toks {
		switch {
		case t.EOF():
			continue
		case t.Type == tokBroken:
			out = append(out, "!"+u.broken[t.Pos.Column].Message)
			continue
		}
		mark := ""
		if glued(&t) && len(out) > 0 {
			mark = "~"
		}
		out = append(out, fmt.Sprintf("%s%s:%s", mark, tokenTypes[-1-t.Type].name, t.Value))
	}
	return strings.Join(out, " ")
}

func TestScan(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"a $b a$a$ _x9", "Ident:a Ident:$b Ident:a$a$ Ident:_x9"},
		{"probe global private function if else for foreach in limit", "Keyword:probe Keyword:global Keyword:private Keyword:function Keyword:if Keyword:else Keyword:for Keyword:foreach Keyword:in Keyword:limit"},
		{"return delete while break continue next string long try catch", "Keyword:return Keyword:delete Keyword:while Keyword:break Keyword:continue Keyword:next Keyword:string Keyword:long Keyword:try Keyword:catch"},
		{"12 0x1F 12abc 7_", "Number:12 Number:0x1F Number:12abc Number:7 ~Ident:_"},
		{"a<<<b>>>c<<=d>>=e", "Ident:a ~Op:<<< ~Ident:b ~Op:>>> ~Ident:c ~Op:<<= ~Ident:d ~Op:>>= ~Ident:e"},
		{"== != <= >= =~ !~ += -= *= /= %= &= ^= |= .= && || ++ -- -> << >>", "Op:== Op:!= Op:<= Op:>= Op:=~ Op:!~ Op:+= Op:-= Op:*= Op:/= Op:%= Op:&= Op:^= Op:|= Op:.= Op:&& Op:|| Op:++ Op:-- Op:-> Op:<< Op:>>"},
		{"%( %? %: %) % ** ` \\", "Op:%( Op:%? Op:%: Op:%) Op:% Op:* ~Op:* Op:` Op:\\"},
		{"sys_*open ? !", "Ident:sys_ ~Op:* ~Ident:open Op:? Op:!"},
		{"@count @x1 @", "Op:@count Op:@x1 Op:@"},
		{"a # c\nb // c\nc /* d\n* / */e/**/f /* open", "Ident:a Ident:b Ident:c Ident:e Ident:f"},
		{"#!/usr/bin/env tapir\nprobe", "Keyword:probe"},
		{`"a\tb" "\"\q\\" "é"`, `String:a\tb String:"q\\ String:é`},
		{"\"a\\\nb\"", "String:a\nb"},
		{"\"open\nx \"", "!Could not find matching closing quote Ident:x !Could not find matching closing quote"},
		{`"\`, "!Could not find matching closing quote"},
		{"%{ C } % %}x", "Embedded: C } %  ~Ident:x"},
		{"%{ C", "!Could not find matching '%}' to close embedded function block"},
		{"\x01 \x80é", `Junk:\x01 Junk:\x80 ~Junk:\xc3 ~Junk:\xa9`},
	}
	for _, test := range tests {
		u := newUnit(&source.Set{}, "t", test.text, Options{Guru: true})
		if got := tokensText(u, u.scan()); got != test.want {
			t.Errorf("%q\n got: %s\nwant: %s", test.text, got, test.want)
		}
	}
}

func TestScanArguments(t *testing.T) {
	args := []string{"17", `say "a\n"`, "x y+", "vfs_*", "", "$1"}
	tests := []struct{ text, want string }{
		{"$1 @1 $# @#", "Number:17 String:17 Number:6 String:6"},
		{"@2", `String:say "a\n"`},
		{"a+$3z", "Ident:a ~Op:+ ~Ident:x Ident:y ~Op:+ ~Ident:z"},
		{"k.$4read", "Ident:k ~Op:. ~Ident:vfs_ ~Op:* ~Ident:read"},
		{"a$1", "Ident:a$1"},
		{"a $5b", "Ident:a Ident:b"},
		{"$10", "!command line argument out of range [1-6]"},
		{"@0 b", "!command line argument out of range [1-6] Ident:b"},
		{"$99999999999999999999", "!command line argument out of range [1-6]"},
		{"$6 b", "!invalid nested substitution of command line arguments Ident:b"},
		{`"$1"`, "String:$1"},
		{"# $1\n@1", "String:17"},
	}
	for _, test := range tests {
		u := newUnit(&source.Set{}, "t", test.text, Options{Args: args})
		if got := tokensText(u, u.scan()); got != test.want {
			t.Errorf("%q\n got: %s\nwant: %s", test.text, got, test.want)
		}
	}
}

func TestScanPlaces(t *testing.T) {
	tests := []struct {
		text string
		want string // the texts of the tokens' spans
	}{
		{`probe  begin{"a\"b" /* */ x}`, `probe|begin|{|"a\"b"|x|}`},
		{`f($1+1)`, `f|(|$1|$1|$1|+|1|)`},
		{`$1z q`, `$1|$1|$1z|q`},
		{`@1 %{ c %}`, `@1|%{ c %}`},
	}
	for _, test := range tests {
		set := &source.Set{}
		set.Add("before", "x")
		u := newUnit(set, "t", test.text, Options{Args: []string{"a b c"}, Guru: true})
		var got []string
		for _, tok := range u.scan() {
			if !tok.EOF() {
				got = append(got, set.Text(spanOf(&tok)))
			}
		}
		if got := strings.Join(got, "|"); got != test.want {
			t.Errorf("%q\n got: %s\nwant: %s", test.text, got, test.want)
		}
	}
}

func TestArgumentsUsed(t *testing.T) {
	set := &source.Set{}
	args := []string{"1", "2", "3", "4"}
	a, _ := Parse(set, "a", "probe begin { println($2) }", Options{Args: args})
	b, _ := Parse(set, "b", `probe end { println(@4, "@1") }`, Options{Args: args})
	var got []string
	for _, d := range UnusedArguments([]*File{a, b}) {
		got = append(got, d.Message)
	}
	want := "unused command line option $1/@1|unused command line option $3/@3"
	if strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUnescape(t *testing.T) {
	tests := []struct{ raw, want string }{
		{`plain`, "plain"},
		{`\a\b\t\n\v\f\r\\`, "\a\b\t\n\v\f\r\\"},
		{`\x41\x4a!\xzz`, "AJ!xzz"},
		{`\101\7\08`, "A\a\x008"},
		{`\1011`, "A1"},
		{`tail\`, `tail\`},
	}
	for _, test := range tests {
		if got := unescape(test.raw); got != test.want {
			t.Errorf("unescape(%q) = %q, want %q", test.raw, got, test.want)
		}
	}
	for c := range 256 {
		s := "a" + string([]byte{byte(c)}) + "1"
		u := newUnit(&source.Set{}, "t", quote(s), Options{})
		toks := u.scan()
		if toks[0].Type != tokString || unescape(toks[0].Value) != s {
			t.Errorf("quote(%q) = %s reads as %q", s, quote(s), unescape(toks[0].Value))
		}
	}
}

func TestParseNumber(t *testing.T) {
	tests := []struct {
		text string
		want int64
		ok   bool
	}{
		{"0", 0, true},
		{"42", 42, true},
		{"010", 8, true},
		{"0x10", 16, true},
		{"0XfF", 255, true},
		{"9223372036854775807", 1<<63 - 1, true},
		{"9223372036854775808", -1 << 63, true},
		{"18446744073709551615", -1, true},
		{"0xFFFFFFFFFFFFFFFF", -1, true},
		{"18446744073709551616", 0, false},
		{"0x10000000000000000", 0, false},
		{"09", 0, false},
		{"12abc", 0, false},
		{"0x", 0, false},
		{"1a", 0, false},
	}
	for _, test := range tests {
		if got, ok := parseNumber(test.text); got != test.want && test.ok || ok != test.ok {
			t.Errorf("parseNumber(%q) = %d, %t, want %d, %t", test.text, got, ok, test.want, test.ok)
		}
	}
}
