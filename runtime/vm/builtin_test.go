package vm_test

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/compiler/bytecode"
	"tapir/lang/builtin"
	"tapir/lang/types"
	"tapir/runtime/vm"
)

// TestBuiltinsAreThere walks the language's table: New panics for a function
// that has no code.
func TestBuiltinsAreThere(t *testing.T) {
	p := &bytecode.Program{}
	for _, f := range builtin.Functions {
		if f.Class == builtin.Pure || f.Class == builtin.Memory {
			p.Calls = append(p.Calls, bytecode.BuiltinCall{Name: f.Name, Capture: -1})
		}
	}
	vm.New(p, vm.Options{})
}

// TestOwnContext asks tapir's own process for everything that an event could
// tell; 0 is a right answer for users and processors, for groups whose leader is
// in another container, and for the mode, and for nothing else.
func TestOwnContext(t *testing.T) {
	zero := map[string]bool{"uid": true, "euid": true, "gid": true, "egid": true, "cpu": true, "pgrp": true, "sid": true, "user_mode": true}
	session, err := unix.Getsid(0)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintln(os.Getegid(), unix.Getpgrp(), session, 0)
	if got := begin(t, "", `printdln(" ", egid(), pgrp(), sid(), user_mode())`); got != want {
		t.Errorf("egid, pgrp, sid, user_mode: got %q, want %q", got, want)
	}
	for _, f := range builtin.Functions {
		if f.Class != builtin.Context || f.Tapset || zero[f.Name] {
			continue
		}
		want := "1"
		call := f.Name + "() != 0"
		if f.Result == types.String {
			call = f.Name + `() != ""`
		}
		if got := begin(t, "", "print("+call+")"); got != want {
			t.Errorf("%s is %s, want %s", call, got, want)
		}
	}
}
