package session

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tapir/compiler/plan"
)

// programsVariable names a folder in which the programs that tests compile are kept: what
// one run has made there, a later one takes, also where there is no compiler.
const programsVariable = "TAPIR_PROGRAMS"

// sources are the texts that a program is made of, by the names of their files.
type sources map[string]string

// read is files of testdata as sources.
func read(t *testing.T, names ...string) sources {
	t.Helper()
	all := sources{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(text)
	}
	return all
}

// make runs commands in a folder with the sources, and is the path of what they have made
// there under a name. Without the first word of one of them the test is skipped. Words
// are parted by spaces.
func (s sources) make(t *testing.T, name string, commands ...string) string {
	t.Helper()
	needRoot(t)
	folder := t.TempDir()
	kept := s.kept(name, commands)
	if kept != "" {
		if _, err := os.Stat(filepath.Join(kept, name)); err == nil {
			if err := os.CopyFS(folder, os.DirFS(kept)); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(folder, name)
		}
	}
	for file, text := range s {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range commands {
		words := strings.Fields(c)
		if _, err := exec.LookPath(words[0]); err != nil {
			t.Skipf("needs %s: it makes the program that is traced", words[0])
		}
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = folder
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", c, err, text)
		}
	}
	if kept != "" {
		if err := os.CopyFS(kept, os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, name)
}

// kept is the folder where what the commands make is kept, or "".
func (s sources) kept(name string, commands []string) string {
	all := os.Getenv(programsVariable)
	if all == "" {
		return ""
	}
	return filepath.Join(all, fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%q %q %q", name, commands, s)))[:16])
}

// buildTraced compiles testdata/traced.c with flags and is the program's path.
func buildTraced(t *testing.T, flags ...string) string {
	t.Helper()
	return read(t, "traced.c", "mark.h").make(t, "traced", "gcc "+strings.Join(flags, " ")+" -o traced traced.c")
}

// buildDeep compiles testdata/deep.c with flags and is the program's path.
func buildDeep(t *testing.T, flags ...string) string {
	t.Helper()
	return read(t, "deep.c").make(t, "deep", "gcc "+strings.Join(flags, " ")+" -o deep deep.c")
}

// traceProgram runs a script in which PROGRAM stands for the program, which it runs too.
func traceProgram(t *testing.T, program, script string, mode plan.Mode) outcome {
	t.Helper()
	script = strings.ReplaceAll(script, "PROGRAM", program)
	return run(t, script, mode, Options{Command: program + " >/dev/null"})
}

// builds are ways to compile a program.
var builds = []struct {
	name  string
	flags []string
}{
	{"O0", []string{"-O0"}},
	{"O2", []string{"-O2"}},
	{"no frame pointer", []string{"-O2", "-fomit-frame-pointer"}},
	{"static", []string{"-O1", "-static"}},
	{"stripped", []string{"-O1", "-s", "-rdynamic"}}, // but for the names of what it exports
	{"PIE", []string{"-O1", "-fPIE", "-pie"}},
	{"no PIE", []string{"-O1", "-no-pie"}},
}
