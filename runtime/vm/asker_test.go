package vm

import (
	"os"
	"testing"
)

func TestAsker(t *testing.T) {
	mine, self := Asker(os.Getpid()), newProcess() // the first thread has the process's id
	for _, f := range []string{"pid", "ppid", "uid", "euid", "gid", "egid", "pgrp", "sid"} {
		if got, want := mine.Long(f), self.Long(f); got != want {
			t.Errorf("%s() = %d, want %d", f, got, want)
		}
	}
	for _, f := range []string{"execname", "pexecname"} {
		if got, want := mine.Text(f), self.Text(f); got != want {
			t.Errorf("%s() = %q, want %q", f, got, want)
		}
	}
	gone := Asker(1 << 30)
	if gone.Long("tid") != 1<<30 || gone.Long("pid") != 0 || gone.Text("execname") != "" || gone.Long("gettimeofday_s") == 0 {
		t.Error("of a thread that is gone more is known than its id, or not the time")
	}
}
