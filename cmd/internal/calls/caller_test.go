package calls

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"tapir/runtime/decode"
)

// A program makes system calls, in a folder of its own that is empty at first.
type program struct {
	name string
	run  func(*caller)
	// atReturn is set if argstr is that of the return.
	atReturn bool
	// asStap is set if the command stands in for SystemTap.
	asStap bool
}

// want is an expectation of a call that was made.
type want struct {
	Text string // as pattern reads it
	At   string // file:line
	Call int    // which call of the program it is about
}

// name is that of the call.
func (w want) name() string { return callName(w.Text) }

// A caller makes a program's calls and notes what is expected of them. It runs in
// the traced process, on the thread that the process began with.
type caller struct {
	arena []byte // whose addresses stay
	used  int
	call  int
	wants []want
}

// The environment by which a traced program knows that it is one.
const (
	programVar = "TAPIR_CALLS_PROGRAM" // which one
	wantsVar   = "TAPIR_CALLS_WANTS"   // the file for what it expects
)

// isProgram reports whether this process is a program that is traced.
func isProgram() bool { return os.Getenv(programVar) != "" }

func init() {
	if isProgram() {
		runtime.LockOSThread() // the main goroutine stays on the first thread
	}
}

// runProgram runs the program that the environment names.
func runProgram(programs []program) error {
	debug.SetGCPercent(-1)
	const size = 4 << 20
	arena, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_POPULATE)
	if err != nil {
		return fmt.Errorf("map the arena: %w", err)
	}
	c := &caller{arena: arena, used: 64}
	for _, p := range programs {
		if p.name == os.Getenv(programVar) {
			p.run(c)
		}
	}
	c.mark()
	text, err := json.Marshal(c.wants)
	if err != nil {
		return err
	}
	return os.WriteFile(os.Getenv(wantsVar), text, 0o600)
}

// bad is a pointer, and a number, that no call accepts: (char *)-1.
const bad = ^uintptr(0)

// neg is a negative number as an argument.
func neg(n int) uintptr { return -uintptr(n) }

// markFD is the file descriptor of the first mark.
const markFD = 100000

// mark separates the calls in the trace by one that fails and that no program makes.
func (c *caller) mark() {
	_, _, _ = unix.RawSyscall(unix.SYS_READ, neg(markFD+c.call), 0, 0)
}

// do makes a call, of which tapir is to print want, and returns its result. In want
//
//	$1 … $6   is that argument as %p shows it
//	#1 … #6   is that argument as an int
//	= R       is what the call really returned, as a decimal number or an error
//
// and the rest is a pattern. Arguments are integers, nil, or strings and bytes, of
// which the address is given; a string ends with a NUL.
func (c *caller) do(text string, nr int, args ...any) int {
	a := c.arguments(args)
	return c.around(text, a, func() int { return raw(uintptr(nr), a) })
}

// around notes what is expected of the call that make makes.
func (c *caller) around(text string, a [6]uintptr, make func() int) int {
	c.mark()
	result := make()
	_, file, line, _ := runtime.Caller(2)
	at := filepath.Base(file) + ":" + strconv.Itoa(line)
	c.wants = append(c.wants, want{fill(text, a, result), at, c.call})
	c.call++
	return result
}

// also notes a further line that the call before made appear.
func (c *caller) also(text string) {
	_, file, line, _ := runtime.Caller(1)
	c.wants = append(c.wants, want{text, filepath.Base(file) + ":" + strconv.Itoa(line), c.call - 1})
}

// quiet makes a call that nothing is expected of.
func (c *caller) quiet(nr int, args ...any) int { return raw(uintptr(nr), c.arguments(args)) }

// raw makes a call without telling Go's scheduler, which would make some of its own.
func raw(nr uintptr, a [6]uintptr) int {
	r, _, errno := unix.RawSyscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5])
	if errno != 0 {
		return -int(errno)
	}
	return int(r)
}

func (c *caller) arguments(args []any) (a [6]uintptr) {
	for i, arg := range args {
		switch v := arg.(type) {
		case nil:
		case int:
			a[i] = uintptr(v)
		case uintptr:
			a[i] = v
		case uint64:
			a[i] = uintptr(v)
		case string:
			a[i] = c.bytes([]byte(v + "\x00"))
		case []byte:
			a[i] = c.bytes(v)
		default:
			panic(fmt.Sprintf("calls: argument %T", arg))
		}
	}
	return a
}

// bytes puts a copy of b where it stays, and returns its address.
func (c *caller) bytes(b []byte) uintptr {
	p := c.room(len(b))
	copy(c.arena[p-c.base():], b)
	return p
}

// room is the address of n zero bytes, of eight at least.
func (c *caller) room(n int) uintptr {
	at := c.used
	c.used += max(n+7, 8) &^ 7
	return c.base() + uintptr(at)
}

func (c *caller) base() uintptr { return uintptr(unsafe.Pointer(&c.arena[0])) }

// put puts a copy of v where it stays, and returns its address.
func put[T any](c *caller, v T) uintptr {
	return c.bytes(unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v)))
}

// get reads a value at an address that put or room gave.
func get[T any](c *caller, p uintptr) T {
	return *(*T)(unsafe.Pointer(&c.arena[p-c.base()]))
}

// blank is the address of an argument that the call is to fill in.
func (c *caller) blank() uintptr { return c.room(1024) }

var placeholder = regexp.MustCompile(`[$#][1-6]|= R$`)

// fill replaces the placeholders of an expectation.
func fill(text string, a [6]uintptr, result int) string {
	return placeholder.ReplaceAllStringFunc(text, func(s string) string {
		switch s[0] {
		case '$':
			return fmt.Sprintf("%#x", a[s[1]-'1'])
		case '#':
			return strconv.Itoa(int(int32(a[s[1]-'1'])))
		}
		return "= " + string(decode.AppendRetstr(nil, decode.FormatDecimal, int64(result)))
	})
}

func itoa(n int32) string { return strconv.Itoa(int(n)) }
