// Package ir is the typed tree that both back ends read: names are resolved to
// objects, sugar is gone, every expression knows its type. Build makes it from a
// checked program.
package ir

import (
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/types"
)

// Program is a whole script.
type Program struct {
	Sources *source.Set
	Globals []*Global
	Funcs   []*Func
	Probes  []*Probe // in order of declaration
}

// Global is a global variable; Index is its place in Program.Globals.
type Global struct {
	Name   string
	Type   types.Type
	Index  int
	Init   Expr // nil, *Int or *Str
	Limit  int  // elements an array may have; 0: MAXMAPENTRIES
	Wrap   bool
	Script bool // declared in the user's script
	Pos    source.Span
	// Statistics only; see check.Global.
	Histogram *types.Histogram
	Shift     int
	Variance  bool
}

// Local is a variable of a function or probe; Index is its place in Locals.
type Local struct {
	Name  string
	Type  types.Type
	Index int
}

// Func is a function; its Params are the first of its Locals.
type Func struct {
	Name   string
	Index  int
	Params int
	Locals []*Local
	Result types.Kind // Void if it returns nothing
	Body   *Block
	Pos    source.Span
	// Next is the function of the same name that NextFunc passes the call on to;
	// nil after the last, where that is a run-time error.
	Next *Func
}

// Probe is one handler at one probe point.
type Probe struct {
	Index    int
	Spelling string // as in the script: `syscall.fork`
	Point    check.Point
	Conds    []Expr // arming conditions
	Locals   []*Local
	Body     *Block
	Pos      source.Span
}

// Expr is an expression.
type Expr interface {
	Node
	Type() types.Type
	expr()
}

// Place is an expression that can be assigned to: *LocalRef, *GlobalRef, *Elem.
type Place interface {
	Expr
	place()
}

// At is embedded in every node and holds its place in the script.
type At struct {
	Pos source.Span
	// Tok is the token that messages name: an operator, a function's name. It is
	// not valid in nodes that no one token stands for.
	Tok source.Span
}

// Span is the node's place.
func (a At) Span() source.Span { return a.Pos }

// Token is the place of the token that messages about the node name.
func (a At) Token() source.Span {
	if a.Tok.IsValid() {
		return a.Tok
	}
	return a.Pos
}

type (
	// Int is a number.
	Int struct {
		At
		Value int64
	}
	// Str is a string.
	Str struct {
		At
		Value string
	}
	// LocalRef is a local variable.
	LocalRef struct {
		At
		Local *Local
	}
	// GlobalRef is a scalar global.
	GlobalRef struct {
		At
		Global *Global
	}
	// Elem is an element of a global array.
	Elem struct {
		At
		Global *Global
		Keys   []Expr
	}
	// In tests for an element; a nil key is the wildcard.
	In struct {
		At
		Global *Global
		Keys   []Expr
	}
	// Unary is OpNeg, OpNot (result 0 or 1) or OpCompl on a long.
	Unary struct {
		At
		Op Op
		X  Expr
	}
	// Binary is arithmetic on longs, a comparison (0 or 1) of two longs or two
	// strings, or the concatenation of two strings.
	Binary struct {
		At
		Op   Op
		X, Y Expr
	}
	// Logical is && or || on longs; Y is evaluated only if X does not decide.
	Logical struct {
		At
		Or   bool
		X, Y Expr
	}
	// Cond is C ? X : Y.
	Cond struct {
		At
		C, X, Y Expr
	}
	// Assign stores Value, or Left Op Value, and is the new value.
	Assign struct {
		At
		Left  Place
		Op    Op // OpNone for plain =; OpConcat for .=
		Value Expr
	}
	// Step is ++ or --; its value is the old one if Post, else the new one.
	Step struct {
		At
		Left  Place
		Delta int64
		Post  bool
	}
	// Call calls a function of the script or the tapset.
	Call struct {
		At
		Func *Func
		Args []Expr
	}
	// Builtin calls a built-in function.
	Builtin struct {
		At
		Fn   *builtin.Func
		Args []Expr
	}
	// StatAdd is `Left <<< Value`; Left is a statistic. Its value is Value.
	StatAdd struct {
		At
		Left  Place
		Value Expr
	}
	// StatOp is @count(Stat) and its like; a long.
	StatOp struct {
		At
		Op   StatOpKind
		Stat Place
	}
	// AtEntry is `@entry(X)`, the value of X when the probed call began. Its type is
	// X's.
	AtEntry struct {
		At
		X Expr
	}
	// HistBucket is `@hist_x(Stat)[Index]`, the count of one bucket; a long.
	HistBucket struct {
		At
		Stat  Place
		Index Expr
	}
	// HistText is the picture of Stat's histogram as a string.
	HistText struct {
		At
		Stat Place
	}
	// Regex is X =~ Pattern (with Negate !~), 0 or 1; it sets what matched() gives.
	Regex struct {
		At
		X       Expr
		Negate  bool
		Pattern string
		// Loose says that it may hold where it can't be told whether it does, since the
		// text can't be read, or is in quotes that are not put around it yet.
		Loose bool
	}
	// Sprint is sprintf and its family: the text of Format; with OrError it is the
	// word ERROR if an argument raises an error.
	Sprint struct {
		At
		Format  *Format
		OrError bool
	}
)

// Format is a print call made uniform: print, println and printd become
// conversions too.
type Format struct {
	Parts []builtin.FormatPart // literal texts and conversions, in order
	Args  []Expr               // what the conversions consume, `*` widths included
}

// Stmt is a statement.
type Stmt interface {
	Node
	stmt()
}

type (
	// Block is a sequence.
	Block struct {
		At
		Stmts []Stmt
	}
	// Eval evaluates X for its effect.
	Eval struct {
		At
		X Expr
	}
	// Print writes the text of Format to the output.
	Print struct {
		At
		Format *Format
	}
	// If has Else == nil if there is none.
	If struct {
		At
		Cond Expr
		Then *Block
		Else *Block
	}
	// Loop is while and for: Cond (nil: forever) is tested first; Post (may be nil)
	// runs after Body and on continue.
	Loop struct {
		At
		Cond Expr
		Body *Block
		Post Expr
	}
	// Foreach walks an array, or, with Hist, the buckets of a histogram (the one
	// loop variable is the bucket's number; Value its count).
	Foreach struct {
		At
		Global     *Global    // the array, or the one that holds Hist
		Hist       Place      // nil, or the statistic whose histogram is walked
		Aggregate  StatOpKind // by which statistics are sorted; StatCount unless said
		Keys       []*Local
		Value      *Local // nil if not wanted
		Slice      []Expr // nil, or one per key; a nil element is the wildcard
		Sort       int    // 1…: that key; 0: the value; -1: insertion order
		Descending bool
		Limit      Expr // nil: no limit
		Body       *Block
	}
	// Return leaves a function; X is nil if it returns nothing.
	Return struct {
		At
		X Expr
	}
	// Next leaves the probe's handler.
	Next struct{ At }
	// Break leaves the innermost loop.
	Break struct{ At }
	// Continue goes on with the innermost loop.
	Continue struct{ At }
	// NextFunc leaves a function that does not want the call: the next one of its
	// name gets it, and its result is this one's.
	NextFunc struct{ At }
	// Try runs Handler if a run-time error ends Body; Var gets the message, or is nil.
	Try struct {
		At
		Body    *Block
		Var     *Local
		Handler *Block
	}
	// PrintHist prints the picture of Stat's histogram.
	PrintHist struct {
		At
		Stat Place
	}
	// Delete removes the element Keys of an array (a nil key is the wildcard), or
	// with Keys == nil clears the whole global.
	Delete struct {
		At
		Global *Global
		Keys   []Expr
	}
)

// Type is long.
func (*Int) Type() types.Type { return types.TLong }

// Type is string.
func (*Str) Type() types.Type { return types.TString }

// Type is the variable's.
func (x *LocalRef) Type() types.Type { return x.Local.Type }

// Type is the variable's.
func (x *GlobalRef) Type() types.Type { return x.Global.Type }

// Type is that of the array's elements.
func (x *Elem) Type() types.Type { return x.Global.Type.Elem() }

// Type is long.
func (*In) Type() types.Type { return types.TLong }

// Type is long.
func (*Unary) Type() types.Type { return types.TLong }

// Type is string for a concatenation, else long.
func (x *Binary) Type() types.Type {
	if x.Op == OpConcat {
		return types.TString
	}
	return types.TLong
}

// Type is long.
func (*Logical) Type() types.Type { return types.TLong }

// Type is that of both branches.
func (x *Cond) Type() types.Type { return x.X.Type() }

// Type is that of the place.
func (x *Assign) Type() types.Type { return x.Left.Type() }

// Type is long.
func (*Step) Type() types.Type { return types.TLong }

// Type is the function's result.
func (x *Call) Type() types.Type { return types.Type{Kind: x.Func.Result} }

// Type is the function's result.
func (x *Builtin) Type() types.Type { return types.Type{Kind: x.Fn.Result} }

// Type is long.
func (*StatAdd) Type() types.Type { return types.TLong }

// Type is long.
func (*StatOp) Type() types.Type { return types.TLong }

// Type is the expression's.
func (x *AtEntry) Type() types.Type { return x.X.Type() }

// Type is long.
func (*HistBucket) Type() types.Type { return types.TLong }

// Type is string.
func (*HistText) Type() types.Type { return types.TString }

// Type is long.
func (*Regex) Type() types.Type { return types.TLong }

// Type is string.
func (*Sprint) Type() types.Type { return types.TString }

func (*Int) expr()        {}
func (*Str) expr()        {}
func (*LocalRef) expr()   {}
func (*GlobalRef) expr()  {}
func (*Elem) expr()       {}
func (*In) expr()         {}
func (*Unary) expr()      {}
func (*Binary) expr()     {}
func (*Logical) expr()    {}
func (*Cond) expr()       {}
func (*Assign) expr()     {}
func (*Step) expr()       {}
func (*Call) expr()       {}
func (*Builtin) expr()    {}
func (*StatAdd) expr()    {}
func (*StatOp) expr()     {}
func (*AtEntry) expr()    {}
func (*HistBucket) expr() {}
func (*HistText) expr()   {}
func (*Regex) expr()      {}
func (*Sprint) expr()     {}

func (*LocalRef) place()  {}
func (*GlobalRef) place() {}
func (*Elem) place()      {}

func (*Block) stmt()     {}
func (*Eval) stmt()      {}
func (*Print) stmt()     {}
func (*If) stmt()        {}
func (*Loop) stmt()      {}
func (*Foreach) stmt()   {}
func (*Return) stmt()    {}
func (*Next) stmt()      {}
func (*Break) stmt()     {}
func (*Continue) stmt()  {}
func (*Delete) stmt()    {}
func (*NextFunc) stmt()  {}
func (*Try) stmt()       {}
func (*PrintHist) stmt() {}
