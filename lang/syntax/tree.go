package syntax

import "tapir/lang/source"

// A Node is a part of the tree. Token is the token that messages about the
// node name (an operator, a name); Span covers the whole construct.
type Node interface {
	Token() source.Token
	Span() source.Span
}

// Base is embedded in every node.
type Base struct {
	Tok   source.Token
	Range source.Span
}

// Token is the node's principal token.
func (b *Base) Token() source.Token { return b.Tok }

// Span is the node's extent.
func (b *Base) Span() source.Span { return b.Range }

// File is a parsed script.
type File struct {
	Source *source.File
	Decls  []Decl
	// ArgsUsed says which of the script's arguments the text refers to.
	ArgsUsed []bool
}

// Decl is a top-level declaration.
type Decl interface {
	Node
	decl()
}

type (
	// GlobalDecl is `[private] global a, b = 1, c[100], d%`.
	GlobalDecl struct {
		Base    // the keyword
		Private bool
		Vars    []*GlobalVar
	}

	// GlobalVar is one variable of a GlobalDecl.
	GlobalVar struct {
		Base // the name
		Name string
		Wrap bool // %: evict the oldest element instead of failing
		Size Expr // nil, or an IntLit
		Init Expr // nil, an IntLit or a StringLit
	}

	// FuncDecl is `[private] function f:long (a:string, b) : 1 { … }`.
	FuncDecl struct {
		Base     // the name
		Private  bool
		Name     string
		Params   []*Param
		Result   TypeName
		Priority int64 // 1 unless given; lower runs first
		Body     *Block
		Embedded *EmbeddedCode // instead of Body
	}

	// Param is a function's parameter.
	Param struct {
		Base // the name
		Name string
		Type TypeName
	}

	// ProbeDecl is a probe (no Aliases) or the definition of aliases.
	ProbeDecl struct {
		Base     // the keyword
		Private  bool
		Aliases  []*ProbePoint // the names being defined
		Epilogue bool          // defined with +=: Body runs after the user's
		Points   []*ProbePoint
		Body     *Block
		After    *Block // `= points {Body}, {After}`
	}

	// EmbeddedDecl is a top-level `%{ … %}`.
	EmbeddedDecl struct {
		Base
		Code *EmbeddedCode
	}
)

// TypeName is a type as written after a colon; the zero value is none.
type TypeName uint8

// The type names.
const (
	NoType TypeName = iota
	LongType
	StringType
)

// EmbeddedCode is C between %{ and %}.
type EmbeddedCode struct {
	Base
	Text string
}

// ProbePoint is `kernel.function("x").return ? if (cond)`.
type ProbePoint struct {
	Base
	Components []*Component
	Optional   bool // ?
	Sufficient bool // !, implies Optional
	Cond       Expr // arming condition, or nil
}

// Component is one dotted part of a probe point: a name that may hold
// wildcards, with an optional literal argument, or a brace group.
type Component struct {
	Base
	Name  string
	Arg   Expr // nil, an IntLit or a StringLit
	Group []*ProbePoint
}

// Stmt is a statement.
type Stmt interface {
	Node
	stmt()
}

type (
	// Block is `{ … }`.
	Block struct {
		Base
		Stmts []Stmt
	}
	// EmptyStmt is `;`.
	EmptyStmt struct{ Base }
	// ExprStmt evaluates an expression for its effect.
	ExprStmt struct {
		Base
		X Expr
	}
	// IfStmt has Else == nil if there is none.
	IfStmt struct {
		Base
		Cond Expr
		Then Stmt
		Else Stmt
	}
	// WhileStmt is `while (Cond) Body`.
	WhileStmt struct {
		Base
		Cond Expr
		Body Stmt
	}
	// ForStmt is `for (Init; Cond; Post) Body`; absent parts are nil.
	ForStmt struct {
		Base
		Init, Cond, Post Expr
		Body             Stmt
	}
	// ForeachStmt is `foreach (Value- = [k1, k2+] in Array[s1, *] @sum- limit n) Body`.
	ForeachStmt struct {
		Base
		Value *Ident   // nil unless `v = …`
		Keys  []*Ident // the loop variables
		Array Expr     // Ident or HistOp
		Slice []Expr   // nil, or one per key; a nil element is *
		// Sort is the key by which to sort, from 1; 0 is the value; -1 is none.
		Sort       int
		Descending bool
		Aggregate  string // sort statistics by: "", "count", "sum", …
		Limit      Expr
		Body       Stmt
	}
	// ReturnStmt has X == nil if nothing is returned.
	ReturnStmt struct {
		Base
		X Expr
	}
	// NextStmt is `next`.
	NextStmt struct{ Base }
	// BreakStmt is `break`.
	BreakStmt struct{ Base }
	// ContinueStmt is `continue`.
	ContinueStmt struct{ Base }
	// DeleteStmt is `delete X`.
	DeleteStmt struct {
		Base
		X Expr
	}
	// TryStmt is `try Body catch (Var) Handler`; Var is nil if not named.
	TryStmt struct {
		Base
		Body    *Block
		Var     *Ident
		Handler *Block
	}
)

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

type (
	// IntLit is a number.
	IntLit struct {
		Base
		Value int64
	}
	// StringLit is a string with its escapes resolved; adjacent literals are joined.
	StringLit struct {
		Base
		Value string
	}
	// Ident is a name used as a variable.
	Ident struct {
		Base
		Name string
	}
	// Index is `a[k1, *]`; a nil key is the wildcard. X is an Ident or a HistOp
	// (or, in guru code, any value: an autocast).
	Index struct {
		Base
		X    Expr
		Keys []Expr
	}
	// Call is `f(args)`.
	Call struct {
		Base // the name
		Name string
		Args []Expr
		// Made is set for a call that the checker has put there: it may be of a
		// function that scripts don't have.
		Made bool
	}
	// Unary is + - ! ~ before a value.
	Unary struct {
		Base
		Op string
		X  Expr
	}
	// Binary is arithmetic, a comparison, && || or the concatenation `.`.
	Binary struct {
		Base
		Op   string
		X, Y Expr
	}
	// Ternary is `Cond ? X : Y`.
	Ternary struct {
		Base
		Cond, X, Y Expr
	}
	// Assign is `L = R` and its compound forms, `<<<` among them.
	Assign struct {
		Base
		Op   string
		L, R Expr
	}
	// IncDec is `++x x++ --x x--`.
	IncDec struct {
		Base
		Op   string
		Post bool
		X    Expr
	}
	// In is `k in a` or `[k1, *] in a`; a nil key is the wildcard.
	In struct {
		Base
		Keys  []Expr
		Array Expr
	}
	// Regex is `X =~ "re"`, or !~ with Negate.
	Regex struct {
		Base
		X       Expr
		Negate  bool
		Pattern *StringLit
	}
	// Target is a `$variable` with what is selected from it.
	Target struct {
		Base
		Name    string // with the $
		Address bool   // &$x
		Path    []Selector
		Pretty  int // number of $ that follow: 1 or 2 pretty-print
	}
	// AtOp is an @operator that is no statistic: @cast, @var, @defined, @entry …
	AtOp struct {
		Base
		Name    string // without the @
		Args    []Expr
		Address bool
		Path    []Selector
		Pretty  int
	}
	// Autocast is `X->f`, `X[i]` on a value of known kernel type.
	Autocast struct {
		Base
		X       Expr
		Address bool
		Path    []Selector
		Pretty  int
	}
	// StatOp is `@count(x)` and its like; Params are further literals.
	StatOp struct {
		Base
		Name   string // "count" "sum" "min" "max" "avg" "variance"
		Stat   Expr
		Params []Expr
	}
	// HistOp is `@hist_log(x)`, `@hist_linear(x, low, high, width)`.
	HistOp struct {
		Base
		Name   string // "hist_log" "hist_linear"
		Stat   Expr
		Params []Expr
	}
	// Print is a call of the print family; see PrintKind.
	Print struct {
		Base
		Kind   PrintKind
		Format *StringLit // printf, sprintf: the format; printd(ln), sprintd(ln): the delimiter
		Args   []Expr
	}
	// EmbeddedExpr is `%{ C %}` used as a value.
	EmbeddedExpr struct {
		Base
		Code *EmbeddedCode
	}
)

// PrintKind tells the members of the print family apart.
type PrintKind uint8

// The bits of a PrintKind. print has none of them.
const (
	PrintToString  PrintKind = 1 << iota // sprint…: the text is the value
	PrintFormatted                       // printf
	PrintDelimited                       // printd
	PrintNewline                         // println
	PrintChar                            // print_char
	PrintOrError                         // the text is ERROR if an argument can't be read
)

// Selector is one step of a target's path: `->Field` or `[Index]`.
type Selector struct {
	Base
	Field string
	Index Expr
}

func (*GlobalDecl) decl()   {}
func (*FuncDecl) decl()     {}
func (*ProbeDecl) decl()    {}
func (*EmbeddedDecl) decl() {}

func (*Block) stmt()        {}
func (*EmptyStmt) stmt()    {}
func (*ExprStmt) stmt()     {}
func (*IfStmt) stmt()       {}
func (*WhileStmt) stmt()    {}
func (*ForStmt) stmt()      {}
func (*ForeachStmt) stmt()  {}
func (*ReturnStmt) stmt()   {}
func (*NextStmt) stmt()     {}
func (*BreakStmt) stmt()    {}
func (*ContinueStmt) stmt() {}
func (*DeleteStmt) stmt()   {}
func (*TryStmt) stmt()      {}

func (*IntLit) expr()       {}
func (*StringLit) expr()    {}
func (*Ident) expr()        {}
func (*Index) expr()        {}
func (*Call) expr()         {}
func (*Unary) expr()        {}
func (*Binary) expr()       {}
func (*Ternary) expr()      {}
func (*Assign) expr()       {}
func (*IncDec) expr()       {}
func (*In) expr()           {}
func (*Regex) expr()        {}
func (*Target) expr()       {}
func (*AtOp) expr()         {}
func (*Autocast) expr()     {}
func (*StatOp) expr()       {}
func (*HistOp) expr()       {}
func (*Print) expr()        {}
func (*EmbeddedExpr) expr() {}
