package builtin

import (
	"strconv"
	"strings"

	"tapir/lang/types"
)

// FormatPart is a literal text or one conversion of a print format.
type FormatPart struct {
	Literal string // if Verb is 0
	// Verb is one of d (also for i) u x X o p c s b m M.
	Verb byte
	// Flag is the one flag that a conversion may have: 0 + - space #, or NUL.
	Flag byte
	// Width and Prec are -1 if not given.
	Width, Prec int
	// WidthArg and PrecArg say that the value comes from an argument (`*`), which
	// precedes the converted one.
	WidthArg, PrecArg bool
}

// ArgKind is the type of the argument that the conversion prints; Unknown for a
// literal. Widths and precisions taken from arguments are longs.
func (p FormatPart) ArgKind() types.Kind {
	switch p.Verb {
	case 0:
		return types.Unknown
	case 's':
		return types.String
	}
	return types.Long
}

// String is the part as the language writes it in a format.
func (p FormatPart) String() string {
	if p.Verb == 0 {
		return strings.ReplaceAll(p.Literal, "%", "%%")
	}
	b := []byte{'%'}
	if p.Flag != 0 {
		b = append(b, p.Flag)
	}
	switch {
	case p.WidthArg:
		b = append(b, '*')
	case p.Width >= 0:
		b = strconv.AppendInt(b, int64(p.Width), 10)
	}
	switch {
	case p.PrecArg:
		b = append(b, ".*"...)
	case p.Prec >= 0:
		b = strconv.AppendInt(append(b, '.'), int64(p.Prec), 10)
	}
	return string(append(b, p.Verb))
}
