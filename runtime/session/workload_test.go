package session

import (
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"unsafe"
)

// work makes the same system calls whenever it has the same seed: calls that no
// other part of the program makes, with extreme numbers as arguments.
func work(seed, calls int) {
	r := rand.New(rand.NewPCG(uint64(seed), 0))
	setName("work-main")
	fd, _ := syscall.Open("/dev/null", syscall.O_RDONLY, 0)
	for range calls {
		switch r.IntN(8) {
		case 0:
			syscall.RawSyscall(syscall.SYS_GETPPID, 0, 0, 0)
		case 1:
			syscall.RawSyscall(syscall.SYS_GETUID, 0, 0, 0)
		case 2:
			setName([]string{"a", "work-main", "0123456789abcde", "b"}[r.IntN(4)])
		case 3:
			syscall.RawSyscall(syscall.SYS_LSEEK, uintptr(fd), uintptr(r.IntN(1000)), 0)
		case 4:
			syscall.RawSyscall(syscall.SYS_LSEEK, badFD, extreme(r), extreme(r))
		default:
			syscall.RawSyscall(syscall.SYS_LSEEK, badFD, uintptr(r.IntN(20)), uintptr(int64(r.IntN(9)-4)))
		}
	}
}

// badFD is the number of no file.
const badFD = math.MaxInt32

func extreme(r *rand.Rand) uintptr {
	list := []int64{
		0, 1, -1, 2, 63, 64, 100, -100, math.MaxInt32, math.MinInt32, math.MaxUint32, 1 << 40,
		math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1,
	}
	return uintptr(list[r.IntN(len(list))])
}

// setName names the thread that the caller is locked to.
func setName(name string) {
	b := append([]byte(name), 0)
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_NAME, uintptr(unsafe.Pointer(&b[0])), 0)
}

// workInThreads lets several threads make pairs of calls, each pair of which
// belongs together.
func workInThreads(threads, pairs int) {
	var all sync.WaitGroup
	for i := range threads {
		all.Go(func() {
			runtime.LockOSThread()
			for j := range pairs {
				syscall.RawSyscall(syscall.SYS_LSEEK, badFD, uintptr(i), uintptr(j))
				syscall.RawSyscall(syscall.SYS_GETPPID, 0, 0, 0)
			}
		})
	}
	all.Wait()
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// workSlowly makes calls with numbers from 0 on as arguments, each some time after
// the one before.
func workSlowly(calls int) {
	for i := range calls {
		pause := syscall.Timespec{Nsec: 60e6}
		_ = syscall.Nanosleep(&pause, nil)
		syscall.RawSyscall(syscall.SYS_LSEEK, badFD, 0, uintptr(i))
	}
	pause := syscall.Timespec{Nsec: 60e6}
	_ = syscall.Nanosleep(&pause, nil)
}
