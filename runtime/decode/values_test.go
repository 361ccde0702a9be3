package decode_test

import (
	"testing"

	"tapir/runtime/decode"
)

// valueRows are numbers that are neither flags nor an enumeration, by decoder.
func valueRows(t testing.TB) []struct {
	name string
	f    func(dst []byte, v int64) []byte
	want map[int64]string
} {
	l := lists(t)
	with := func(f func(dst []byte, names decode.Names, v int64) []byte) func(dst []byte, v int64) []byte {
		return func(dst []byte, v int64) []byte { return f(dst, l, v) }
	}
	return []struct {
		name string
		f    func(dst []byte, v int64) []byte
		want map[int64]string
	}{
		{"mode", func(dst []byte, v int64) []byte { return decode.AppendMode(dst, uint32(v)) }, map[int64]string{
			0o100644: "S_IFREG|0644", 0o20000: "S_IFCHR|00", 0o60660: "S_IFBLK|0660", 0o10600: "S_IFIFO|0600", 0o140755: "S_IFSOCK|0755",
			0o41777: "S_IFDIR|01777", 0o120777: "S_IFLNK|0777", 0o644: "0644", 0: "00", 0o170001: "0170001", 0xffffffff: "037777777777",
		}},
		{"semget", decode.AppendSemFlags, map[int64]string{
			0: "", 0o666: "0666", 0x200 | 0o600: "IPC_CREAT|0600", 0x600: "IPC_CREAT|IPC_EXCL", 0x400: "IPC_EXCL",
			0x800: "0x800", 0xa01: "IPC_CREAT|0x800|01", -1: "IPC_CREAT|IPC_EXCL|0xfffffffffffff800|0777",
		}},
		{"shmget", with(decode.AppendShmgetFlags), map[int64]string{
			0: "0x0", 0o600: "0x0|0600", 0x200 | 0o600: "IPC_CREAT|0600", 0x1e00: "IPC_CREAT|IPC_EXCL|SHM_HUGETLB|SHM_NORESERVE", 0x4200: "IPC_CREAT|0x4000",
		}},
		{"key", decode.AppendIPCKey, map[int64]string{0: "IPC_PRIVATE", 5: "5", -1: "-1"}},
		{"type", with(decode.AppendSockType), map[int64]string{
			1: "SOCK_STREAM", 0x80802: "SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK", 10: "SOCK_PACKET", 0: "0x0", 0x13: "SOCK_RAW|0x10",
			-1: "0xf|SOCK_CLOEXEC|SOCK_NONBLOCK|0xfff7f7f0",
		}},
		{"inet protocol", func(dst []byte, v int64) []byte { return decode.AppendSockProtocol(dst, 2, v) }, map[int64]string{0: "IPPROTO_IP", 6: "IPPROTO_TCP", 255: "IPPROTO_RAW", 9: "9", -1: "-1"}},
		{"inet6 protocol", func(dst []byte, v int64) []byte { return decode.AppendSockProtocol(dst, 10, v) }, map[int64]string{17: "IPPROTO_UDP"}},
		{"unix protocol", func(dst []byte, v int64) []byte { return decode.AppendSockProtocol(dst, 1, v) }, map[int64]string{0: "0", 6: "6"}},
		{"mmap", with(decode.AppendMmapFlags), map[int64]string{
			0: "0x0", 0x32: "MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS", 0x40 | 2: "MAP_PRIVATE|MAP_32BIT",
			0x40022 | 21<<26: "MAP_HUGE_2MB|MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB", 0x40002 | 30<<26: "MAP_HUGE_1GB|MAP_PRIVATE|MAP_HUGETLB",
			0x40002 | 16<<26: "MAP_HUGE_64KB|MAP_PRIVATE|MAP_HUGETLB", 0x40002 | 34<<26: "MAP_HUGE_16GB|MAP_PRIVATE|MAP_HUGETLB",
			0x40000 | 1<<26: "MAP_HUGE_2B|MAP_HUGETLB", 1 << 26: "MAP_UNINITIALIZED", 0x100000: "0x100000",
			-1: "MAP_HUGE_8589934592GB|MAP_SHARED|MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS|MAP_GROWSDOWN|MAP_DENYWRITE|MAP_EXECUTABLE|MAP_LOCKED|MAP_NORESERVE|MAP_POPULATE|MAP_NONBLOCK|MAP_STACK|MAP_HUGETLB|MAP_32BIT|0xffffffff03f8068c",
		}},
		{"mempolicy", with(decode.AppendMempolicyMode), map[int64]string{
			0: "MPOL_DEFAULT", 2: "MPOL_BIND", 0x8003: "MPOL_F_STATIC_NODES|MPOL_INTERLEAVE", 0x4001: "MPOL_F_RELATIVE_NODES|MPOL_PREFERRED",
			0xc000: "0xc000|MPOL_DEFAULT", 9: "0x9", -1: "0xc000|0xffffffffffff3fff",
		}},
		{"futex wake op", with(decode.AppendFutexWakeOp), map[int64]string{
			0: "{FUTEX_OP_SET, 0, FUTEX_OP_CMP_EQ, 0}", 0x14001005: "{FUTEX_OP_ADD, 1, FUTEX_OP_CMP_GT, 5}",
			0xa3fff00a: "{FUTEX_OP_OPARG_SHIFT|FUTEX_OP_OR, 4095, FUTEX_OP_CMP_LE, 10}", 0x77000000: "{0x7, 0, 0x7, 0}",
		}},
		{"futex2", with(decode.AppendFutex2Flags), map[int64]string{2: "FUTEX2_SIZE_U32", 0x83: "FUTEX2_SIZE_U64|FUTEX2_PRIVATE", 0x104: "FUTEX2_SIZE_U8|FUTEX2_NUMA|0x100"}},
		{"policy", with(decode.AppendSchedPolicy), map[int64]string{
			0: "SCHED_OTHER", 1: "SCHED_FIFO", 6: "SCHED_DEADLINE", 0x40000002: "SCHED_RESET_ON_FORK|SCHED_RR", 4: "0x4", -1: "SCHED_RESET_ON_FORK|0xffffffffbfffffff",
		}},
		{"ioprio", with(decode.AppendIoprio), map[int64]string{0: "IOPRIO_CLASS_NONE|0", 0x4004: "IOPRIO_CLASS_BE|4", 0x6000: "IOPRIO_CLASS_IDLE|0", -1: "0x7|8191"}},
		{"quotactl", with(decode.AppendQuotactlCommand), map[int64]string{
			0x80000700: "Q_GETQUOTA|USRQUOTA", 0x80000201: "Q_QUOTAON|GRPQUOTA", 0x580302: "Q_XGETQUOTA|0x2", 0: "0x0|USRQUOTA", -1: "0xffffff|0xff",
		}},
		{"swapon", with(decode.AppendSwapFlags), map[int64]string{
			0: "0x0", 0x8005: "SWAP_FLAG_PREFER|5", 0x10000: "SWAP_FLAG_DISCARD", 5: "0x0", 0x98000: "SWAP_FLAG_PREFER|SWAP_FLAG_DISCARD|0x80000|0",
		}},
		{"fanotify", with(decode.AppendFanotifyInit), map[int64]string{
			0: "FAN_CLASS_NOTIF", 5: "FAN_CLASS_CONTENT|FAN_CLOEXEC", 0x3b: "FAN_CLASS_PRE_CONTENT|FAN_CLOEXEC|FAN_NONBLOCK|FAN_UNLIMITED_QUEUE|FAN_UNLIMITED_MARKS",
			0xc: "0xc", 0x1002: "FAN_CLASS_NOTIF|FAN_NONBLOCK|0x1000",
		}},
		{"ipc command", func(dst []byte, v int64) []byte {
			return decode.AppendIPCCommand(dst, decode.Set{{Text: "IPC_STAT", Value: 2}}, v)
		}, map[int64]string{2: "IPC_STAT", 0x102: "IPC_64|IPC_STAT", 9: "0x9", 0x109: "IPC_64|0x9"}},
		{"flags, decimal", func(dst []byte, v int64) []byte {
			return decode.AppendFlagsDecimal(dst, decode.Set{{Text: "A", Value: 1}, {Text: "B", Value: 2}}, v)
		}, map[int64]string{0: "0x0", 1: "A", 3: "A|B", 18: "B|16", 16: "16"}},
	}
}

func TestValues(t *testing.T) {
	for _, row := range valueRows(t) {
		for v, want := range row.want {
			if got := text(t, func(dst []byte) []byte { return row.f(dst, v) }); got != want {
				t.Errorf("%s, %#x\n got %s\nwant %s", row.name, v, got, want)
			}
		}
	}
}

func TestPrctl(t *testing.T) {
	for _, row := range []struct {
		option, arg2, arg3 int64
		want               string
	}{
		{1, 9, 0, "PR_SET_PDEATHSIG, 0x9"},
		{2, 0x7000, 0, "PR_GET_PDEATHSIG, 0x7000"},
		{3, 1, 2, "PR_GET_DUMPABLE"},
		{4, 1, 2, "PR_SET_DUMPABLE, 1"},
		{6, 2, 0, "PR_SET_UNALIGN, PR_UNALIGN_SIGBUS"},
		{8, -1, 0, "PR_SET_KEEPCAPS, 18446744073709551615"},
		{10, 1, 0, "PR_SET_FPEMU, PR_FPEMU_NOPRINT"},
		{12, 0x80, 0, "PR_SET_FPEXC, PR_FP_EXC_SW_ENABLE"},
		{14, 0, 0, "PR_SET_TIMING, PR_TIMING_STATISTICAL"},
		{15, 0x7000, 0, "PR_SET_NAME, 0x7000"},
		{20, 1, 0, "PR_SET_ENDIAN, PR_ENDIAN_LITTLE"},
		{22, 2, 0x7000, "PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 0x7000"},
		{23, 21, 0, "PR_CAPBSET_READ, CAP_SYS_ADMIN"},
		{24, 99, 0, "PR_CAPBSET_DROP, 0x63"},
		{26, 1, 0, "PR_SET_TSC, PR_TSC_ENABLE"},
		{28, 0x41, 0, "PR_SET_SECUREBITS, SECBIT_NOROOT|0x40"},
		{29, 50000, 0, "PR_SET_TIMERSLACK, 50000"},
		{30, 1, 0, "PR_GET_TIMERSLACK"},
		{33, 1, 2, "PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_DEFAULT"},
		{35, 13, 5, "PR_SET_MM, PR_SET_MM_EXE_FILE, 0x5"},
		{38, 1, 0, "PR_SET_NO_NEW_PRIVS, 1"},
		{41, 1, 0, "PR_SET_THP_DISABLE, 0x1"},
		{44, 1, 0, "PR_MPX_DISABLE_MANAGEMENT"},
		{0x59616d61, -1, 0, "PR_SET_PTRACER, PR_SET_PTRACER_ANY"},
		{0x59616d61, 77, 0, "PR_SET_PTRACER, 77"},
		{99, 1, 2, "0x63, 0x1, 0x2, 0x4, 0x5"},
		{-1, 1, 2, "0xffffffff, 0x1, 0x2, 0x4, 0x5"},
	} {
		got := text(t, func(dst []byte) []byte {
			return decode.AppendPrctl(dst, lists(t), row.option, [4]int64{row.arg2, row.arg3, 4, 5})
		})
		if got != row.want {
			t.Errorf("option %d\n got %s\nwant %s", row.option, got, row.want)
		}
	}
}

// TestPrctlOptions holds that every option with a name has its arguments.
func TestPrctlOptions(t *testing.T) {
	for _, o := range set(t, "prctl_options") {
		got := text(t, func(dst []byte) []byte { return decode.AppendPrctl(dst, lists(t), o.Value, [4]int64{6, 7, 8, 9}) })
		if want := o.Text + ", 0x6, 0x7, 0x8, 0x9"; got == want {
			t.Errorf("%s is shown with all four arguments", got)
		}
	}
}
