package demo

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Variant is one way to instrument at a fork.
type Variant struct {
	Name    string
	Title   string // what happens
	Look    string // what to look at in the trace
	options int    // more options of ptrace
	dance   func(*mutator) error
}

// Variants are the ways that are shown, in order.
var Variants = [...]Variant{
	{
		Name:  "bug",
		Title: "The bug: registers fetched at PTRACE_EVENT_FORK, in the middle of the system call",
		Look: "PTRACE_GETREGS comes before \"<- fork\", PTRACE_SETREGS after it: the kernel's result\n" +
			"is overwritten by what the register held while fork was still running.",
		dance: danceTooEarly,
	},
	{
		Name:  "fix",
		Title: "The fix: one PTRACE_SYSCALL after the event, so that the kernel's fork completes first",
		Look: "PTRACE_GETREGS comes after \"<- fork\": what PTRACE_SETREGS writes back later is what\n" +
			"the system call returned.",
		options: unix.PTRACE_O_TRACESYSGOOD,
		dance:   danceAfterwards,
	},
}

func findVariant(name string) *Variant {
	for i := range Variants {
		if Variants[i].Name == name {
			return &Variants[i]
		}
	}
	return nil
}

// danceTooEarly saves the mutatee's registers while fork has not returned yet.
func danceTooEarly(m *mutator) error {
	if err := m.lookAhead(); err != nil {
		return err
	}
	if err := m.findChild(); err != nil {
		return err
	}
	if err := m.wait(m.child, stop(unix.SIGSTOP)); err != nil {
		return err
	}
	if err := m.wait(m.pid, forkEvent); err != nil {
		return err
	}
	return m.instrument()
}

// danceAfterwards lets fork return before the mutatee's registers are saved.
func danceAfterwards(m *mutator) error {
	if err := m.wait(m.pid, forkEvent); err != nil {
		return err
	}
	if err := m.findChild(); err != nil {
		return err
	}
	if err := unix.PtraceSyscall(m.pid, 0); err != nil {
		return fmt.Errorf("continue %d to the system call's end: %w", m.pid, err)
	}
	if err := m.lookAhead(); err != nil {
		return err
	}
	if err := m.wait(m.child, stop(unix.SIGSTOP)); err != nil {
		return err
	}
	if err := m.wait(m.pid, syscallStop); err != nil {
		return err
	}
	return m.instrument()
}

// instrument saves the registers, lets the mutatee run up to a breakpoint behind
// the system call, and restores them: what a mutator does around code of its own.
func (m *mutator) instrument() error {
	var saved unix.PtraceRegs
	if err := fetchRegisters(m.pid, &saved); err != nil {
		return fmt.Errorf("fetch registers: %w", err)
	}
	behind := uintptr(saved.PC())
	var code [1]byte
	if _, err := unix.PtracePeekText(m.pid, behind, code[:]); err != nil {
		return fmt.Errorf("read code at %#x: %w", behind, err)
	}
	if _, err := unix.PtracePokeText(m.pid, behind, []byte{breakpoint}); err != nil {
		return fmt.Errorf("plant a breakpoint at %#x: %w", behind, err)
	}
	if err := m.cont(); err != nil {
		return err
	}
	if err := m.wait(m.pid, stop(unix.SIGTRAP)); err != nil {
		return err
	}
	if err := writeRegisters(m.pid, &saved); err != nil { // moves back over the breakpoint, too
		return fmt.Errorf("write back registers: %w", err)
	}
	if _, err := unix.PtracePokeText(m.pid, behind, code[:]); err != nil {
		return fmt.Errorf("remove the breakpoint at %#x: %w", behind, err)
	}
	return nil
}

// breakpoint is the int3 instruction.
const breakpoint = 0xcc
