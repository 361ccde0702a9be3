package emit

import (
	"errors"
	"strings"
	"testing"

	"github.com/cilium/ebpf/asm"
)

// list is the program's text, a line per instruction, labels before their target.
func list(t *testing.T, b *Builder) string {
	t.Helper()
	insns, _, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, ins := range insns {
		if ins.Symbol() != "" {
			s.WriteString(ins.Symbol() + ": ")
		}
		s.WriteString(Text(ins) + "\n")
	}
	return s.String()
}

func TestBuilder(t *testing.T) {
	b := New()
	end, other, unused := b.NewLabel("end"), b.NewLabel("other"), b.NewLabel("unused")
	b.Const(asm.R0, 5)
	b.Const(asm.R1, 1<<40)
	b.Imm(asm.Add, asm.R1, -1)
	b.Imm(asm.And, asm.R1, 0xffffffff)
	b.If(asm.JSLT, asm.R1, -7, end)
	b.If(asm.JEq, asm.R1, 1<<33, other)
	b.IfReg(asm.JGT, asm.R0, asm.R1, end)
	b.Bind(unused)
	s := b.Alloc(12)
	b.Spill(s, 8, asm.R0)
	b.Fill(asm.R2, s, 0)
	b.Address(asm.R3, s)
	b.Free(s)
	b.Map(asm.R1, "m")
	b.Value(asm.R1, "v", 24)
	b.Increment(asm.R1, 8)
	b.Call(asm.FnMapLookupElem)
	b.Emit(asm.LoadMem(asm.R0, asm.R1, 4, asm.Half), asm.Neg.Imm(asm.R0, 0), asm.ArSh.Imm(asm.R0, 3))
	b.Goto(other)
	b.Bind(other)
	b.Bind(end)
	b.Emit(asm.Return())
	want := `r0 = 5
r1 = 0x10000000000
r1 += -1
r5 = 0xffffffff
r1 &= r5
if r1 s< -7 goto end.0
r5 = 0x200000000
if r1 == r5 goto end.0
if r0 > r1 goto end.0
*(u64 *)(r10 -8) = r0
r2 = *(u64 *)(r10 -16)
r3 = r10
r3 += -16
r1 = map m
r1 = &v[24]
r5 = *(u64 *)(r1 +8)
r5 += 1
*(u64 *)(r1 +8) = r5
call MapLookupElem
r0 = *(u16 *)(r1 +4)
r0 = -r0
r0 s>>= 3
goto end.0
end.0: exit
`
	if got := list(t, b); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestMarks(t *testing.T) {
	b := New()
	b.At(0, 5)
	b.Const(asm.R0, 1<<40)
	b.At(0, 5)
	b.At(1, 6)
	b.At(1, 7)
	b.Const(asm.R0, 0)
	b.Emit(asm.Return())
	_, marks, err := b.Finish()
	if want := []Mark{{0, 0, 5}, {2, 1, 7}}; err != nil || len(marks) != 2 || marks[0] != want[0] || marks[1] != want[1] {
		t.Errorf("got %v, %v, want %v", marks, err, want)
	}
}

func TestFailures(t *testing.T) {
	b := New()
	b.At(3, 9)
	for range StackSize / 8 {
		b.Alloc(8)
	}
	b.At(3, 10)
	b.Alloc(1)
	b.At(3, 11)
	b.Fail("a second one")
	_, _, err := b.Finish()
	if e, ok := errors.AsType[*Error](err); !ok || e.Mark.Pos != 10 || !strings.Contains(e.Message, "512 bytes") {
		t.Errorf("full stack: got %v", err)
	}

	b = New()
	far := b.NewLabel("far")
	b.Goto(far)
	for range 1<<15 - 1 {
		b.Const(asm.R0, 0)
	}
	b.Bind(far)
	b.Emit(asm.Return())
	if _, _, err := b.Finish(); err != nil {
		t.Errorf("the farthest jump: %v", err)
	}
	b = New()
	far = b.NewLabel("far")
	b.Goto(far)
	for probe, size := range []int{100, 1 << 15, 200} {
		b.At(probe, uint32(10+probe))
		for range size {
			b.Const(asm.R0, 0)
		}
	}
	b.At(-1, 0)
	b.Bind(far)
	b.Emit(asm.Return())
	_, _, err = b.Finish()
	if e, ok := errors.AsType[*Error](err); !ok || e.Mark.Probe != 1 || e.Mark.Pos != 11 {
		t.Errorf("a jump too far: got %v, want one at probe 1", err)
	}
}

// A call reaches farther than a jump.
func TestFarCall(t *testing.T) {
	b := New()
	far := b.NewLabel("far")
	b.CallFunction(far, 8)
	for range 1 << 15 {
		b.Const(asm.R0, 0)
	}
	b.Emit(asm.Return())
	b.Bind(far)
	b.Const(asm.R0, 0)
	b.Emit(asm.Return())
	insns, _, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Text(insns[0]), "call far.0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
