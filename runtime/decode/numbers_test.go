package decode_test

import (
	"math"
	"testing"

	"tapir/runtime/decode"
)

func TestAppendFlags(t *testing.T) {
	letters := decode.Set{{Text: "A", Value: 1}, {Text: "BC", Value: 6}, {Text: "C", Value: 4}, {Text: "D", Value: 8}}
	withZero := append(decode.Set{{Text: "NONE", Value: 0}}, letters...)
	for _, c := range []struct {
		set  decode.Set
		v    int64
		want string
	}{
		{letters, 0, "0x0"},
		{withZero, 0, "NONE"},
		{withZero, 1, "A"},
		{letters, 9, "A|D"},
		{letters, 2, "BC"}, // one bit of two is enough
		{letters, 4, "BC"},
		{letters, 15, "A|BC|D"},
		{letters, 16, "0x10"},
		{letters, 0x31, "A|0x30"},
		{letters, -1, "A|BC|D|0xfffffffffffffff0"},
		{nil, 5, "0x5"},
		{set(t, "wait4_options"), 3, "WNOHANG|WSTOPPED"},
		{set(t, "wait4_options"), 0x40000000, "__WALL"},
	} {
		got := text(t, func(dst []byte) []byte { return decode.AppendFlags(dst, c.set, c.v) })
		if got != c.want {
			t.Errorf("flags %#x: got %s, want %s", c.v, got, c.want)
		}
	}
}

func TestAppendEnum(t *testing.T) {
	which := set(t, "waitid_which")
	for _, c := range []struct {
		v             int64
		want, decimal string
	}{
		{0, "P_ALL", "P_ALL"},
		{2, "P_PGID", "P_PGID"},
		{9, "0x9", "9"},
		{-1, "0xffffffffffffffff", "-1"},
		{0xffffffff, "0xffffffff", "4294967295"},
	} {
		if got := text(t, func(dst []byte) []byte { return decode.AppendEnum(dst, which, c.v) }); got != c.want {
			t.Errorf("enum %d: got %s, want %s", c.v, got, c.want)
		}
		if got := text(t, func(dst []byte) []byte { return decode.AppendEnumDecimal(dst, which, c.v) }); got != c.decimal {
			t.Errorf("decimal enum %d: got %s, want %s", c.v, got, c.decimal)
		}
	}
}

func TestAppendOpenFlags(t *testing.T) {
	for _, c := range []struct {
		v    int64
		want string
	}{
		{0, "O_RDONLY"},
		{1, "O_WRONLY"},
		{2, "O_RDWR"},
		{3, "O_RDONLY"},
		{0x401, "O_WRONLY|O_APPEND"},
		{0x242, "O_RDWR|O_CREAT|O_TRUNC"},
		{0x80242, "O_RDWR|O_CREAT|O_TRUNC|O_CLOEXEC"},
		{0x1000, "O_RDONLY|O_SYNC"}, // O_DSYNC is a bit of O_SYNC, which comes first
		{0x4000000, "O_RDONLY|0x4000000"},
		{-1, "O_RDONLY|O_CREAT|O_EXCL|O_NOCTTY|O_TRUNC|O_APPEND|O_NONBLOCK|O_SYNC|O_ASYNC|O_DIRECT|O_LARGEFILE|O_DIRECTORY|O_NOFOLLOW|O_NOATIME|O_CLOEXEC|O_PATH|0xffc0003c"},
	} {
		got := text(t, func(dst []byte) []byte { return decode.AppendOpenFlags(dst, set(t, "open_flags"), c.v) })
		if got != c.want {
			t.Errorf("open flags %#x:\n got %s\nwant %s", c.v, got, c.want)
		}
	}
}

func TestAppendCloneFlags(t *testing.T) {
	for _, c := range []struct {
		v    int64
		want string
	}{
		{17, "0x0|SIGCHLD"},
		{0x1200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD"},
		{0x4111, "CLONE_VM|CLONE_VFORK|SIGCHLD"},
		{0x20000, "CLONE_NEWNS"}, // as unshare(2) has it
		{0, "0x0"},
		{0x3d0f00, "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID"},
		{0x22, "0x0|0x22"},
	} {
		got := text(t, func(dst []byte) []byte {
			return decode.AppendCloneFlags(dst, set(t, "clone_flags"), set(t, "signals"), c.v)
		})
		if got != c.want {
			t.Errorf("clone flags %#x:\n got %s\nwant %s", c.v, got, c.want)
		}
	}
}

func TestAppendSignal(t *testing.T) {
	for v, want := range map[int64]string{
		0: "SIG_0", 1: "SIGHUP", 9: "SIGKILL", 10: "SIGUSR1", 12: "SIGUSR2", 29: "SIGIO/SIGPOLL", 31: "SIGSYS",
		34: "0x22", 133: "TRACESYSGOOD", -1: "0xffffffff",
	} {
		if got := text(t, func(dst []byte) []byte { return decode.AppendSignal(dst, set(t, "signals"), v) }); got != want {
			t.Errorf("signal %d: got %s, want %s", v, got, want)
		}
	}
}

func TestAppendDirfd(t *testing.T) {
	for v, want := range map[int64]string{-100: "AT_FDCWD", 99: "99", 0: "0", -1: "-1"} {
		if got := text(t, func(dst []byte) []byte { return decode.AppendDirfd(dst, v) }); got != want {
			t.Errorf("dirfd %d: got %s, want %s", v, got, want)
		}
	}
}

func TestAppendRetstr(t *testing.T) {
	for _, c := range []struct {
		format, v int64
		want      string
	}{
		{0, -2, "-2 (ENOENT)"}, {0, 0, "0"}, {0, 2, "2"},
		{1, -2, "-2 (ENOENT)"}, {1, 0, "0"}, {1, 2, "2"},
		{2, -2, "-2 (ENOENT)"}, {2, 0, "0x0"}, {2, 2, "0x2"},
		{3, -2, "-2 (ENOENT)"}, {3, 0, "00"}, {3, 2, "02"}, {3, 18, "022"},
		{1, -513, "-513"}, {2, -513, "0xfffffffffffffdff"},
		{1, -4095, "-4095"}, {1, -4096, "-4096"}, {2, 65536, "0x10000"},
		{1, -38, "-38 (ENOSYS)"}, {1, -41, "-41"}, {1, -132, "-132"},
		{1, math.MinInt64, "-9223372036854775808"}, {2, math.MinInt64, "0x8000000000000000"},
		{99, 7, "7"},
	} {
		got := text(t, func(dst []byte) []byte { return decode.AppendRetstr(dst, c.format, c.v) })
		if got != c.want {
			t.Errorf("result %d in format %d: got %s, want %s", c.v, c.format, got, c.want)
		}
	}
}

func TestErrnoName(t *testing.T) {
	for n, want := range map[int64]string{
		0: "", 1: "EPERM", -2: "ENOENT", 11: "EAGAIN", 35: "EDEADLK", 41: "", 58: "", 95: "EOPNOTSUPP",
		118: "ENOTNAM", 131: "ENOTRECOVERABLE", 132: "", 512: "", 4096: "", math.MinInt64: "", math.MaxInt64: "",
	} {
		if got := decode.ErrnoName(n); got != want {
			t.Errorf("name of error %d: got %q, want %q", n, got, want)
		}
		if got := text(t, func(dst []byte) []byte { return decode.AppendErrno(dst, n) }); got != want {
			t.Errorf("appended name of error %d: got %q, want %q", n, got, want)
		}
	}
}
