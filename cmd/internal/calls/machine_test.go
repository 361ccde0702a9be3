package calls

import "golang.org/x/sys/unix"

// Calls that the Go library has no numbers for.
const (
	sysListns         = 470
	sysRseqSliceYield = 471
)

// machineCalls are those that would change the machine: each with arguments that
// make it fail, whoever calls.
func machineCalls(c *caller) {
	c.do(`reboot (LINUX_REBOOT_MAGIC1, 0x0, LINUX_REBOOT_CMD_CAD_OFF, 0x0) = R`, unix.SYS_REBOOT, 0xfee1dead, 0, 0, nil)
	c.do(`reboot (0x0, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART, 0xffffffffffffffff) = R`, unix.SYS_REBOOT, 0, 0x28121969, 0x1234567, bad)
	c.do(`reboot (0x1, LINUX_REBOOT_MAGIC2A, LINUX_REBOOT_CMD_HALT, 0x0) = R`, unix.SYS_REBOOT, 1, 0x5121996, 0xcdef0123, nil)
	c.do(`kexec_load (0x0, 18446744073709551615, 0x0, KEXEC_ARCH_386|KEXEC_ARCH_X86_64) = R`, unix.SYS_KEXEC_LOAD, nil, -1, nil, 0x3e0000)
	c.do(`kexec_load (0x1, 18446744073709551615, 0xffffffffffffffff, KEXEC_ON_CRASH|KEXEC_PRESERVE_CONTEXT) = R`, unix.SYS_KEXEC_LOAD, 1, -1, bad, 3)
	c.do(`kexec_file_load (-1, -1, 3, "ro", KEXEC_FILE_ON_CRASH|KEXEC_FILE_NO_INITRAMFS) = R`, unix.SYS_KEXEC_FILE_LOAD, -1, -1, 3, "ro", 6)
	c.do(`kexec_file_load (-1, 5, 18446744073709551615, 0x0, 0xff.*) = R`, unix.SYS_KEXEC_FILE_LOAD, -1, 5, -1, nil, 0xff00)
	c.do(`init_module (0x0, 0, "args") = R`, unix.SYS_INIT_MODULE, nil, 0, "args")
	c.do(`init_module (0xffffffffffffffff, 5, 0xffffffffffffffff) = R`, unix.SYS_INIT_MODULE, bad, 5, bad)
	c.do(`finit_module (-1, "args", MODULE_INIT_IGNORE_MODVERSIONS|MODULE_INIT_IGNORE_VERMAGIC) = R`, unix.SYS_FINIT_MODULE, -1, "args", 3)
	c.do(`finit_module (-1, 0x0, 0x0) = R`, unix.SYS_FINIT_MODULE, -1, nil, 0)
	c.do(`delete_module ("no_such_module", O_NONBLOCK) = R`, unix.SYS_DELETE_MODULE, "no_such_module", unix.O_NONBLOCK)
	c.do(`delete_module (0x0, O_TRUNC|O_NONBLOCK) = R`, unix.SYS_DELETE_MODULE, nil, unix.O_NONBLOCK|unix.O_TRUNC)
	c.do(`sethostname ("x", -1) = R`, unix.SYS_SETHOSTNAME, "x", -1)
	c.do(`sethostname (0x0, 5) = R`, unix.SYS_SETHOSTNAME, nil, 5)
	c.do(`setdomainname (0xffffffffffffffff, 1) = R`, unix.SYS_SETDOMAINNAME, bad, 1)
	c.do(`setdomainname ("x", -1) = R`, unix.SYS_SETDOMAINNAME, "x", -1)
	c.do(`syslog (-1, 0x0, -1) = R`, unix.SYS_SYSLOG, -1, nil, -1)
	c.do(`syslog (10, 0x0, 0) = R`, unix.SYS_SYSLOG, 10, nil, 0)
	c.do(`iopl (0) = R`, unix.SYS_IOPL, 0)
	c.do(`iopl ([[[[-1!!!!4294967295]]]]) = R`, unix.SYS_IOPL, -1)
	c.do(`ioperm (0xffffffffffffffff, 0x1, 0x0) = R`, unix.SYS_IOPERM, -1, 1, 0)
	c.do(`ioperm (0x10000, 0x0, 0xffffffff) = R`, unix.SYS_IOPERM, 0x10000, 0, -1)
	c.do(`modify_ldt (0, $2, 16) = R`, unix.SYS_MODIFY_LDT, 0, c.blank(), 16)
	c.do(`modify_ldt (-1, 0x0, 18446744073709551615) = R`, unix.SYS_MODIFY_LDT, -1, nil, -1)
	for i, name := range []string{"BPF_MAP_CREATE", "BPF_MAP_LOOKUP_ELEM", "BPF_MAP_UPDATE_ELEM", "BPF_MAP_DELETE_ELEM", "BPF_MAP_GET_NEXT_KEY", "BPF_PROG_LOAD"} {
		c.do(`bpf (`+name+`, 0xffffffffffffffff, 8) = R`, unix.SYS_BPF, i, bad, 8)
	}
	c.do(`bpf (0xffffff.*, 0x0, 4294967295) = R`, unix.SYS_BPF, -1, nil, -1)
	c.do(`perf_event_open (0x0, -1, -1, -1, 0x0) = R`, unix.SYS_PERF_EVENT_OPEN, nil, -1, -1, -1, 0)
	c.do(`perf_event_open (0xffffffffffffffff, 0, 1, 5, PERF_FLAG_FD_NO_GROUP|PERF_FLAG_FD_OUTPUT|PERF_FLAG_PID_CGROUP|PERF_FLAG_FD_CLOEXEC) = R`, unix.SYS_PERF_EVENT_OPEN, bad, 0, 1, 5, 15)
	ctx := c.blank()
	c.do(`io_setup (1, $2) = R`, unix.SYS_IO_SETUP, 1, ctx)
	id := get[uint64](c, ctx)
	c.do(`io_setup (4294967295, 0x0) = R`, unix.SYS_IO_SETUP, -1, nil)
	c.do(`io_submit (NNNN, 0, 0x0) = R`, unix.SYS_IO_SUBMIT, id, 0, nil)
	c.do(`io_submit (0, -1, 0xffffffffffffffff) = R`, unix.SYS_IO_SUBMIT, 0, -1, bad)
	c.do(`io_getevents (NNNN, 0, 0, 0x0, [0.000000001]) = R`, unix.SYS_IO_GETEVENTS, id, 0, 0, nil, put(c, [2]int64{0, 1}))
	c.do(`io_getevents (0, -1, -1, 0x0, NULL) = R`, unix.SYS_IO_GETEVENTS, 0, -1, -1, nil, nil)
	c.do(`io_cancel (NNNN, 0x0, 0x0) = R`, unix.SYS_IO_CANCEL, id, nil, nil)
	c.do(`io_destroy (NNNN) = R`, unix.SYS_IO_DESTROY, id)
	c.do(`io_destroy (18446744073709551615) = R`, unix.SYS_IO_DESTROY, -1)
	c.do(`getrandom (.*, 4, GRND_NONBLOCK) = 4`, unix.SYS_GETRANDOM, c.blank(), 4, 1)
	c.do(`getrandom (0xffffffffffffffff, 4, GRND_NONBLOCK) = R`, unix.SYS_GETRANDOM, bad, 4, 1)
	c.do(`getrandom (0x0, 18446744073709551615, GRND_NONBLOCK|GRND_RANDOM|XXXX) = -22 (EINVAL)`, unix.SYS_GETRANDOM, nil, -1, -1)
	// Calls that this kernel has no longer, or not yet, or for other programs only.
	c.do(`sysctl ($1) = -38 (ENOSYS)`, unix.SYS__SYSCTL, c.blank())
	c.do(`lookup_dcookie (0x1, $2, 0x10) = -38 (ENOSYS)`, unix.SYS_LOOKUP_DCOOKIE, 1, c.blank(), 16)
	c.do(`set_thread_area ({entry_number=1, base_addr=2, limit=3, seg_32bit=1, contents=0, read_exec_only=0, limit_in_pages=1, seg_not_present=0, useable=1, lm=0}) = -38 (ENOSYS)`,
		unix.SYS_SET_THREAD_AREA, put(c, [4]uint32{1, 2, 3, 0x51}))
	c.do(`get_thread_area (NULL) = -38 (ENOSYS)`, unix.SYS_GET_THREAD_AREA, nil)
	c.do(`listns ($1, $2, 4, 0x0) = R`, sysListns, c.blank(), c.blank(), 4, 0)
	c.do(`rseq_slice_yield () = R`, sysRseqSliceYield)
	c.do(`ni_syscall () = -38 (ENOSYS)`, 999)
	c.do(`ni_syscall () = -38 (ENOSYS)`, 335+50)
}
