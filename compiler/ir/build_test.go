package ir_test

import (
	"strings"
	"testing"

	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// build is a script's tree, with what there is to say about it.
func build(t testing.TB, text string) (*ir.Program, *source.Diagnostics, *source.Set) {
	t.Helper()
	set := &source.Set{}
	file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{Guru: true})
	if diags.HasErrors() {
		t.Fatalf("parse:\n%s\nin:\n%s", rendered(set, diags), text)
	}
	lib := library.New(library.Options{Sources: set})
	checked, diags := check.Check(set, []*syntax.File{file}, lib, target.Fixed(), check.Options{})
	if diags.HasErrors() {
		return nil, diags, set
	}
	prog, diags := ir.Build(checked)
	return prog, diags, set
}

func rendered(set *source.Set, diags *source.Diagnostics) string {
	var b strings.Builder
	if err := source.Render(&b, set, diags.List, source.RenderOptions{}); err != nil {
		return err.Error()
	}
	return b.String()
}

// body is the first probe's handler of a script as text.
func body(t testing.TB, text string) string {
	t.Helper()
	prog, diags, set := build(t, text)
	if diags.HasErrors() {
		t.Fatalf("%s\nin:\n%s", rendered(set, diags), text)
	}
	return ir.StmtString(prog.Probes[0].Body)
}

const globals = `global a, b, n, s = "x", st, sa probe never { a[1] = 1; b[1, "k"] = 2; n = 3; s = "y"; st <<< 1; sa[1, "k"] <<< 1 } `

func TestBuild(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		// Printing.
		{`print(n, s)`, `printf("%d%s", n, s)`},
		{`println("n is ", n)`, `printf("n is %d\n", n)`},
		{`printd(", ", n, s, 3)`, `printf("%d, %s, 3", n, s)`},
		{`printdln("%", n, n)`, `printf("%d%%%d\n", n, n)`},
		{`printf("%5d|%-*s|%.3s|%%\n", n, n, s, s)`, `printf("%5d|%-*s|%.3s|%%\n", n, n, s, s)`},
		{`printf("%s is %d%5s\n", "one", 1, "x")`, `printf("one is 1%5s\n", "x")`},
		{`print_char(n)`, `printf("%c", n)`},
		{`s = sprintf("%d", n) . sprint(1, "x")`, `s = sprintf("%d", n) . "1x"`},
		{`s = sprintln(s)`, `s = sprintf("%s\n", s)`},
		{`printf("a\tb\001\"")`, `printf("a\tb\001\"")`},

		// Folding.
		{`n = 2 + 3 * 4 - -1`, `n = 15`},
		{`n = 1 / 0`, `n = 1 / 0`},
		{`n = 7 % (3 - 3)`, `n = 7 % 0`},
		{`n = 1 << 64`, `n = 1`},
		{`n = -1 >>> 60`, `n = 15`},
		{`n = (-9223372036854775807 - 1) / -1`, `n = -9223372036854775808`},
		{`n = !5 + ~0`, `n = -1`},
		{`n = "a" < "b"`, `n = 1`},
		{`s = "a" . "b" "c"`, `s = "abc"`},
		{`s = "a\0b"`, `s = "a"`},
		{`n = 1 && n`, `n = n != 0`},
		{`n = 0 || n == 3`, `n = n == 3`},
		{`n = n > 3 && 1`, `n = n > 3`},
		{`n = n && 0`, `n = n && 0`},
		{`n = 1 ? n : 1 / 0`, `n = n`},
		{`n = n ? 1 : 0`, `n = n != 0`},
		{`if (1) n = 1; else n = 2`, `n = 1`},
		{`if (0) n = 1; else n = 2`, `n = 2`},
		{`if (@defined($x)) n = 1; n = @defined(n) + @defined($y)`, `n = 1`},
		{`n = @defined($x) ? $x : 3`, `n = 3`},

		// Operators and their parentheses.
		{`n = (n + 1) * 2 - (n - 3)`, `n = (n + 1) * 2 - (n - 3)`},
		{`n = n - (n - n) - n`, `n = n - (n - n) - n`},
		{`n = (n & 255) == 3 || n in a && [n, s] in b`, `n = (n & 0xff) == 3 || n in a && [n, s] in b`},
		{`n = (n in a) == 1`, `n = (n in a) == 1`},
		{`n = [*, s] in b`, `n = [*, s] in b`},
		{`n = - -n + !(n == 1)`, `n = - -n + !(n == 1)`},
		{`n = (n ? 1 : 2) ? n : n ? 3 : 4`, `n = (n ? 1 : 2) ? n : n ? 3 : 4`},
		{`s .= s . (s . s)`, `s .= s . (s . s)`},
		{`n = (a[n] += 2) << n++ + --a[1]`, `n = (a[n] += 2) << n++ + --a[1]`},
		{`n >>= 2; n ^= 1; n %= 5`, "n >>= 2\nn ^= 1\nn %= 5"},
		{`n = +n`, `n = n`},

		// Statements.
		{`for (i = 0; i < 3; i++) { if (i == 1) continue; else break }`,
			"i = 0\nfor (; i < 3; i++)\n{\n    if (i == 1)\n        continue\n    else\n        break\n}"},
		{`while (n > 0) n--`, "while (n > 0)\n    n--"},
		{`for (;;) break`, "while (1)\n    break"},
		{`foreach (v = [i, k-] in b[*, "k"] limit 3) print(v)`, "foreach (v = [i, k-] in b[*, \"k\"] limit 3)\n    printf(\"%d\", v)"},
		{`foreach (i in a-) print(i)`, "foreach ([i] in a-)\n    printf(\"%d\", i)"},
		{`delete a[1]; delete b[*, "k"]; delete n; delete a`, "delete a[1]\ndelete b[*, \"k\"]\ndelete n\ndelete a"},
		{`foreach (n in a) print(n)`, "foreach ([__n] in a)\n{\n    n = __n\n    printf(\"%d\", n)\n}"},
		{`foreach (n = k in a) print(k, n)`, "foreach (__n = [k] in a)\n{\n    n = __n\n    printf(\"%d%d\", k, n)\n}"},
		{`try { n = 1 / n } catch (e) { print(e) }`, "try\n{\n    n = 1 / n\n}\ncatch (e)\n{\n    printf(\"%s\", e)\n}"},
		{`try { n++ } catch { }`, "try\n{\n    n++\n}\ncatch\n{\n}"},
		{`try { n++ } catch (s) { }`, "try\n{\n    n++\n}\ncatch (__s)\n{\n    s = __s\n}"},
		{`; {} n++; next`, "n++\nnext"},

		// Statistics.
		{`st <<< n; sa[n, s] <<< 3`, "st <<< n\nsa[n, s] <<< 3"},
		{`n = @count(st) + @sum(sa[1, s]) * @min(st) - @max(st) + @avg(st)`, `n = @count(st) + @sum(sa[1, s]) * @min(st) - @max(st) + @avg(st)`},
		{`n = @variance(st, 3)`, `n = @variance(st, 3)`},
		{`print(@hist_log(st)); println(@hist_log(st))`, "print(@hist_log(st))\nprint(@hist_log(st))"},
		{`s = sprint(@hist_linear(sa[1, "k"], 0, 100, 10))`, `s = sprint(@hist_linear(sa[1, "k"], 0, 100, 10))`},
		{`n = @hist_log(st)[n + 1]`, `n = @hist_log(st)[n + 1]`},
		{`foreach (i in @hist_log(st)) print(i)`, "foreach ([i] in @hist_log(st))\n    printf(\"%d\", i)"},
		{`foreach ([i, j] in sa @sum- limit 2) print(i)`, "foreach ([i, j] in sa @sum- limit 2)\n    printf(\"%d\", i)"},
		{`foreach ([i+, j] in sa) print(i)`, "foreach ([i+, j] in sa)\n    printf(\"%d\", i)"},
		{`foreach ([i, j] in sa+) print(i)`, "foreach ([i, j] in sa+)\n    printf(\"%d\", i)"},
		{`delete sa[1, *]; delete st; delete sa`, "delete sa[1, *]\ndelete st\ndelete sa"},

		// Regular expressions.
		{`n = s =~ "a(b|c)" && s . "x" !~ "\\\\."`, `n = s =~ "a(b|c)" && s . "x" !~ "\\\\."`},
		{`if (!(s =~ "a")) print(matched(1))`, "if (!(s =~ \"a\"))\n    printf(\"%s\", matched(1))"},
	} {

		got := strings.TrimSuffix(body(t, `probe begin { `+c.in+` } `+globals), "\n")
		if got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.in, got, c.want)
		}
	}
}

// probeOf is a checked program of one begin probe.
func probeOf(stmts ...syntax.Stmt) *check.Program {
	return &check.Program{
		Sources: &source.Set{},
		Types:   map[syntax.Expr]types.Type{},
		Uses:    map[syntax.Expr]check.Object{},
		Probes:  []*check.Probe{{Body: &syntax.Block{Stmts: stmts}}},
	}
}

// TestBuildRefuses gives Build what a checker may let through.
func TestBuildRefuses(t *testing.T) {
	value := func(x syntax.Expr) syntax.Stmt { return &syntax.ExprStmt{X: x} }
	for _, c := range []struct {
		in   syntax.Stmt
		want string
	}{
		{value(&syntax.Target{}), "target variables"},
		{value(&syntax.AtOp{Name: "cast"}), "expressions with @cast"},
		{value(&syntax.Autocast{}), "kernel structures"},
		{value(&syntax.StatOp{Name: "count", Stat: &syntax.IntLit{}}), "statistics in this"},
		{value(&syntax.HistOp{}), "histograms as values"},
		{value(&syntax.EmbeddedExpr{}), "expressions in embedded C"},
		{value(&syntax.Assign{Op: "<<<", L: &syntax.IntLit{}}), "statistics in this"},
		{value(&syntax.Assign{Op: "=", L: &syntax.IntLit{}, R: &syntax.IntLit{}}), "assignments to this"},
		{&syntax.IfStmt{Cond: &syntax.Print{}, Then: &syntax.Block{}}, "print functions as values"},
		{value(&syntax.Print{Args: []syntax.Expr{&syntax.HistOp{}, &syntax.HistOp{}}}), "histograms among other values"},
		{value(&syntax.Print{Args: []syntax.Expr{&syntax.HistOp{Stat: &syntax.IntLit{}}}}), "statistics in this"},
		{&syntax.ForeachStmt{Array: &syntax.HistOp{Stat: &syntax.IntLit{}}}, "statistics in this"},
	} {
		prog, diags := ir.Build(probeOf(c.in))
		if prog != nil || len(diags.List) != 1 || diags.List[0].Message != c.want+" are not supported by this version" {
			t.Errorf("%T: got %v, want a refusal of %s", c.in, diags.List, c.want)
		}
	}
}

// TestGlobalLoopVariable holds that a loop over a global sets it each round.
func TestGlobalLoopVariable(t *testing.T) {
	n, a := &syntax.Ident{Name: "n"}, &syntax.Ident{Name: "a"}
	in := probeOf(&syntax.ForeachStmt{Keys: []*syntax.Ident{n}, Array: a, Sort: -1, Body: &syntax.Block{}})
	in.Globals = []*check.Global{
		{Name: "n", Type: types.TLong},
		{Name: "a", Type: types.Type{Kind: types.Long, Keys: []types.Kind{types.Long}}},
	}
	in.Uses[n], in.Uses[a] = in.Globals[0], in.Globals[1]
	prog, diags := ir.Build(in)
	if diags.HasErrors() {
		t.Fatal(diags.List[0].Message)
	}
	want := "foreach ([__n] in a)\n    n = __n\n"
	if got := ir.StmtString(prog.Probes[0].Body); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestProgram(t *testing.T) {
	text := `global a[10], w%, s = "x", n = 3
function f:long(x, y) { z = x + strlen(y); return z }
probe begin { a[1] = f(n, s); w[1, s] = 2 }
probe timer.s(1) { println(a[1]) }
`
	want := `global a[10] # long [long]
global w% # long [long, string]
global s = "x" # string
global n = 3 # long

function f:long (x:long, y:string) # z:long
{
    z = x + strlen(y)
    return z
}

probe begin # no locals
{
    a[1] = f(n, s)
    w[1, s] = 2
}

probe timer.s(1) # no locals
{
    printf("%d\n", a[1])
}
`
	prog, diags, set := build(t, text)
	if diags.HasErrors() {
		t.Fatal(rendered(set, diags))
	}
	var got strings.Builder
	if err := ir.Fprint(&got, prog); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestProbePositions(t *testing.T) {
	prog, diags, set := build(t, `global on probe begin, kernel.syscall("read"), kernel.{syscall("write"), syscall("close").return} if (on) { on++ }`)
	if diags.HasErrors() {
		t.Fatal(rendered(set, diags))
	}
	want := []string{"begin", `kernel.syscall("read")`, `kernel.{syscall("write")`, `kernel.{syscall("write")`}
	for i, p := range prog.Probes {
		if got := set.Text(p.Pos); !strings.HasPrefix(got, want[i]) {
			t.Errorf("probe %d, %s: got position of %s, want %s", i, p.Spelling, got, want[i])
		}
	}
}

// TestTokens holds that nodes know the token that messages about them name.
func TestTokens(t *testing.T) {
	text := `global a, st probe begin { x = 1 / (a[1] + @max(st)); st <<< x; a[x]++; error("x" . sprint(x)) }`
	prog, diags, set := build(t, text)
	if diags.HasErrors() {
		t.Fatal(rendered(set, diags))
	}
	var got []string
	for n := range ir.All(prog.Probes[0].Body) {
		switch n.(type) {
		case *ir.Binary, *ir.StatOp, *ir.StatAdd, *ir.Builtin, *ir.Step:
			got = append(got, set.Text(n.Token()))
		}
	}
	want := "/ + @max <<< ++ error ."
	if strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s, in %s", strings.Join(got, " "), want, text)
	}
}

// TestChain holds that overloads are linked in the order in which they are tried.
func TestChain(t *testing.T) {
	prog, diags, set := build(t, `
function f(n) : 2 { return 2 }
function f(n) : 1 { if (n) next; return 1 }
probe begin { println(f(1)) }`)
	if diags.HasErrors() {
		t.Fatal(rendered(set, diags))
	}
	f := prog.Funcs[0]
	if f.Next == nil || f.Next.Next != nil || !strings.Contains(ir.StmtString(f.Body), "next") || ir.StmtString(f.Next.Body) != "return 2\n" {
		t.Errorf("got %+v", prog.Funcs)
	}
	for i, f := range prog.Funcs {
		if f.Index != i {
			t.Errorf("%s has index %d, is at %d", f.Name, f.Index, i)
		}
	}
}
