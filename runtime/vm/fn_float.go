package vm

import (
	"math"
	"strconv"
)

// floatFunctions calculate with floating point numbers, which the language has
// as the longs of the same bits.
var floatFunctions = table{
	"string_to_fp": {long: func(m *Machine) int64 { return floatBits(leadingFloat(m.args.texts[0])) }},
	"long_to_fp":   {long: func(m *Machine) int64 { return floatBits(float64(m.args.ints[0])) }},
	"fp_to_long":   {long: func(m *Machine) int64 { return toLong(float(m, 0), m.args.ints[1]) }},
	"fp_to_string": {append: func(m *Machine, dst []byte) []byte {
		return strconv.AppendFloat(dst, float(m, 0), 'f', precision(m.args.ints[1]), 64)
	}},
	"fp_add":  {long: func(m *Machine) int64 { return floatBits(float(m, 0) + float(m, 1)) }},
	"fp_sub":  {long: func(m *Machine) int64 { return floatBits(float(m, 0) - float(m, 1)) }},
	"fp_mul":  {long: func(m *Machine) int64 { return floatBits(float(m, 0) * float(m, 1)) }},
	"fp_div":  {long: func(m *Machine) int64 { return floatBits(float(m, 0) / float(m, 1)) }},
	"fp_rem":  {long: func(m *Machine) int64 { return floatBits(math.Remainder(float(m, 0), float(m, 1))) }},
	"fp_sqrt": {long: func(m *Machine) int64 { return floatBits(math.Sqrt(float(m, 0))) }},
	"fp_eq":   {long: func(m *Machine) int64 { return truth(float(m, 0) == float(m, 1)) }},
	"fp_le":   {long: func(m *Machine) int64 { return truth(float(m, 0) <= float(m, 1)) }},
	"fp_lt":   {long: func(m *Machine) int64 { return truth(float(m, 0) < float(m, 1)) }},
}

func float(m *Machine, arg int) float64 { return math.Float64frombits(uint64(m.args.ints[arg])) }

func floatBits(f float64) int64 { return int64(math.Float64bits(f)) }

// maxPrecision is more digits than a string holds.
const maxPrecision = 511

func precision(n int64) int { return int(min(max(n, 0), maxPrecision)) }

// The ways to round.
const (
	nearestEven = iota
	toZero
	down
	up
	nearestAway
)

// toLong rounds f; what no long can hold becomes the least one, as the processor
// has it.
func toLong(f float64, mode int64) int64 {
	switch mode {
	case toZero:
		f = math.Trunc(f)
	case down:
		f = math.Floor(f)
	case up:
		f = math.Ceil(f)
	case nearestAway:
		f = math.Round(f)
	default:
		f = math.RoundToEven(f)
	}
	if f >= -1<<63 && f < 1<<63 {
		return int64(f)
	}
	return math.MinInt64
}

// leadingFloat is the number at the start of s, 0 if there is none: blanks, a
// sign, digits with a point, and an exponent.
func leadingFloat(s string) float64 {
	for s != "" && (s[0] == ' ' || s[0] == '\t' || s[0] == '\n') {
		s = s[1:]
	}
	f, err := strconv.ParseFloat(s[:floatLength(s)], 64)
	if err != nil && !math.IsInf(f, 0) { // infinite if it is too large
		return 0
	}
	return f
}

// floatLength is how many bytes of s are a number.
func floatLength(s string) int {
	n := skipSign(s, 0)
	whole := skipDigits(s, n)
	end := whole
	if end < len(s) && s[end] == '.' {
		end = skipDigits(s, end+1)
	}
	if end-n <= 1 && whole == n { // no digit, or just the point
		return 0
	}
	if end < len(s) && s[end]|0x20 == 'e' {
		exponent := skipSign(s, end+1)
		if last := skipDigits(s, exponent); last > exponent {
			return last
		}
	}
	return end
}

func skipSign(s string, i int) int {
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		return i + 1
	}
	return i
}

func skipDigits(s string, i int) int {
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}
