package demo

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// fetchRegisters makes the PTRACE_GETREGS that the script watches; package unix
// would make a PTRACE_GETREGSET of it.
func fetchRegisters(pid int, regs *unix.PtraceRegs) error {
	return ptraceRegisters(unix.PTRACE_GETREGS, pid, regs)
}

// writeRegisters makes a PTRACE_SETREGS.
func writeRegisters(pid int, regs *unix.PtraceRegs) error {
	return ptraceRegisters(unix.PTRACE_SETREGS, pid, regs)
}

func ptraceRegisters(request, pid int, regs *unix.PtraceRegs) error {
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(pid), 0, uintptr(unsafe.Pointer(regs)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
