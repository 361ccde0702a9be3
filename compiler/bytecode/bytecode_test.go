package bytecode_test

import (
	"strings"
	"testing"

	"tapir/compiler/bytecode"
	"tapir/lang/builtin"
	"tapir/lang/source"
)

// TestTable holds what the printer and the verifier take for granted: every
// operation has a name, and at most one operand in each field.
func TestTable(t *testing.T) {
	for op := range bytecode.NumOps {
		info := op.Info()
		if info.Name == "" {
			t.Errorf("operation %d has no name", op)
		}
		if info.B == bytecode.Short && info.C != bytecode.None {
			t.Errorf("%s: a short takes both B and C", info.Name)
		}
	}
}

func TestShort(t *testing.T) {
	for _, v := range []int16{0, 1, -1, 255, 256, 32767, -32768} {
		in := bytecode.Instr{Op: bytecode.JumpEqTo, A: 3, Imm: 7}.WithShort(v)
		if got := in.Short(); got != int64(v) || in.A != 3 || in.Imm != 7 {
			t.Errorf("WithShort(%d) reads back as %d in %+v", v, got, in)
		}
	}
}

func TestVerify(t *testing.T) {
	frame := bytecode.Frame{Ints: bytecode.Registers{Size: 2}, Texts: bytecode.Registers{Size: 1}}
	halt := bytecode.Instr{Op: bytecode.Halt}
	for _, test := range []struct {
		name string
		code []bytecode.Instr
		want string // part of the error; "": none
	}{
		{"fine", []bytecode.Instr{{Op: bytecode.Add, A: 1, B: 0, C: 1}, halt}, ""},
		{"register", []bytecode.Instr{{Op: bytecode.MoveInt, A: 2}, halt}, "integer register 2 of 2"},
		{"string register", []bytecode.Instr{{Op: bytecode.MoveText, B: 1}, halt}, "string register 1 of 1"},
		{"target", []bytecode.Instr{{Op: bytecode.Jump, Imm: 9}, halt}, "index 9 of 2"},
		{"table", []bytecode.Instr{{Op: bytecode.LoadText}, halt}, "index 0 of 0"},
		{"end", []bytecode.Instr{{Op: bytecode.MoveInt}}, "the code ends in move"},
		{"operation", []bytecode.Instr{{Op: bytecode.NumOps}, halt}, "no operation"},
	} {
		p := &bytecode.Program{Code: test.code, Probes: []bytecode.Probe{{Frame: frame}}}
		err := p.Verify()
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

func TestPosition(t *testing.T) {
	at := func(p source.Pos) source.Span { return source.Span{Start: p, End: p + 1} }
	p := &bytecode.Program{Lines: []bytecode.Line{{PC: 2, Pos: at(10)}, {PC: 5, Pos: at(20)}}}
	for pc, want := range map[int]source.Span{0: {}, 1: {}, 2: at(10), 4: at(10), 5: at(20), 9: at(20)} {
		if got := p.Position(pc); got != want {
			t.Errorf("Position(%d) = %v, want %v", pc, got, want)
		}
	}
}

func TestFormatString(t *testing.T) {
	none := bytecode.Segment{FormatPart: builtin.FormatPart{Width: -1, Prec: -1}}
	with := func(change func(*bytecode.Segment)) bytecode.Segment {
		s := none
		change(&s)
		return s
	}
	f := bytecode.Format{Segments: []bytecode.Segment{
		with(func(s *bytecode.Segment) { s.Literal = "50% " }),
		with(func(s *bytecode.Segment) { s.Verb, s.Flag, s.Width = 'd', '0', 5 }),
		with(func(s *bytecode.Segment) {
			s.Verb, s.WidthArg, s.PrecArg, s.Escape = 's', true, true, bytecode.EscapeMixed
		}),
		with(func(s *bytecode.Segment) { s.Verb, s.Prec = 'x', 3 }),
	}}
	if got, want := f.String(), `"50%% %05d%*.*s!!%.3x"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
