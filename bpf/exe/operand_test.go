package exe

import (
	"fmt"
	"strings"
	"testing"

	"tapir/lang/image"
)

// steps shows a location: `rsp+8` as [r7 8 +].
func steps(where image.Location) string {
	var words []string
	for _, s := range where.Steps {
		switch s.Code {
		case image.Const:
			words = append(words, fmt.Sprint(s.N))
		case image.Register:
			words = append(words, fmt.Sprintf("r%d", s.N))
		case image.Address:
			words = append(words, fmt.Sprintf("&%#x", s.N))
		case image.Load:
			words = append(words, fmt.Sprintf("*%d", s.N))
		default:
			words = append(words, map[image.Code]string{
				image.Add: "+", image.Sub: "-", image.Mul: "*", image.And: "&", image.Shl: "<<", image.Shr: ">>",
			}[s.Code])
		}
	}
	text := strings.Join(words, " ")
	if where.Memory {
		text = "[" + text + "]"
	}
	return text
}

func TestOperands(t *testing.T) {
	resolve := func(name string) (uint64, bool) { return 0x4000, name == "sym" || name == "half.1" }
	tests := []struct{ text, want string }{
		{"-4@%eax", "int r0"},
		{"8@%rdi", "unsigned long r5"},
		{"1@%ah", "unsigned char r0 8 >>"},
		{"-1@%sil", "char r4"},
		{"2@%r11w", "unsigned short r11"},
		{"-8@%r15", "long r15"},
		{"%rax", "long r0"},
		{"-4@$-5", "int -5"},
		{"8@$0xffffffffffffffff", "unsigned long -1"},
		{"-4@-20(%rbp)", "int [r6 -20 +]"},
		{"4@(%rsp)", "unsigned int [r7 0 +]"},
		{"-4@8(%rax,%rdx,4)", "int [r0 8 + r1 4 * +]"},
		{"1@(%rax,%rdx)", "unsigned char [r0 0 + r1 1 * +]"},
		{"8@16(,%rcx,8)", "unsigned long [16 r2 8 * +]"},
		{"-4@sym(%rip)", "int [&0x4000]"},
		{"-4@sym+8(%rip)", "int [&0x4008]"},
		{"-2@8+half.1(%rip)", "short [&0x4008]"},
		{"4@sym", "unsigned int [&0x4000]"},
		{"8@-8+16(%rbp)", "unsigned long [r6 8 +]"},
		{"8f@%xmm0", "lost: floating point"},
		{"16@%rax", "lost: a number of 16 bytes"},
		{"4@%bad", "lost: there is no such register"},
		{"4@other(%rip)", `lost: it names "other", which is not among the symbols of the program`},
		{"4@8(%eax)", "lost: it is none of the forms that are known"},
		{"4@8(%rax", "lost: it is none of the forms that are known"},
		{"4@(%rax,%rdx,x)", "lost: it is none of the forms that are known"},
		{"x@%rax", "lost: it is none of the forms that are known"},
		{"4@-", "lost: it is none of the forms that are known"},
	}
	for _, tt := range tests {
		a := parseOperands(tt.text, resolve)
		if len(a) != 1 {
			t.Fatalf("%s: %d operands", tt.text, len(a))
		}
		got := a[0].Type.String() + " " + steps(a[0].Location)
		if a[0].Lost != "" {
			_, reason, _ := strings.Cut(a[0].Lost, ": ")
			got = "lost: " + reason
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.text, got, tt.want)
		}
	}
	if n := len(parseOperands(strings.Repeat("4@%eax ", 100), resolve)); n != maxOperands {
		t.Errorf("%d operands are taken, want %d", n, maxOperands)
	}
}

func FuzzOperands(f *testing.F) {
	f.Add("-4@-20(%rbp) 8@%rax 4@$3 8@16(,%rcx,8) 4@sym+4(%rip)")
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range parseOperands(text, func(string) (uint64, bool) { return 1, true }) {
			if a.Lost == "" {
				checkSteps(t, a.Location)
			}
		}
	})
}

// checkSteps holds that a location computes one value.
func checkSteps(t *testing.T, where image.Location) {
	t.Helper()
	depth := 0
	for _, s := range where.Steps {
		switch s.Code {
		case image.Const, image.Register, image.Address:
			depth++
		case image.Load:
		default:
			depth--
		}
		if depth < 1 {
			t.Fatalf("steps take more than there is: %s", steps(where))
		}
		if s.Code == image.Register && (s.N < 0 || s.N > regProgram) {
			t.Fatalf("register %d", s.N)
		}
	}
	if depth < 1 {
		t.Fatalf("steps leave nothing: %s", steps(where))
	}
}
