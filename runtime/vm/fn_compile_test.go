package vm_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/compiler/user"
	"tapir/lang/check"
	"tapir/lang/doc"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/runtime/vm"
	"tapir/scripts"
)

// problems is what the stages up to bytecode have against a script.
func problems(t *testing.T, text string) string {
	t.Helper()
	set := &source.Set{}
	render := func(diags *source.Diagnostics) string {
		var b strings.Builder
		if err := source.Render(&b, set, diags.List, source.RenderOptions{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{})
	if diags.HasErrors() {
		return render(diags)
	}
	kernel := target.Fixed()
	if haveTypes() {
		kernel, _ = target.Live() // whose types the tapset looks into
	}
	checked, diags := check.Check(set, []*syntax.File{file}, library.New(library.Options{Sources: set}), kernel, check.Options{})
	if diags.HasErrors() {
		return render(diags)
	}
	tree, diags := ir.Build(checked)
	if diags.HasErrors() {
		return render(diags)
	}
	p, diags := plan.Options{}.Make(tree)
	if diags.HasErrors() {
		return render(diags)
	}
	code, err := user.Compile(p)
	if err != nil {
		return err.Error()
	}
	vm.New(code, vm.Options{})
	return ""
}

// TestFunctionsCompile calls every function of the reference where it can be
// called.
func TestFunctionsCompile(t *testing.T) {
	for _, e := range doc.All() {
		if e.Kind != doc.Function || e.File == "task.tp" && !haveTypes() {
			continue
		}
		points := `kernel.syscall("openat").return`
		if e.Name == "get_cycles" {
			points = "begin"
		}
		if p := problems(t, fmt.Sprintf("probe %s { %s }", points, call(e))); p != "" {
			t.Errorf("%s: %s", e.Form, p)
		}
	}
}

// haveTypes reports whether the kernel here tells its types.
func haveTypes() bool {
	live, err := target.Live()
	return err == nil && live.Type("task_struct") != nil
}

var parameter = regexp.MustCompile(`:long|:string`)

// call is a call of a function with all of its arguments, whose result is used
// if it has one.
func call(e *doc.Entry) string {
	head, params, _ := strings.Cut(e.Form, "(")
	var args []string
	for _, kind := range parameter.FindAllString(params, -1) {
		args = append(args, map[string]string{":long": "1", ":string": `"a"`}[kind])
	}
	text := fmt.Sprintf("%s(%s)", e.Name, strings.Join(args, ", "))
	if strings.Contains(head, ":") {
		return "println(" + text + ")"
	}
	return text
}

// TestTapsetParses reads every file of the tapset, whether or not a script needs
// it.
func TestTapsetParses(t *testing.T) {
	files, err := fs.Glob(scripts.Tapset(), "*.tp")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(scripts.Tapset(), file)
		if err != nil {
			t.Fatal(err)
		}
		set := &source.Set{}
		for _, version := range []string{"", "5.0"} {
			if _, diags := syntax.Parse(set, file, string(text), syntax.Options{Library: true, Version: version, Macros: library.New(library.Options{Sources: set}).Macros(string(text))}); len(diags.List) > 0 {
				t.Errorf("%s: %s", file, diags.List[0].Message)
			}
		}
	}
}
