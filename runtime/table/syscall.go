package table

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The library's batch functions want values of types that are known when tapir is
// compiled, and take values of per-CPU maps apart one by one; these calls take
// bytes.

// elementAttr and batchAttr are the kernel's union bpf_attr for commands about one
// element and about many.
type elementAttr struct {
	fd         uint32
	_          uint32
	key, value uint64
	flags      uint64
}

type batchAttr struct {
	in, out      uint64
	keys, values uint64
	count, fd    uint32
	elemFlags    uint64
	flags        uint64
}

func call(command int, attr unsafe.Pointer, size uintptr) error {
	if _, _, errno := unix.Syscall(unix.SYS_BPF, uintptr(command), uintptr(attr), size); errno != 0 {
		return errno
	}
	return nil
}

func address(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	return uint64(uintptr(unsafe.Pointer(&b[0])))
}
