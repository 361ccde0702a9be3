package target

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// What is peculiar to x86-64: the table of system calls, the registers that
// carry their arguments, and the mark of 32-bit callers.

//go:embed x86_64.tbl
var x86Table string

// x86Args are the members of pt_regs that hold a system call's arguments.
var x86Args = [6]string{"di", "si", "dx", "r10", "r8", "r9"}

// x86Params are the offsets in pt_regs of a function's arguments: rdi, rsi, rdx, rcx,
// r8, r9. Programs at places in user code get the pt_regs of the kernel's interface
// (linux/bpf_perf_event.h), which does not change.
var x86Params = [6]int{112, 104, 96, 88, 72, 64}

// x86User are the offsets in pt_regs of the registers by their numbers in DWARF: rax,
// rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15, rip.
var x86User = [17]int{80, 96, 88, 40, 104, 112, 32, 152, 72, 64, 56, 48, 24, 16, 8, 0, 128}

const (
	x86Result  = "ax"
	x86Number  = "orig_ax"
	x86Segment = "cs"

	// CompatStatus is the bit of thread_info.status that is set while a task is in
	// a system call of the 32-bit table, whose numbers mean other calls.
	CompatStatus = 2
)

type callTable struct {
	numbers map[string]int
	names   []string
}

func x86Calls() *callTable {
	t := &callTable{numbers: make(map[string]int, 400)}
	for line := range strings.Lines(x86Table) {
		if line[0] == '#' {
			continue
		}
		number, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		nr, err := strconv.Atoi(number)
		if err != nil {
			panic(fmt.Sprintf("target: system call table: %v", err))
		}
		t.numbers[name] = nr
	}
	t.names = slices.Sorted(maps.Keys(t.numbers))
	return t
}
