package plan_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

var update = flag.Bool("update", false, "write golden files anew")

// build brings a script to the tree that Make works on.
func build(t testing.TB, name, text string) (*ir.Program, *source.Set) {
	t.Helper()
	set := &source.Set{}
	file, diags := syntax.Parse(set, name, text, syntax.Options{})
	if diags.HasErrors() {
		t.Fatalf("parse:\n%s\nin:\n%s", rendered(set, diags), text)
	}
	lib := library.New(library.Options{Sources: set})
	checked, diags := check.Check(set, []*syntax.File{file}, lib, target.Fixed(), check.Options{})
	if diags.HasErrors() {
		t.Fatalf("check:\n%s\nin:\n%s", rendered(set, diags), text)
	}
	prog, diags := ir.Build(checked)
	if diags.HasErrors() {
		t.Fatalf("build:\n%s\nin:\n%s", rendered(set, diags), text)
	}
	return prog, set
}

// planned is the plan of a script that has one.
func planned(t testing.TB, name, text string, mode plan.Mode) *plan.Plan {
	t.Helper()
	prog, set := build(t, name, text)
	p, diags := plan.Options{Mode: mode}.Make(prog)
	if diags.HasErrors() {
		t.Fatalf("plan:\n%s\nin:\n%s", rendered(set, diags), text)
	}
	return p
}

func rendered(set *source.Set, diags *source.Diagnostics) string {
	var b strings.Builder
	if err := source.Render(&b, set, diags.List, source.RenderOptions{}); err != nil {
		return err.Error()
	}
	return b.String()
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestExplain(t *testing.T) {
	for _, name := range []string{"ptrace_watch", "mixed", "language", "stacks", "perf"} {
		text := read(t, "testdata/"+name+".tp")
		var got strings.Builder
		if err := planned(t, name+".tp", text, plan.Auto).Explain(&got, plan.ExplainOptions{}); err != nil {
			t.Fatal(err)
		}
		golden := "testdata/" + name + ".explain"
		if *update {
			if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := read(t, golden); got.String() != want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", name, got.String(), want)
		}
	}
}

func TestExplainColor(t *testing.T) {
	var b strings.Builder
	p := planned(t, "t.tp", `probe kernel.syscall("read") { exit() }`, plan.Auto)
	if err := p.Explain(&b, plan.ExplainOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1mprobe kernel.syscall(\"read\")  (1:7)\x1b[m\n"
	if !strings.HasPrefix(b.String(), want) {
		t.Errorf("got %q, want it to begin with %q", b.String(), want)
	}
}

// TestArticle holds that the article's four event probes are filtered wholly in
// the kernel.
func TestArticle(t *testing.T) {
	p := planned(t, "ptrace_watch.tp", read(t, "testdata/ptrace_watch.tp"), plan.Auto)
	last := map[string]string{
		"syscall.fork":         "execname() == mutatee",
		"syscall.fork.return":  "execname() == mutatee",
		"syscall.ptrace":       "execname() == mutator && long_arg(1) in ptrace_watch",
		"syscall.wait4.return": "execname() == mutator",
	}
	for _, pr := range p.Probes {
		if !pr.InKernel {
			continue
		}
		var texts []string
		for _, c := range pr.Filter {
			texts = append(texts, ir.ExprString(c.Expr))
		}
		got, want := strings.Join(texts, " && "), last[pr.IR.Spelling]
		whole := pr.IR.Point.Syscall == "ptrace" || pr.IR.Point.Syscall == "wait4" || pr.IR.Point.Name == `kernel.syscall("fork")`
		if whole && got != want || !strings.Contains(got, want) {
			t.Errorf("%s: got filter %s, want %s", pr.IR.Point.Name, got, want)
		}
		for n := range ir.All(pr.Body) {
			if _, ok := n.(*ir.If); ok {
				t.Errorf("%s: the VM still tests:\n%s", pr.IR.Point.Name, ir.StmtString(pr.Body))
			}
		}
		if len(pr.Notes) > 0 {
			t.Errorf("%s: got note %s, want none", pr.IR.Point.Name, pr.Notes[0].Text)
		}
	}
}

func BenchmarkMake(b *testing.B) {
	prog, _ := build(b, "ptrace_watch.tp", read(b, "testdata/ptrace_watch.tp"))
	for b.Loop() {
		if p, _ := (plan.Options{}).Make(prog); p == nil {
			b.Fatal("no plan")
		}
	}
}
