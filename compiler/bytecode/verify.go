package bytecode

import "fmt"

// Verify reports the first instruction whose operands do not fit the program.
// The machine relies on it: a register or an index that is out of bounds there
// would be a bug of the compiler's.
func (p *Program) Verify() error {
	if len(p.Code) == 0 {
		return nil
	}
	frames := p.frames()
	var frame Frame
	for pc, in := range p.Code {
		if f, ok := frames[pc]; ok {
			frame = f
		}
		if in.Op >= NumOps {
			return fmt.Errorf("bytecode: instruction %d: no operation %d", pc, in.Op)
		}
		if err := p.check(frame, in); err != nil {
			return fmt.Errorf("bytecode: instruction %d (%s): %w", pc, in.Op, err)
		}
	}
	if last := p.Code[len(p.Code)-1].Op; !last.ends() {
		return fmt.Errorf("bytecode: the code ends in %s", last)
	}
	return nil
}

// ends reports whether nothing runs behind o but what is jumped to.
func (o Op) ends() bool {
	switch o {
	case Halt, Return, Jump, Abort, Fail, Tail, Raise:
		return true
	}
	return false
}

func (p *Program) frames() map[int]Frame {
	frames := map[int]Frame{}
	for _, f := range p.Funcs {
		frames[f.Entry] = f.Frame
	}
	for _, pr := range p.Probes {
		frames[pr.Entry] = pr.Frame
	}
	return frames
}

func (p *Program) check(f Frame, in Instr) error {
	info := in.Op.Info()
	for _, o := range [...]struct {
		kind Operand
		reg  uint8
	}{{info.A, in.A}, {info.B, in.B}, {info.C, in.C}} {
		switch o.kind {
		case Int:
			if int(o.reg) >= f.Ints.Size {
				return fmt.Errorf("integer register %d of %d", o.reg, f.Ints.Size)
			}
		case Text:
			if int(o.reg) >= f.Texts.Size {
				return fmt.Errorf("string register %d of %d", o.reg, f.Texts.Size)
			}
		}
	}
	if n, ok := p.bound(info.Imm); ok && (in.Imm < 0 || int(in.Imm) >= n) {
		return fmt.Errorf("index %d of %d", in.Imm, n)
	}
	return nil
}

// bound is how many entries the table has that an immediate operand indexes.
func (p *Program) bound(kind Operand) (int, bool) {
	switch kind {
	case Target:
		return len(p.Code), true
	case ConstRef:
		return len(p.Constants), true
	case StringRef:
		return len(p.Strings), true
	case GlobalRef:
		return len(p.Globals), true
	case FuncRef:
		return len(p.Funcs), true
	case LoadRef:
		return len(p.Loads), true
	case CallRef:
		return len(p.Calls), true
	case FormatRef:
		return len(p.Formats), true
	case LoopRef:
		return len(p.Loops), true
	case StatRef:
		return len(p.Stats), true
	case PatternRef:
		return len(p.Patterns), true
	}
	return 0, false
}
