package bytecode

// Op is an operation of the virtual machine.
type Op uint8

// The operations. I and S are the integer and the string registers of the
// running frame; table says which operand means what.
const (
	// Control.
	Halt     Op = iota // end the handler, from any depth of calls
	Return             // leave the function; its result is in I0 or S0
	Call               // call function Imm, whose I0 is this frame's IA and whose S0 is SB
	Jump               // go on at Imm
	Actions            // Imm statements follow: charge them against MAXACTION
	ExitRun            // exit(): no handler is started any more
	Raise              // error(SA)
	WarnText           // warn(SA)
	Abort              // abort(): exit, and end the handler
	Fail               // a run-time error with message string Imm
	Tail               // go on in function Imm, whose arguments are in place, instead of this one
	Try                // errors go to Imm, with their message in SA, until EndTry
	EndTry             // end the innermost Try

	// Values.
	LoadInt   // IA = Imm
	LoadConst // IA = constant Imm
	MoveInt   // IA = IB
	LoadText  // SA = string Imm
	MoveText  // SA = SB
	LoadLong  // IA = long load Imm: a captured word, or what tapir's own context says
	LoadName  // SA = string load Imm
	LoadPid   // IA = target()

	// Arithmetic; it wraps at 64 bits, shifts use the low six bits of the count.
	Add      // IA = IB + IC
	Sub      // IA = IB - IC
	Mul      // IA = IB * IC
	Div      // IA = IB / IC
	Mod      // IA = IB % IC
	And      // IA = IB & IC
	Or       // IA = IB | IC
	Xor      // IA = IB ^ IC
	Shl      // IA = IB << IC
	Shr      // IA = IB >> IC, arithmetic
	Ushr     // IA = IB >>> IC, logical
	AddConst // IA = IB + Imm
	Neg      // IA = -IB
	Not      // IA = !IB
	Compl    // IA = ~IB
	Concat   // SA = SB . SC

	// Truth values.
	Eq     // IA = IB == IC
	Ne     // IA = IB != IC
	Lt     // IA = IB < IC
	Le     // IA = IB <= IC
	TextEq // IA = SB == SC
	TextNe // IA = SB != SC
	TextLt // IA = SB < SC
	TextLe // IA = SB <= SC

	// Branches to Imm.
	JumpZero    // if IA == 0
	JumpNonzero // if IA != 0
	JumpEq      // if IA == IB
	JumpNe      // if IA != IB
	JumpLt      // if IA < IB
	JumpLe      // if IA <= IB
	JumpEqTo    // if IA == the short in B and C
	JumpNeTo    // if IA != it
	JumpLtTo    // if IA < it
	JumpLeTo    // if IA <= it
	JumpGtTo    // if IA > it
	JumpGeTo    // if IA >= it
	JumpTextEq  // if SA == SB
	JumpTextNe  // if SA != SB
	JumpTextLt  // if SA < SB
	JumpTextLe  // if SA <= SB

	// Scalar globals.
	GetLong  // IA = global Imm
	SetLong  // global Imm = IA
	AddLong  // IA = global Imm += IB
	GetText  // SA = global Imm
	SetText  // global Imm = SA
	Clear    // global Imm = 0, "" or no elements
	ElemLong // IA = global Imm[keys]

	// Elements of arrays. Keys are consecutive registers: those that are longs
	// from IB on, those that are strings from SC on. In the forms with wildcards
	// IB holds a mask of the keys that are * (which have no register), the longs
	// follow it.
	ElemText    // SA = global Imm[keys]
	StoreLong   // global Imm[keys] = IA
	StoreText   // global Imm[keys] = SA
	AddElem     // IA = global Imm[keys] += IA
	Has         // IA = [keys] in global Imm
	HasMatch    // the same with wildcards
	Delete      // delete global Imm[keys]
	DeleteMatch // the same with wildcards

	// Statistics. Those that are elements have keys as above.
	AddStat     // global Imm <<< IA
	AddStatElem // global Imm[keys] <<< IA
	GetStat     // IA = what question Imm asks
	GetBucket   // IA = bucket IA of the histogram of global Imm[keys]
	HistText    // SA = the picture of the histogram of global Imm[keys]
	PrintHist   // print it

	Match // IA = whether SB matches pattern Imm

	// Loops over arrays.
	Foreach // begin loop Imm: limit IA, the keys of its slice as above
	Each    // take the loop's next element, or end the loop and go on at Imm
	EndEach // end the innermost loop early

	// Built-in functions and texts. Arguments are consecutive registers from IA
	// and SB on.
	CallLong // IC = built-in call Imm
	CallText // SC = built-in call Imm
	Print    // print format Imm
	Sprint   // SC = format Imm

	NumOps
)

// Operand says what one field of an instruction is.
type Operand uint8

// The operands.
const (
	None    Operand = iota
	Int             // an integer register
	Text            // a string register
	IntBase         // the first of any number of integer registers
	TextBase
	Lit      // Imm is the number
	Short    // B and C together are a signed 16-bit number
	Target   // an index of the code
	ConstRef // an index of one of the program's tables
	StringRef
	GlobalRef
	FuncRef
	LoadRef
	CallRef
	FormatRef
	LoopRef
	StatRef
	PatternRef
	Maybe // an integer register, if the table entry says that there is one
)

// Info describes an operation: its name in listings and its operands.
type Info struct {
	Name    string
	A, B, C Operand
	Imm     Operand
}

var table = [NumOps]Info{
	Halt:     {Name: "halt"},
	Return:   {Name: "return"},
	Call:     {Name: "call", A: IntBase, B: TextBase, Imm: FuncRef},
	Jump:     {Name: "jump", Imm: Target},
	Actions:  {Name: "actions", Imm: Lit},
	ExitRun:  {Name: "exit"},
	Raise:    {Name: "error", A: Text},
	WarnText: {Name: "warn", A: Text},
	Abort:    {Name: "abort"},
	Fail:     {Name: "fail", Imm: StringRef},
	Tail:     {Name: "tail", Imm: FuncRef},
	Try:      {Name: "try", A: Text, Imm: Target},
	EndTry:   {Name: "endtry"},

	LoadInt:   {Name: "int", A: Int, Imm: Lit},
	LoadConst: {Name: "const", A: Int, Imm: ConstRef},
	MoveInt:   {Name: "move", A: Int, B: Int},
	LoadText:  {Name: "text", A: Text, Imm: StringRef},
	MoveText:  {Name: "move", A: Text, B: Text},
	LoadLong:  {Name: "load", A: Int, Imm: LoadRef},
	LoadName:  {Name: "load", A: Text, Imm: LoadRef},
	LoadPid:   {Name: "target", A: Int},

	Add:      {Name: "add", A: Int, B: Int, C: Int},
	Sub:      {Name: "sub", A: Int, B: Int, C: Int},
	Mul:      {Name: "mul", A: Int, B: Int, C: Int},
	Div:      {Name: "div", A: Int, B: Int, C: Int},
	Mod:      {Name: "mod", A: Int, B: Int, C: Int},
	And:      {Name: "and", A: Int, B: Int, C: Int},
	Or:       {Name: "or", A: Int, B: Int, C: Int},
	Xor:      {Name: "xor", A: Int, B: Int, C: Int},
	Shl:      {Name: "shl", A: Int, B: Int, C: Int},
	Shr:      {Name: "shr", A: Int, B: Int, C: Int},
	Ushr:     {Name: "ushr", A: Int, B: Int, C: Int},
	AddConst: {Name: "add", A: Int, B: Int, Imm: Lit},
	Neg:      {Name: "neg", A: Int, B: Int},
	Not:      {Name: "not", A: Int, B: Int},
	Compl:    {Name: "compl", A: Int, B: Int},
	Concat:   {Name: "concat", A: Text, B: Text, C: Text},

	Eq:     {Name: "eq", A: Int, B: Int, C: Int},
	Ne:     {Name: "ne", A: Int, B: Int, C: Int},
	Lt:     {Name: "lt", A: Int, B: Int, C: Int},
	Le:     {Name: "le", A: Int, B: Int, C: Int},
	TextEq: {Name: "eq", A: Int, B: Text, C: Text},
	TextNe: {Name: "ne", A: Int, B: Text, C: Text},
	TextLt: {Name: "lt", A: Int, B: Text, C: Text},
	TextLe: {Name: "le", A: Int, B: Text, C: Text},

	JumpZero:    {Name: "jz", A: Int, Imm: Target},
	JumpNonzero: {Name: "jnz", A: Int, Imm: Target},
	JumpEq:      {Name: "jeq", A: Int, B: Int, Imm: Target},
	JumpNe:      {Name: "jne", A: Int, B: Int, Imm: Target},
	JumpLt:      {Name: "jlt", A: Int, B: Int, Imm: Target},
	JumpLe:      {Name: "jle", A: Int, B: Int, Imm: Target},
	JumpEqTo:    {Name: "jeq", A: Int, B: Short, Imm: Target},
	JumpNeTo:    {Name: "jne", A: Int, B: Short, Imm: Target},
	JumpLtTo:    {Name: "jlt", A: Int, B: Short, Imm: Target},
	JumpLeTo:    {Name: "jle", A: Int, B: Short, Imm: Target},
	JumpGtTo:    {Name: "jgt", A: Int, B: Short, Imm: Target},
	JumpGeTo:    {Name: "jge", A: Int, B: Short, Imm: Target},
	JumpTextEq:  {Name: "jeq", A: Text, B: Text, Imm: Target},
	JumpTextNe:  {Name: "jne", A: Text, B: Text, Imm: Target},
	JumpTextLt:  {Name: "jlt", A: Text, B: Text, Imm: Target},
	JumpTextLe:  {Name: "jle", A: Text, B: Text, Imm: Target},

	GetLong: {Name: "get", A: Int, Imm: GlobalRef},
	SetLong: {Name: "set", A: Int, Imm: GlobalRef},
	AddLong: {Name: "inc", A: Int, B: Int, Imm: GlobalRef},
	GetText: {Name: "get", A: Text, Imm: GlobalRef},
	SetText: {Name: "set", A: Text, Imm: GlobalRef},
	Clear:   {Name: "clear", Imm: GlobalRef},

	ElemLong:    {Name: "elem", A: Int, B: IntBase, C: TextBase, Imm: GlobalRef},
	ElemText:    {Name: "elem", A: Text, B: IntBase, C: TextBase, Imm: GlobalRef},
	StoreLong:   {Name: "store", A: Int, B: IntBase, C: TextBase, Imm: GlobalRef},
	StoreText:   {Name: "store", A: Text, B: IntBase, C: TextBase, Imm: GlobalRef},
	AddElem:     {Name: "incelem", A: Int, B: IntBase, C: TextBase, Imm: GlobalRef},
	Has:         {Name: "in", A: Int, B: IntBase, C: TextBase, Imm: GlobalRef},
	HasMatch:    {Name: "inmatch", A: Int, B: IntBase, C: TextBase, Imm: GlobalRef},
	Delete:      {Name: "delete", B: IntBase, C: TextBase, Imm: GlobalRef},
	DeleteMatch: {Name: "delmatch", B: IntBase, C: TextBase, Imm: GlobalRef},

	AddStat:     {Name: "addstat", A: Int, Imm: GlobalRef},
	AddStatElem: {Name: "addstat", A: Int, B: IntBase, C: TextBase, Imm: GlobalRef},
	GetStat:     {Name: "stat", A: Int, B: IntBase, C: TextBase, Imm: StatRef},
	GetBucket:   {Name: "bucket", A: Int, B: IntBase, C: TextBase, Imm: GlobalRef},
	HistText:    {Name: "hist", A: Text, B: IntBase, C: TextBase, Imm: GlobalRef},
	PrintHist:   {Name: "printhist", B: IntBase, C: TextBase, Imm: GlobalRef},

	Match: {Name: "match", A: Int, B: Text, Imm: PatternRef},

	Foreach: {Name: "foreach", A: Maybe, B: IntBase, C: TextBase, Imm: LoopRef},
	Each:    {Name: "each", Imm: Target},
	EndEach: {Name: "endeach"},

	CallLong: {Name: "builtin", A: IntBase, B: TextBase, C: Int, Imm: CallRef},
	CallText: {Name: "builtin", A: IntBase, B: TextBase, C: Text, Imm: CallRef},
	Print:    {Name: "print", A: IntBase, B: TextBase, Imm: FormatRef},
	Sprint:   {Name: "sprint", A: IntBase, B: TextBase, C: Text, Imm: FormatRef},
}

// Info describes o.
func (o Op) Info() Info { return table[o] }

func (o Op) String() string { return table[o].Name }

// Instr is one instruction: eight bytes.
type Instr struct {
	Op      Op
	A, B, C uint8
	Imm     int32
}

// Short is the signed number that B and C hold.
func (in Instr) Short() int64 { return int64(int16(uint16(in.B) | uint16(in.C)<<8)) }

// WithShort puts the number v into B and C.
func (in Instr) WithShort(v int16) Instr {
	in.B, in.C = uint8(uint16(v)), uint8(uint16(v)>>8)
	return in
}
