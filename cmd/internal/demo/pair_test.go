package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	if role := Role(); role != "" {
		os.Exit(Main(role, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// linkedFolder is a folder with this test program under the pair's names.
func linkedFolder(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := linkPair(dir, self); err != nil {
		t.Fatal(err)
	}
	return dir
}

// newPair starts a pair that ends with the test.
func newPair(t *testing.T, dir string, args ...string) *pair {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	p, err := startPair(ctx, dir, args...)
	if err != nil {
		t.Fatalf("start the pair %q: %v", args, err)
	}
	t.Cleanup(p.close)
	return p
}

func TestWhatForkReturns(t *testing.T) {
	dir := linkedFolder(t)
	for _, v := range Variants {
		t.Run(v.Name, func(t *testing.T) {
			for range 20 {
				got, err := newPair(t, dir, v.Name).run()
				if err != nil {
					t.Fatal(err)
				}
				want := int64(got.Child)
				if v.Name == "bug" {
					want = -int64(unix.ENOSYS)
				}
				if got.Returned != want || got.Child <= 0 || got.Mutatee == got.Child {
					t.Fatalf("fork returned %d, want %d (%+v)", got.Returned, want, got)
				}
			}
		})
	}
}

func TestNamesOfThePair(t *testing.T) {
	p := newPair(t, linkedFolder(t), "bug")
	for _, c := range []struct {
		pid  int
		want string
	}{{p.cmd.Process.Pid, Mutator}, {p.pid, Mutatee}} {
		got, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", c.pid))
		if err != nil || strings.TrimSpace(string(got)) != c.want {
			t.Errorf("name of %d: got %q, %v, want %q", c.pid, got, err, c.want)
		}
	}
}

func TestMutateeEndsWithItsMutator(t *testing.T) {
	p := newPair(t, linkedFolder(t), "fix")
	fd, err := unix.PidfdOpen(p.pid, 0)
	if err != nil {
		t.Skipf("needs pidfd_open: %v", err)
	}
	defer unix.Close(fd)
	p.close()
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, 5000); n != 1 {
		t.Errorf("the mutatee %d outlives its mutator (%v)", p.pid, err)
		syscall.Kill(p.pid, syscall.SIGKILL)
	}
}

func TestFailuresOfThePair(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p, err := startPair(t.Context(), linkedFolder(t), "no-such-variant")
	if err == nil {
		p.close()
		t.Fatal("a mutator without a variant got ready")
	}
	if !strings.Contains(err.Error(), "no such role") {
		t.Errorf("got %q, want the mutator's own words", err)
	}
	if _, err := startPair(t.Context(), t.TempDir(), "bug"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a program: got %v, want %v", err, os.ErrNotExist)
	}
}
