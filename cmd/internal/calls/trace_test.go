package calls

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// limit bounds one run of tapir.
const limit = 30 * time.Second

// buildVar is the environment's name of the folder that the command is built into.
const buildVar = "TAPIR_CALLS_BUILD"

// A tapir is the command under test.
type tapir struct {
	path    string
	probes  map[string]bool // the calls that it has a probe for
	name    string          // by which it is called, if not its own
	options []string
}

// build builds the command, once for all tests of a run.
var build = sync.OnceValues(func() (*tapir, error) {
	p := &tapir{path: filepath.Join(os.Getenv(buildVar), "tapir"), probes: map[string]bool{}}
	if out, err := exec.Command("go", "build", "-o", p.path, "tapir/cmd/tapir").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build tapir: %w\n%s", err, out)
	}
	list, err := exec.Command(p.path, "-l", "syscall.*").Output()
	if err != nil {
		return nil, fmt.Errorf("list the probes: %w", err)
	}
	for line := range strings.Lines(string(list)) {
		p.probes[strings.TrimPrefix(strings.TrimSpace(line), "syscall.")] = true
	}
	return p, nil
})

// command gives the command under test, or skips where it could not trace.
func command(t *testing.T) *tapir {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: it loads eBPF programs")
	}
	if _, err := os.Stat("/sys/kernel/btf/vmlinux"); err != nil {
		t.Skipf("needs the kernel's BTF: %v", err)
	}
	p, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// otherNames are calls whose variable `name` is not the name of their probe.
var otherNames = map[string]string{
	"epoll_create1": "epoll_create",
	"eventfd2":      "eventfd",
	"inotify_init1": "inotify_init",
	"pipe2":         "pipe",
	"signalfd4":     "signalfd",
}

// probeOf is the probe that gives a call its name.
func probeOf(name string) string {
	if probe, ok := otherNames[name]; ok {
		return probe
	}
	return name
}

// traceScript prints each of the named calls of the target and its children.
func traceScript(names []string) string {
	var entry, exit []string
	for _, name := range names {
		entry = append(entry, "syscall."+name+" ?")
		exit = append(exit, "syscall."+name+".return ?")
	}
	return fmt.Sprintf(`
global text
probe %s {
	if (pid() == target() || ppid() == target())
		text[tid(), name] = argstr
}
probe %s {
	if (pid() == target() || ppid() == target())
		printf("%%s (%%s) = %%s\n", name, text[tid(), name], retstr)
}
probe syscall.exit ?, syscall.exit_group ? {
	if (pid() == target() || ppid() == target())
		printf("%%s (%%s) = ?\n", name, argstr)
}
`, strings.Join(entry, ", "), strings.Join(exit, ", "))
}

// returnScript prints each of the named calls of the target as it returns, with what
// it has filled in.
func returnScript(names []string) string {
	return fmt.Sprintf(`
probe syscall.%s.return ? {
	if (pid() == target())
		printf("%%s (%%s) = %%s\n", name, argstr, retstr)
}
`, strings.Join(names, ".return ?, syscall."))
}

// trace runs tapir with the script on a command, in a folder, and gives the lines
// that it prints.
func (p *tapir) trace(t *testing.T, script string, dir string, env []string, argv ...string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	scratch := t.TempDir()
	file, out := filepath.Join(scratch, "calls.stp"), filepath.Join(scratch, "out")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	options := append(slices.Clone(p.options), "-o", out, "-c", strings.Join(argv, " "), file)
	cmd := exec.CommandContext(ctx, p.path, options...)
	if p.name != "" {
		cmd.Args[0] = p.name
	}
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PWD="+dir), env...)
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stderr = silence(t), &errs
	// 2 is the status if only the command ends with one.
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 2 {
		t.Fatalf("tapir on %q: %v\n%s", argv, err, errs.Bytes())
	}
	if strings.Contains(errs.String(), "lost") {
		t.Errorf("tapir on %q: %s", argv, errs.Bytes())
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// silence is an input that gives nothing and does not end before the test does.
func silence(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r
}

// self is the test binary, which is the programs too.
func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// rehearse runs a program without tapir, to know which calls it makes.
func rehearse(t *testing.T, name string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wants")
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, self(t))
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), environment(name, file)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the program %s: %v\n%s", name, err, out)
	}
	names := []string{"read"} // the mark
	for _, w := range readWants(t, file) {
		names = append(names, probeOf(w.name()))
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), isExit)
}

// isExit reports whether the call does not return.
func isExit(name string) bool { return name == "exit" || name == "exit_group" }

// environment makes the test binary a program.
func environment(name, wants string) []string {
	return []string{programVar + "=" + name, wantsVar + "=" + wants, "GODEBUG=asyncpreemptoff=1"}
}

func readWants(t *testing.T, file string) (wants []want) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &wants)
	}
	if err != nil {
		t.Fatalf("what the program expects: %v", err)
	}
	return wants
}
