package ir

// Op is an operator on values.
type Op uint8

// The operators. Arithmetic wraps at 64 bits; division truncates, and by zero is
// a run-time error; shifts by more than 63 or less than 0 are as ShiftLeft and
// its like say.
const (
	OpNone Op = iota
	OpAdd
	OpSub
	OpMul
	OpDiv
	OpMod
	OpAnd
	OpOr
	OpXor
	OpShl
	OpShr  // arithmetic
	OpUshr // logical
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpConcat
	OpNeg
	OpNot
	OpCompl
)

var opNames = [...]string{
	OpNone: "", OpAdd: "+", OpSub: "-", OpMul: "*", OpDiv: "/", OpMod: "%",
	OpAnd: "&", OpOr: "|", OpXor: "^", OpShl: "<<", OpShr: ">>", OpUshr: ">>>",
	OpEq: "==", OpNe: "!=", OpLt: "<", OpLe: "<=", OpGt: ">", OpGe: ">=",
	OpConcat: ".", OpNeg: "-", OpNot: "!", OpCompl: "~",
}

func (o Op) String() string { return opNames[o] }

// IsComparison reports whether the result of o is a truth value.
func (o Op) IsComparison() bool { return o >= OpEq && o <= OpGe }

// StatOpKind is what is asked of a statistic.
type StatOpKind uint8

// The questions.
const (
	StatCount StatOpKind = iota
	StatSum
	StatMin
	StatMax
	StatAvg
	StatVariance
)

var statOpNames = [...]string{"count", "sum", "min", "max", "avg", "variance"}

// String is the operator's name without the @.
func (k StatOpKind) String() string { return statOpNames[k] }
