// Package emit is an assembler for eBPF programs: instructions in order, labels,
// a stack frame, and marks that say which part of the script an instruction
// stems from. Start with New.
//
// The registers that the Builder knows: R0 to R5 do not survive a call, R6 to R9
// do, RFP is the frame's top. R5 is Scratch: methods that need a register for a
// constant take it, so nothing may be kept in it over a call of theirs.
package emit

import (
	"fmt"
	"math"

	"github.com/cilium/ebpf/asm"
)

// Scratch is the register that the Builder's methods may overwrite.
const Scratch = asm.R5

// Label is a place in the program that jumps go to.
type Label int

// Mark says that instructions from Slot on stem from a part of the script.
type Mark struct {
	Slot  int // in 8-byte slots, as the kernel counts
	Probe int
	Pos   uint32
}

// Error is what does not fit into a program, with the mark of where.
type Error struct {
	Mark    Mark
	Message string
}

func (e *Error) Error() string { return e.Message }

// Builder assembles one program.
type Builder struct {
	part         // that is being assembled
	at    int    // its number: 0 is the program itself
	apart []part // the functions, from number 1 on
	below int    // bytes of stack that functions take which are called, at most
	depth int    // of functions within functions, at most

	labels []place
	frame  frame
	err    *Error
}

// part is the code of the program or of one of its functions.
type part struct {
	insns asm.Instructions
	marks []Mark
	slots int
	level int // of functions within functions
}

// place is where a label is bound: before the instruction at index of a part.
type place struct {
	name              string
	part, index, slot int
	bound             bool
}

// New is an empty program.
func New() *Builder {
	return &Builder{part: part{marks: []Mark{{Probe: -1}}}, frame: frame{base: asm.RFP}}
}

// Apart assembles a function of its own, which Finish puts behind the program. Its
// code works on the frame of the program, whose top it has in the register base.
func (b *Builder) Apart(base asm.Register, code func()) {
	outer, at, from, kept := b.part, b.at, b.frame.base, b.frame.kept
	last := outer.marks[len(outer.marks)-1]
	b.part = part{marks: []Mark{{Probe: last.Probe, Pos: last.Pos}}, level: outer.level + 1}
	b.apart = append(b.apart, part{})
	b.at, b.frame.base = len(b.apart), base
	b.depth = max(b.depth, b.level)
	most, fullest := b.frame.most, b.frame.fullest
	b.frame.kept, b.frame.most = b.frame.used, b.frame.used
	code()
	if most >= b.frame.most {
		b.frame.most, b.frame.fullest = most, fullest
	}
	b.frame.kept = kept
	b.apart[b.at-1] = b.part
	b.part, b.at, b.frame.base = outer, at, from
}

// Functions reports whether the program has functions of its own.
func (b *Builder) Functions() bool { return b.depth > 0 }

// join puts the functions behind the program.
func (b *Builder) join() {
	for n, p := range b.apart {
		for i := range b.labels {
			if l := &b.labels[i]; l.part == n+1 {
				l.index, l.slot = l.index+len(b.insns), l.slot+b.slots
			}
		}
		for _, m := range p.marks {
			m.Slot += b.slots
			b.marks = append(b.marks, m)
		}
		b.insns = append(b.insns, p.insns...)
		b.slots += p.slots
	}
	b.apart = nil
}

// At says that what follows stems from a probe and a position in the script;
// probe -1 is no probe's.
func (b *Builder) At(probe int, pos uint32) {
	last := &b.marks[len(b.marks)-1]
	switch {
	case last.Probe == probe && last.Pos == pos:
	case last.Slot == b.slots:
		last.Probe, last.Pos = probe, pos
	default:
		b.marks = append(b.marks, Mark{b.slots, probe, pos})
	}
}

// Emit appends instructions.
func (b *Builder) Emit(insns ...asm.Instruction) {
	for _, ins := range insns {
		b.insns = append(b.insns, ins)
		b.slots += int(ins.Size()) / asm.InstructionSize
	}
}

// NewLabel makes a label that is not bound yet. Its name is for listings.
func (b *Builder) NewLabel(name string) Label {
	b.labels = append(b.labels, place{name: name})
	return Label(len(b.labels) - 1)
}

// Bind puts a label before the next instruction.
func (b *Builder) Bind(l Label) {
	p := &b.labels[l]
	if p.bound {
		panic(fmt.Sprintf("emit: label %s is bound twice", p.name))
	}
	p.part, p.index, p.slot, p.bound = b.at, len(b.insns), b.slots, true
}

// Goto jumps to l.
func (b *Builder) Goto(l Label) { b.Emit(asm.Ja.Label(b.ref(l))) }

// If jumps to l if the comparison of r with v holds. It may overwrite Scratch.
func (b *Builder) If(op asm.JumpOp, r asm.Register, v int64, l Label) {
	if fitsImm(v) {
		b.Emit(op.Imm(r, int32(v), b.ref(l)))
		return
	}
	b.Emit(asm.LoadImm(Scratch, v, asm.DWord))
	b.IfReg(op, r, Scratch, l)
}

// IfReg jumps to l if the comparison of two registers holds.
func (b *Builder) IfReg(op asm.JumpOp, x, y asm.Register, l Label) {
	b.Emit(op.Reg(x, y, b.ref(l)))
}

// Const puts v into r.
func (b *Builder) Const(r asm.Register, v int64) {
	if fitsImm(v) {
		b.Emit(asm.Mov.Imm(r, int32(v)))
		return
	}
	b.Emit(asm.LoadImm(r, v, asm.DWord))
}

// Imm does arithmetic on r with the constant v. It may overwrite Scratch.
func (b *Builder) Imm(op asm.ALUOp, r asm.Register, v int64) {
	if fitsImm(v) {
		b.Emit(op.Imm(r, int32(v)))
		return
	}
	b.Emit(asm.LoadImm(Scratch, v, asm.DWord), op.Reg(r, Scratch))
}

// Call calls a helper: its arguments are in R1 to R5, its result is in R0.
func (b *Builder) Call(f asm.BuiltinFunc) { b.Emit(f.Call()) }

// CallKernel calls a function of the kernel by its number in the kernel's BTF.
func (b *Builder) CallKernel(id uint32) {
	ins := asm.Instruction{OpCode: asm.OpCode(asm.JumpClass).SetJumpOp(asm.Call), Src: asm.PseudoKfuncCall, Constant: int64(id)}
	b.Emit(ins)
}

// Map puts the address of a map into r, as helpers want it.
func (b *Builder) Map(r asm.Register, name string) {
	b.Emit(asm.LoadMapPtr(r, 0).WithReference(name))
}

// Function puts the address of a function into r, which begins at l.
func (b *Builder) Function(r asm.Register, l Label) {
	ins := asm.LoadImm(r, -1, asm.DWord)
	ins.Src = asm.PseudoFunc
	b.Emit(ins.WithReference(b.ref(l)))
}

// Value puts the address of a byte of an array map's first value into r.
func (b *Builder) Value(r asm.Register, name string, offset int) {
	b.Emit(asm.LoadMapValue(r, 0, uint32(offset)).WithReference(name))
}

// Increment adds one to the 8 bytes at address r + offset. It overwrites Scratch.
// The addition is not atomic.
func (b *Builder) Increment(r asm.Register, offset int16) {
	b.Emit(
		asm.LoadMem(Scratch, r, offset, asm.DWord),
		asm.Add.Imm(Scratch, 1),
		asm.StoreMem(r, offset, Scratch, asm.DWord))
}

// Atomic does an atomic operation on the 8 bytes at address r + offset with x. The
// library writes the operation's code into the instruction only if it is there as
// the constant as well.
func (b *Builder) Atomic(op asm.AtomicOp, r asm.Register, offset int16, x asm.Register) {
	ins := op.Mem(r, x, asm.DWord, offset)
	ins.Constant = int64(op >> 8)
	b.Emit(ins)
}

// Fail notes that the program cannot be built, at the current mark. The first
// failure counts; the building goes on.
func (b *Builder) Fail(format string, args ...any) {
	if b.err == nil {
		b.err = &Error{b.marks[len(b.marks)-1], fmt.Sprintf(format, args...)}
	}
}

// Finish resolves the labels. The error, if any, is an *Error.
func (b *Builder) Finish() (asm.Instructions, []Mark, error) {
	b.join()
	b.fit()
	b.resolve()
	if b.err != nil {
		return nil, nil, b.err
	}
	return b.insns, b.marks, nil
}

// ref is a label's name in jumps until resolve: its number.
func (b *Builder) ref(l Label) string { return fmt.Sprintf("%s.%d", b.labels[l].name, l) }

// resolve gives each instruction that labels stand before the first one's name,
// and lets jumps to the others go there. The library cuts the distance of a jump
// to 16 bits without a word, so it is checked here.
func (b *Builder) resolve() {
	byRef := make(map[string]place, len(b.labels))
	first := make(map[int]string, len(b.labels))
	for i, p := range b.labels {
		byRef[b.ref(Label(i))] = p
		if _, ok := first[p.index]; p.bound && !ok {
			first[p.index] = b.ref(Label(i))
		}
	}
	used := make(map[int]bool, len(first))
	slot := 0
	for i := range b.insns {
		ins := &b.insns[i]
		slot += int(ins.Size()) / asm.InstructionSize
		toFunction := ins.IsLoadOfFunctionPointer() || ins.IsFunctionCall() // from anywhere
		if !ins.OpCode.Class().IsJump() && !toFunction || ins.Reference() == "" {
			continue
		}
		p := byRef[ins.Reference()]
		if !p.bound {
			panic(fmt.Sprintf("emit: jump to unbound label %s", ins.Reference()))
		}
		if d := p.slot - slot; !toFunction && (d < math.MinInt16 || d > math.MaxInt16) {
			b.failAt(b.largest(slot, p.slot), "the handlers at this kind of event need more instructions than a jump can cross, and that of this probe needs the most")
		}
		*ins = ins.WithReference(first[p.index])
		used[p.index] = true
	}
	for index := range used {
		b.insns[index] = b.insns[index].WithSymbol(first[index])
	}
}

// largest is where the probe's code begins that takes most of what lies between two slots.
func (b *Builder) largest(from, to int) int {
	from, to = min(from, to), max(from, to)
	begin, size := map[int]int{}, map[int]int{}
	at, most := from, 0
	for i, m := range b.marks {
		end := b.slots
		if i+1 < len(b.marks) {
			end = b.marks[i+1].Slot
		}
		n := min(end, to) - max(m.Slot, from)
		if m.Probe < 0 || n <= 0 {
			continue
		}
		if size[m.Probe] == 0 {
			begin[m.Probe] = m.Slot
		}
		if size[m.Probe] += n; size[m.Probe] > most {
			at, most = begin[m.Probe], size[m.Probe]
		}
	}
	return at
}

func (b *Builder) failAt(slot int, message string) {
	if b.err != nil {
		return
	}
	mark := b.marks[0]
	for _, m := range b.marks {
		if m.Slot <= slot {
			mark = m
		}
	}
	b.err = &Error{mark, message}
}

func fitsImm(v int64) bool { return v >= math.MinInt32 && v <= math.MaxInt32 }
