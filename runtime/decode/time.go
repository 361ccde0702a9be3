package decode

import "strconv"

// The nanoseconds of utimensat(2) that are none.
const (
	utimeNow  = 0x3fffffff
	utimeOmit = 0x3ffffffe
)

// Sizes of structs of time.
const (
	TimespecSize   = 16
	TimevalSize    = 16
	ItimerspecSize = 32
	TimezoneSize   = 8
)

// AppendTimespecs appends the struct timespecs in b, each in brackets of its own:
// [1.000000002][UTIME_NOW].
func AppendTimespecs(dst, b []byte) []byte {
	for i := 0; i < max(len(b), 1); i += TimespecSize {
		switch nsec := i64(b, i+8); nsec {
		case utimeNow:
			dst = append(dst, "[UTIME_NOW]"...)
		case utimeOmit:
			dst = append(dst, "[UTIME_OMIT]"...)
		default:
			dst = append(appendSeconds(append(dst, '['), i64(b, i), nsec, 9), ']')
		}
	}
	return dst
}

// AppendTimevals appends the struct timevals in b: [1.000002][3.000004].
func AppendTimevals(dst, b []byte) []byte {
	for i := 0; i < max(len(b), 1); i += TimevalSize {
		dst = append(appendSeconds(append(dst, '['), i64(b, i), i64(b, i+8), 6), ']')
	}
	return dst
}

// AppendItimer appends a struct itimerspec or itimerval, the interval first:
// [0.000000,1.500000]. The fraction has six digits at least, even of nanoseconds:
// SystemTap prints it so.
func AppendItimer(dst, b []byte) []byte {
	dst = appendSeconds(append(dst, '['), i64(b, 0), i64(b, 8), 6)
	dst = appendSeconds(append(dst, ','), i64(b, 16), i64(b, 24), 6)
	return append(dst, ']')
}

// AppendTimezone appends a struct timezone: [minutes west, kind of summer time].
func AppendTimezone(dst, b []byte) []byte {
	dst = strconv.AppendInt(append(dst, '['), i32(b, 0), 10)
	dst = strconv.AppendInt(appendComma(dst), i32(b, 4), 10)
	return append(dst, ']')
}

func appendSeconds(dst []byte, sec, fraction int64, digits int) []byte {
	return appendPadded(append(strconv.AppendInt(dst, sec, 10), '.'), fraction, digits)
}

// TimexSize is what AppendTimex needs of a struct timex.
const TimexSize = 96

// AppendTimex appends what a struct timex asks for, by the names timex_modes.
func AppendTimex(dst []byte, names Names, b []byte) []byte {
	dst = AppendFlags(append(dst, '{'), names("timex_modes"), int64(u32(b, 0)))
	for i := range timexFields {
		f := &timexFields[i]
		dst = appendLabel(dst, f.Name)
		if f.Form == I32 {
			dst = strconv.AppendInt(dst, i32(b, f.Off), 10)
		} else {
			dst = strconv.AppendUint(dst, u64(b, f.Off), 10)
		}
	}
	return append(dst, '}')
}

// timexFields are in SystemTap's order.
var timexFields = [...]Field{
	{"constant", 48, U64, ""},
	{"esterror", 32, U64, ""},
	{"freq", 16, U64, ""},
	{"maxerror", 24, U64, ""},
	{"offset", 8, U64, ""},
	{"precision", 56, U64, ""},
	{"status", 40, I32, ""},
	{"tick", 88, U64, ""},
	{"tolerance", 64, U64, ""},
}

// AppendTimexResult appends adjtimex(2)'s result: the clock's state and its name
// among timex_states, in place of which an error has its number once more.
func AppendTimexResult(dst []byte, names Names, v int64) []byte {
	dst = append(strconv.AppendInt(dst, v, 10), " ("...)
	return append(AppendEnumDecimal(dst, names("timex_states"), v), ')')
}
