package kernel

import (
	"encoding/binary"
	"os"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

// Threads that take turns on one CPU, and such as follow each other on one kernel stack,
// are told apart, whether the program finds the task by itself or by helpers.
func TestLiveTasksTakeTurns(t *testing.T) {
	k := live(t)
	for name, k := range map[string]*target.Kernel{"cast": k, "helpers": k.As(target.Version{Major: 6, Minor: 9})} {
		t.Run(name, func(t *testing.T) {
			if name == "cast" && k.Cast() == nil {
				t.Skip("needs a kernel of 6.10 or newer with bpf_rdonly_cast")
			}
			b := newPlan(t, k)
			mine := bin(fn("pid"), ir.OpEq, num(int64(os.Getpid())))
			number := fn("int_arg", num(1))
			b.probe(builtin.SyscallEnter, "getpgid", []ir.Expr{mine}, word(fn("tid")), word(number))
			b.probe(builtin.SyscallExit, "getpgid", []ir.Expr{mine}, word(fn("tid")), word(number))
			l := load(t, b.compile())
			detach := l.attach()
			want := takeTurns(t)
			detach()
			if want == 0 {
				t.Fatal("no calls were made")
			}
			for i := range 2 * want {
				r := l.next()
				tid, arg := binary.LittleEndian.Uint64(r[8:]), binary.LittleEndian.Uint64(r[16:])
				if tid != arg {
					t.Fatalf("record %d of %d is about thread %d, the call was made by %d", i, 2*want, tid, arg)
				}
			}
		})
	}
}

// takeTurns has threads of this process ask for themselves, all of them on one CPU,
// and returns how many calls they made.
func takeTurns(t *testing.T) (calls int) {
	t.Helper()
	const turns, threads, followers = 100, 4, 100
	thread := func(turns int) {
		runtime.LockOSThread() // and so the thread ends with the goroutine
		var set unix.CPUSet
		set.Set(0)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			t.Error(err)
			return
		}
		for range turns {
			_, _, _ = unix.RawSyscall(unix.SYS_GETPGID, uintptr(unix.Gettid()), 0, 0)
			_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
		}
	}
	var all sync.WaitGroup
	for range threads {
		all.Go(func() { thread(turns) })
	}
	all.Go(func() {
		for range followers {
			var one sync.WaitGroup
			one.Go(func() { thread(1) })
			one.Wait()
		}
	})
	all.Wait()
	return threads*turns + followers
}
