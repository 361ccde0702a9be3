package symbol

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tapir/bpf/exe"
	"tapir/lang/image"
	"tapir/runtime/process"
)

// TestLineAside finds lines in the file beside a running program into which its debug
// information was put.
func TestLineAside(t *testing.T) {
	folder := t.TempDir()
	run := func(name string, args ...string) {
		t.Helper()
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("needs %s", name)
		}
		cmd := exec.Command(name, args...)
		cmd.Dir = folder
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, text)
		}
	}
	source := "#include <unistd.h>\n\nint wait_here(void)\n{\n\treturn write(1, \"x\", 1) + pause();\n}\nint main(void) { return wait_here(); }\n"
	if err := os.WriteFile(filepath.Join(folder, "a.c"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	run("gcc", "-O0", "-g", "-o", "whole", "a.c")
	run("objcopy", "--only-keep-debug", "whole", "a.debug")
	run("objcopy", "--strip-all", "--remove-section=.note.gnu.build-id", "--add-gnu-debuglink=a.debug", "whole", "a")
	whole, err := exe.Open(filepath.Join(folder, "whole"))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	all, err := whole.Functions()
	if err != nil {
		t.Fatal(err)
	}
	fn := all[slices.IndexFunc(all, func(f image.Function) bool { return f.Name == "wait_here" })]

	program := filepath.Join(folder, "a")
	cmd := exec.Command(program)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if _, err := out.Read(make([]byte, 1)); err != nil { // it runs
		t.Fatal(err)
	}
	table := process.NewTable()
	m, ok := table.Named(cmd.Process.Pid, program)
	if !ok {
		t.Fatal("the program is not mapped")
	}
	s := New(table)
	address := m.Start + fn.Offset - m.Offset
	for range 2 { // the second time it is remembered
		if source, line := s.Line(cmd.Process.Pid, address, monotonic(t)); !strings.HasSuffix(source, "a.c") || line != 4 {
			t.Errorf("wait_here is at %q, %d; want a.c, 4", source, line)
		}
	}
	if got := s.User(cmd.Process.Pid, address, monotonic(t)); got.Name != "wait_here" {
		t.Errorf("its name is %+v", got)
	}
	for _, f := range s.files {
		if f != nil && len(f.lines) > 1 {
			t.Errorf("%d places are remembered", len(f.lines))
		}
	}
}
