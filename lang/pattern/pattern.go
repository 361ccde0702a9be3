// Package pattern compiles the regular expressions of =~ and !~: POSIX extended
// ones over bytes, unanchored, where of the leftmost matches the longest counts.
// Start with Compile.
package pattern

import (
	"regexp"
	"unicode/utf8"
)

// Pattern is a compiled expression. Its methods reuse a buffer, so that it
// belongs to one goroutine.
type Pattern struct {
	re  *regexp.Regexp
	buf []byte
}

// Compile translates an expression. The language knows literals, . [] [^] with
// classes, groups with ( and (?: , alternatives, * + ? {n} {n,} {n,m}, ^ and $; a
// backslash takes the meaning from what follows it. Errors say what is wrong in
// a few words, to stand in a message.
func Compile(text string) (*Pattern, error) {
	t := translator{in: text}
	out, err := t.translate()
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(out)
	if err != nil {
		return nil, plain(err)
	}
	re.Longest()
	return &Pattern{re: re}, nil
}

// Groups is the number of groups, the whole match counted.
func (p *Pattern) Groups() int { return p.re.NumSubexp() + 1 }

// Match reports whether any part of s matches.
func (p *Pattern) Match(s string) bool {
	if ascii(s) {
		return p.re.MatchString(s)
	}
	return p.re.Match(p.widen(s))
}

// Find appends the start and the end of the leftmost-longest match and of each
// group to dst, -1 for a group that took no part. Without a match it appends
// nothing.
func (p *Pattern) Find(dst []int, s string) []int {
	if ascii(s) {
		return append(dst, p.re.FindStringSubmatchIndex(s)...)
	}
	wide := p.widen(s)
	for _, at := range p.re.FindSubmatchIndex(wide) {
		if at >= 0 {
			at = utf8.RuneCount(wide[:at])
		}
		dst = append(dst, at)
	}
	return dst
}

// ascii reports whether Go's package, which matches characters of UTF-8, sees
// the bytes of s as they are.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// widen makes a character of each byte of s: expressions are about bytes.
func (p *Pattern) widen(s string) []byte {
	p.buf = p.buf[:0]
	for i := range len(s) {
		p.buf = utf8.AppendRune(p.buf, rune(s[i]))
	}
	return p.buf
}
