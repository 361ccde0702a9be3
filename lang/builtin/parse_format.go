package builtin

import (
	"errors"
	"strings"
)

// What ParseFormat finds wrong with a format.
var (
	ErrNoConversion   = errors.New("invalid or missing conversion specifier")
	ErrTrailingFormat = errors.New("trailing incomplete print format conversion")
)

// MaxFormatWidth bounds widths and precisions that a format gives as numbers:
// no text that is printed at once is longer.
const MaxFormatWidth = 8192

// ParseFormat splits a print format into literal texts and conversions
//
//	% [0 + - space #] [width | *] [. [precision | *]] [l] conversion
//
// of which the flag is at most one, and l changes nothing, since all numbers
// have 64 bits. %% is part of the literal text.
func ParseFormat(text string) ([]FormatPart, error) {
	var parts []FormatPart
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			parts = append(parts, FormatPart{Literal: literal.String(), Width: -1, Prec: -1})
			literal.Reset()
		}
	}
	for text != "" {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			literal.WriteString(text)
			break
		}
		literal.WriteString(text[:i])
		text = text[i+1:]
		if strings.HasPrefix(text, "%") {
			literal.WriteByte('%')
			text = text[1:]
			continue
		}
		part, rest, err := parseConversion(text)
		if err != nil {
			return nil, err
		}
		flush()
		parts = append(parts, part)
		text = rest
	}
	flush()
	return parts, nil
}

// parseConversion reads what follows a %.
func parseConversion(text string) (p FormatPart, rest string, err error) {
	p.Width, p.Prec = -1, -1
	if text != "" && strings.IndexByte("0+- #", text[0]) >= 0 {
		p.Flag = text[0]
		text = text[1:]
	}
	p.Width, p.WidthArg, text = parseCount(text)
	if strings.HasPrefix(text, ".") {
		p.Prec, p.PrecArg, text = parseCount(text[1:])
		if p.Prec < 0 && !p.PrecArg {
			p.Prec = 0
		}
	}
	text = strings.TrimPrefix(text, "l")
	if text == "" {
		return p, "", ErrTrailingFormat
	}
	p.Verb = text[0]
	switch p.Verb {
	case 'i':
		p.Verb = 'd'
	case 'd', 'u', 'x', 'X', 'o', 'p', 'c', 's', 'b', 'm', 'M':
	default:
		return p, "", ErrNoConversion
	}
	return p, text[1:], nil
}

// parseCount reads digits (n is -1 if there are none) or a *.
func parseCount(text string) (n int, arg bool, rest string) {
	if strings.HasPrefix(text, "*") {
		return -1, true, text[1:]
	}
	n = -1
	for text != "" && '0' <= text[0] && text[0] <= '9' {
		n = min(max(n, 0)*10+int(text[0]-'0'), MaxFormatWidth)
		text = text[1:]
	}
	return n, false, text
}
