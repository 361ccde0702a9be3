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

// x86Params are those that hold a function's.
var x86Params = [6]string{"di", "si", "dx", "cx", "r8", "r9"}

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
