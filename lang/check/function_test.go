package check_test

import (
	"strings"
	"testing"

	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/ctype"
	"tapir/lang/syntax"
)

// cReads is a function `int reads(struct thing *what, short n)`; the others have no
// types but their names.
var cReads = check.Function{
	Name: "reads", Typed: true, Result: cInt,
	Params: []ctype.Param{{Name: "what", Type: cThingP}, {Name: "n", Type: cShort}},
}

// Functions knows what a query names, and of "re*" one that can't be probed.
func (world) Functions(q check.FunctionQuery) (found []check.Function, barred int) {
	rename := cReads
	rename.Name, rename.Typed, rename.Means = "rename", false, builtin.Breakpoint
	switch {
	case q.Name == "reads" && q.Module != "drv":
		return []check.Function{cReads}, 0
	case q.Name == "re*":
		return []check.Function{cReads, rename}, 1
	case q.Name == "hidden":
		return nil, 1
	case q.Name == "send" && q.Module == "d*":
		return []check.Function{{Module: "drv", Name: "send", Result: &ctype.Type{}}}, 0
	}
	return nil, 0
}

func (world) CanProbe() bool { return true }

func (world) FunctionNames(module string) []string {
	if module != "" {
		return nil
	}
	return []string{"reads", "rename", "writes"}
}

// TestFunctionPoints holds what points at functions come to.
func TestFunctionPoints(t *testing.T) {
	for point, want := range map[string]string{
		`kernel.function("reads")`:                     `kernel.function("reads")`,
		`kernel.function("reads@*").call`:              `kernel.function("reads").call`,
		`kernel.function("reads").return`:              `kernel.function("reads").return`,
		`kernel.function("re*").exported.return`:       `kernel.function("reads").exported.return kernel.function("rename").exported.return`,
		`kernel.function("reads").return.maxactive(5)`: `kernel.function("reads").return.maxactive(5)`,
		`module("d*").function("send").call`:           `module("drv").function("send").call`,
		`kprobe.function("reads").return`:              `kprobe.function("reads").return`,
		`kernel.function("nosuch")?, never`:            `never`,
	} {
		r := checkData(t, "probe "+point+" { println(1) }", check.Options{})
		if r.diags.HasErrors() {
			t.Errorf("%s:\n%s", point, rendered(r.set, r.diags))
			continue
		}
		var got []string
		for _, p := range r.prog.Probes {
			got = append(got, p.Point.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %s", point, got, want)
		}
	}
}

// TestFunctionErrors holds what is said of points and variables that are not possible.
func TestFunctionErrors(t *testing.T) {
	for text, want := range map[string]string{
		`probe kernel.function("read") { }`:                             "no match (similar functions: reads",
		`probe kernel.function("hidden") { }`:                           "the kernel does not let anyone probe 1 function of that name",
		`probe module("nosuch").function("*") { }`:                      `there is no module "nosuch" at the moment`,
		`probe kernel.function("reads").inline { }`:                     "inline probes are not possible",
		`probe kernel.function("reads").label("x") { }`:                 "label probes are not possible",
		`probe kernel.function("reads@fs/*.c") { }`:                     `the kernel's types do not tell that a function is in "fs/*.c": write "reads"`,
		`probe kernel.function("reads").maxactive(1) { }`:               "probe point mismatch",
		`probe kernel.function("reads") { println($return) }`:           "$return is known in .return probes only",
		`probe kernel.function("reads") { println($whit) }`:             "unable to find the function's variable '$whit' (alternatives: $what",
		`probe kernel.function("reads") { println(returnval()) }`:       "returnval is not known in this probe",
		`probe kernel.function("reads").return { println(int_arg(1)) }`: "int_arg is known when the function begins",
		`probe kernel.function("reads") { println(int_arg(7)) }`:        "argument number out of range (1, 6)",
		`probe kernel.function("re*") { println($n) }`:                  "the kernel's types do not describe this function",
		`probe kprobe.function("reads") { println($n) }`:                "kprobe probes have no variables",
		`probe kernel.function("reads") { println(@entry(pid())) }`:     "@entry is known in .return probes only",
		`probe module("drv").function("send") { println($$vars) }`:      "no match",
	} {
		r := checkData(t, text, check.Options{})
		if got := rendered(r.set, r.diags); !strings.Contains(got, want) {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestBarred holds that functions which can't be probed are counted.
func TestBarred(t *testing.T) {
	r := checkData(t, `probe kernel.function("re*") { println(1) }`, check.Options{})
	const want = `1 function that "re*" matches can't be probed, as the kernel has it; 2 are left`
	if got := rendered(r.set, r.diags); r.diags.HasErrors() || !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestFunctionVariables holds what variables are replaced by: at a return, arguments
// are those of the entry.
func TestFunctionVariables(t *testing.T) {
	for _, test := range []struct{ at, text, want string }{
		{"", "$n", "long_arg(2) & 65535"},
		{"", "$what->id", "kernel_int32(pointer_arg(1) + 8)"},
		{"", "$$name", `"reads"`},
		{"", "$$parms", `sprintf("what=%#x n=%#x", pointer_arg(1), long_arg(2) & 65535)`},
		{"", "$$return", `""`},
		{".return", "$return", "returnval() << 32 >> 32"},
		{".return", "$n", "@entry(long_arg(2) & 65535)"},
		{".return", "$what->next->id", "@entry(kernel_int32(kernel_uint64(pointer_arg(1) + 16) + 8))"},
		{".return", "@entry($what->id)", "@entry(kernel_int32(pointer_arg(1) + 8))"},
		{".return", "$$return", `sprintf("return=%#x", returnval() << 32 >> 32)`},
		{".return", "$$parms", `sprintf("what=%#x n=%#x", @entry(pointer_arg(1)), @entry(long_arg(2) & 65535))`},
		{".return", "@defined($return) + @defined($nosuch)", "1"},
	} {
		r := checkData(t, `probe kernel.function("reads")`+test.at+" { println("+test.text+") }", check.Options{Unoptimized: true})
		if len(r.diags.List) > 0 {
			t.Errorf("%s:\n%s", test.text, rendered(r.set, r.diags))
			continue
		}
		p := r.prog.Probes[0].Body.Stmts[0].(*syntax.ExprStmt).X.(*syntax.Print)
		plain := strings.NewReplacer("(", "", ")", "")
		if got := syntax.ExprString(p.Args[0]); plain.Replace(got) != plain.Replace(test.want) {
			t.Errorf("%s%s\n got %s\nwant %s", test.text, test.at, got, test.want)
		}
	}
}
