package exe

import "tapir/lang/image"

// register is a part of a register: which, and from which bit on. How many bits of it
// count, its user says.
type register struct {
	number int64 // DWARF's
	shift  int64
}

func (r register) steps() []image.Step {
	steps := []image.Step{{Code: image.Register, N: r.number}}
	if r.shift > 0 {
		steps = append(steps, image.Step{Code: image.Const, N: r.shift}, image.Step{Code: image.Shr})
	}
	return steps
}

// The numbers of registers in DWARF that have a part of their own.
const (
	regFrame   = 6
	regStack   = 7
	regProgram = 16
)

// registers are the names in assembler of all registers and their parts.
var registers = func() map[string]register {
	m := map[string]register{"rip": {number: regProgram}}
	for i, names := range [...][5]string{
		{"rax", "eax", "ax", "al", "ah"}, {"rdx", "edx", "dx", "dl", "dh"},
		{"rcx", "ecx", "cx", "cl", "ch"}, {"rbx", "ebx", "bx", "bl", "bh"},
		{"rsi", "esi", "si", "sil"}, {"rdi", "edi", "di", "dil"},
		{"rbp", "ebp", "bp", "bpl"}, {"rsp", "esp", "sp", "spl"},
		{"r8", "r8d", "r8w", "r8b"}, {"r9", "r9d", "r9w", "r9b"},
		{"r10", "r10d", "r10w", "r10b"}, {"r11", "r11d", "r11w", "r11b"},
		{"r12", "r12d", "r12w", "r12b"}, {"r13", "r13d", "r13w", "r13b"},
		{"r14", "r14d", "r14w", "r14b"}, {"r15", "r15d", "r15w", "r15b"},
	} {
		for part, name := range names {
			r := register{number: int64(i)}
			if part == 4 {
				r.shift = 8
			}
			if name != "" {
				m[name] = r
			}
		}
	}
	return m
}()

// wholeRegister is a register of 64 bits by its name with %.
func wholeRegister(name string) (r register, ok bool) {
	if len(name) < 3 || name[0] != '%' {
		return r, false
	}
	r, ok = registers[name[1:]]
	if c := name[len(name)-1]; !ok || r.shift > 0 || name[1] != 'r' || c == 'd' || c == 'w' || c == 'b' {
		return r, false
	}
	return r, true
}

// argumentRegisters are where C's calling convention has a function's first numbers
// and addresses, in their order.
var argumentRegisters = [6]int64{5, 4, 1, 2, 8, 9}
