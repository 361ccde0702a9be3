package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	// A copy of the test binary stands in for tapir, also where tapir starts itself
	// for a part of its work.
	if part() != nil {
		main()
	}
	testscript.Main(m, map[string]func(){"tapir": main, "stap": main})
}

func TestScripts(t *testing.T) {
	schema, err := filepath.Abs(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	recordings, err := filepath.Abs("testdata/recordings")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		WorkdirRoot:         openFolder(t),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("RECORDINGS", recordings)
			return filepath.WalkDir(env.WorkDir, func(path string, d os.DirEntry, err error) error {
				if err == nil && filepath.Ext(path) == ".tp" {
					err = os.Chmod(path, 0o755) // scripts with a #! line
				}
				return err
			})
		},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"nobody": asNobody,
			"status": withStatus,
			"schema": followsSchema(schema),
			"scrape": scrape,
		},
	})
}

// openFolder is a temporary folder that other users may enter, as t.TempDir is not.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tapir-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// withStatus runs `status N COMMAND …` and wants that exit status.
func withStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND [ARGUMENTS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d, of %q", got, want, args[1:])
	}
}

// asNobody runs `nobody tapir …` as a user without any privilege.
func asNobody(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 || args[0] != "tapir" {
		ts.Fatalf("usage: nobody tapir [ARGUMENTS]")
	}
	binary := ts.MkAbs("nobody-bin/tapir")
	if _, err := os.Stat(binary); err != nil {
		ts.Check(copyExecutable(binary))
	}
	cmd := exec.Command(binary, args[1:]...)
	cmd.Args[0] = "tapir" // by which the test binary knows what it is to be
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME=/")
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		ts.Fatalf("%v", err)
	case err == nil && neg:
		ts.Fatalf("%q succeeded as nobody", args)
	case err != nil && !neg:
		ts.Fatalf("%q failed as nobody: %v", args, err)
	}
}

// copyExecutable copies the running program to where anybody may execute it.
func copyExecutable(to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer from.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, from); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
