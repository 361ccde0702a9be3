package ir

import "math"

// ShiftLeft is x << n. As on the processors that SystemTap's own code runs on,
// only the count's low six bits matter: by 64 changes nothing, by -1 is by 63.
func ShiftLeft(x, n int64) int64 { return x << (uint64(n) & 63) }

// ShiftRight is x >> n, which keeps the sign; for the count see ShiftLeft.
func ShiftRight(x, n int64) int64 { return x >> (uint64(n) & 63) }

// ShiftRightLogical is x >>> n, which shifts zeros in; for the count see ShiftLeft.
func ShiftRightLogical(x, n int64) int64 { return int64(uint64(x) >> (uint64(n) & 63)) }

// Arith is x op y for every operator on two longs. It is not ok where that is a
// run-time error (division by zero).
func Arith(op Op, x, y int64) (v int64, ok bool) {
	switch op {
	case OpAdd:
		return x + y, true
	case OpSub:
		return x - y, true
	case OpMul:
		return x * y, true
	case OpDiv:
		return divide(x, y)
	case OpMod:
		return remainder(x, y)
	case OpAnd:
		return x & y, true
	case OpOr:
		return x | y, true
	case OpXor:
		return x ^ y, true
	case OpShl:
		return ShiftLeft(x, y), true
	case OpShr:
		return ShiftRight(x, y), true
	case OpUshr:
		return ShiftRightLogical(x, y), true
	}
	return Bool(holds(op, x, y)), true
}

func divide(x, y int64) (int64, bool) {
	switch {
	case y == 0:
		return 0, false
	case x == math.MinInt64 && y == -1:
		return x, true // wraps
	}
	return x / y, true
}

func remainder(x, y int64) (int64, bool) {
	switch y {
	case 0:
		return 0, false
	case -1:
		return 0, true
	}
	return x % y, true
}

// CompareStrings is x op y for a comparison of strings, byte by byte.
func CompareStrings(op Op, x, y string) int64 { return Bool(holds(op, x, y)) }

// Arith1 is op x for the operators on one long.
func Arith1(op Op, x int64) int64 {
	switch op {
	case OpNeg:
		return -x
	case OpCompl:
		return ^x
	case OpNot:
		return Bool(x == 0)
	}
	panic("ir: not a unary operator: " + op.String())
}

// Bool is a truth value as a long.
func Bool(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func holds[T int64 | string](op Op, x, y T) bool {
	switch op {
	case OpEq:
		return x == y
	case OpNe:
		return x != y
	case OpLt:
		return x < y
	case OpLe:
		return x <= y
	case OpGt:
		return x > y
	case OpGe:
		return x >= y
	}
	panic("ir: not an operator on these: " + op.String())
}
