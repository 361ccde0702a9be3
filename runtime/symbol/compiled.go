package symbol

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// Code that a program has made itself lies in no file. Many of those that make some, such
// as Node.js and Java, can be told to write what they make into /tmp/perf-PID.map, a line
// for each function: where it begins, how long it is, both in hexadecimal digits, and its
// name. (The kernel's tools/perf/Documentation/jit-interface.txt describes it.)

// Bounds of what is read of such files.
const (
	maxCompiledText = 64 << 20 // bytes of a file
	maxCompiled     = 256      // processes
)

// compileAgain is after how many nanoseconds a file is looked at again for an address that
// it did not tell of.
const compileAgain = 100e6

// life is a process from its execve on.
type life struct {
	pid   int
	since int64
}

// compiled is what a process has told of the code that it has made.
type compiled struct {
	functions []function // their offsets are addresses
	name      string     // of the file
	tried     int64      // when it was last looked at, by the clock of events
	size      int64      // bytes that were read of it
}

// compiled names an address of a process that lies in no file.
func (s *Symbols) compiled(pid int, address uint64, at int64) (Symbol, bool) {
	since, current := s.processes.Life(pid, at)
	l := life{pid, since}
	c := s.made[l]
	if c == nil {
		if !current || len(s.made) >= maxCompiled {
			return Symbol{}, false
		}
		c = &compiled{tried: -compileAgain}
		s.made[l] = c
	}
	x, ok := c.find(address)
	if !ok && current && at-c.tried >= compileAgain {
		c.tried = at
		s.functions += c.read(pid, maxFunctions-s.functions)
		x, ok = c.find(address)
	}
	return x, ok
}

// find is the function at an address.
func (c *compiled) find(address uint64) (Symbol, bool) {
	fn, ok := (&file{functions: c.functions}).find(address)
	if !ok || fn.size == 0 {
		return Symbol{}, false
	}
	return Symbol{Name: fn.name, Offset: address - fn.offset, Size: fn.size, Module: c.name}, true
}

// read takes what a process's file tells, if it has grown since the last time, of so many
// functions at most; it gives how many more there are now.
func (c *compiled) read(pid, room int) int {
	file, name := openCompiled(pid)
	if file == nil {
		return 0
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() == c.size {
		return 0
	}
	text, err := io.ReadAll(io.LimitReader(file, maxCompiledText))
	if err != nil {
		return 0
	}
	before := len(c.functions)
	c.functions, c.name, c.size = parseCompiled(text, room+before), name, info.Size()
	return len(c.functions) - before
}

// openCompiled opens the file of a process, as the process sees files: nothing that it
// has put there leads out of what it sees itself. The file counts if it belongs to the
// process's user or to root; else anybody could have put it there.
func openCompiled(pid int) (*os.File, string) {
	proc := fmt.Sprintf("/proc/%d", pid)
	root, err := unix.Open(proc+"/root", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, ""
	}
	defer unix.Close(root)
	name := fmt.Sprintf("/tmp/perf-%d.map", innermostPID(proc, pid))
	fd, err := unix.Openat2(root, name, &unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NOFOLLOW | unix.O_NONBLOCK,
		Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != nil {
		return nil, ""
	}
	file := os.NewFile(uintptr(fd), name)
	var st, owner unix.Stat_t
	if unix.Fstat(fd, &st) != nil || unix.Stat(proc, &owner) != nil ||
		st.Mode&unix.S_IFMT != unix.S_IFREG || st.Uid != owner.Uid && st.Uid != 0 {
		file.Close()
		return nil, ""
	}
	return file, name
}

// innermostPID is the number that a process has for itself.
func innermostPID(proc string, pid int) int {
	text, err := os.ReadFile(proc + "/status")
	if err != nil {
		return pid
	}
	_, rest, _ := bytes.Cut(text, []byte("\nNSpid:"))
	line, _, _ := bytes.Cut(rest, []byte{'\n'})
	if words := bytes.Fields(line); len(words) > 0 {
		if n, err := strconv.Atoi(string(words[len(words)-1])); err == nil {
			return n
		}
	}
	return pid
}

// parseCompiled reads the text of such a file, and gives at most so many functions, by
// their addresses. Of those that begin at one address the last one counts; lines that make
// no sense are left out.
func parseCompiled(text []byte, room int) []function {
	var list []function
	for len(text) > 0 && len(list) < room {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		text = rest
		if x, ok := parseCompiledLine(line); ok && whole {
			list = append(list, x)
		}
	}
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b function) int { return cmp.Compare(a.offset, b.offset) })
	return slices.CompactFunc(list, func(a, b function) bool { return a.offset == b.offset })
}

func parseCompiledLine(line []byte) (x function, ok bool) {
	start, rest, _ := bytes.Cut(line, []byte{' '})
	size, name, _ := bytes.Cut(rest, []byte{' '})
	for _, number := range []struct {
		text []byte
		to   *uint64
	}{{start, &x.offset}, {size, &x.size}} {
		v, err := strconv.ParseUint(string(bytes.TrimPrefix(number.text, []byte("0x"))), 16, 64)
		if err != nil {
			return x, false
		}
		*number.to = v
	}
	x.name = Harmless(string(name[:min(len(name), maxSymbolName)]))
	return x, len(name) > 0 && x.size > 0 && x.offset+x.size > x.offset
}
