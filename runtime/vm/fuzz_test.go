package vm_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/compiler/user"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/runtime/vm"
)

// tryCompile is compile for texts that need not be scripts; nil if this isn't one.
func tryCompile(text string) *script {
	set := &source.Set{}
	file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{})
	if diags != nil && diags.HasErrors() {
		return nil
	}
	lib := library.New(library.Options{Sources: set})
	checked, diags := check.Check(set, []*syntax.File{file}, lib, noCalls{}, check.Options{})
	if diags != nil && diags.HasErrors() {
		return nil
	}
	tree, diags := ir.Build(checked)
	if diags != nil && diags.HasErrors() {
		return nil
	}
	p, diags := plan.Options{}.Make(tree)
	if diags != nil && diags.HasErrors() {
		return nil
	}
	code, err := user.Compile(p)
	if err != nil {
		return nil
	}
	return &script{set, tree.Probes, code}
}

// FuzzProgram takes any text through all passes and runs what begins and ends:
// nothing panics, and everything ends, as the limits promise.
func FuzzProgram(f *testing.F) {
	scripts, err := filepath.Glob("testdata/*.stp")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, body := range []string{
		`try { s <<< 1 foreach (b in @hist_linear(s, 0, 5, 1)) print(b) } catch (e) { error(e) }`,
		`a[1, "x"] <<< 5 foreach ([i, k] in a @max- limit 3) println(@variance(a[i, k], 4))`,
		`if ("abc" =~ "(a|ab)(c|bcd)?") println(matched(1), ngroups()) while (1) x++`,
		`foreach (k+ in w[*]) { delete w[k] w[k + 1] .= sprintf("%-*s|%#x", 5, "x", k) }`,
	} {
		f.Add("global s, a, w%[3] function f(x) { if (x) next; return f(x - 1) } probe begin { " + body + " } probe end { println(f(2)) }")
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		s := tryCompile(text)
		if s == nil {
			return
		}
		m := vm.New(s.code, vm.Options{Limits: vm.Limits{ActionsAside: 500, MapEntries: 50}})
		for _, p := range s.probes {
			switch p.Point.Kind {
			case builtin.Begin, builtin.End, builtin.Error:
			default:
				continue
			}
			var e *vm.RuntimeError
			if err := m.Run(p.Index, nil); err != nil && !errors.As(err, &e) {
				t.Errorf("%v\n%s", err, text)
			}
		}
		m.Display()
	})
}
