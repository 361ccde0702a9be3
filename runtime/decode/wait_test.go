package decode_test

import (
	"testing"

	"tapir/runtime/decode"
)

func TestAppendWaitStatus(t *testing.T) {
	for _, c := range []struct {
		status uint32
		want   string
	}{
		{0x0000, "WEXITSTATUS=0"},
		{0x0700, "WEXITSTATUS=7"},
		{0xff00, "WEXITSTATUS=255"},
		{0x0080, "WEXITSTATUS=0"}, // exited is tested before the core bit
		{0x0009, "WTERMSIG=SIGKILL"},
		{0x001d, "WTERMSIG=SIGIO/SIGPOLL"},
		{0x0022, "WTERMSIG=0x22"},
		{0x007e, "WTERMSIG=0x7e"},
		{0x008b, "WCOREDUMP"},
		{0x137f, "WSTOPSIG=SIGSTOP"},
		{0x117f, "WSTOPSIG=SIGCHLD"},
		{0x057f, "WSTOPSIG=SIGTRAP"},
		{0x007f, "WSTOPSIG=SIG_0"},
		{0x227f, "WSTOPSIG=0x22"},
		{0x857f, "WSTOPSIG=TRACESYSGOOD"},
		{0x1057f, "WSTOPSIG=SIGTRAP | PTRACE_EVENT_FORK << 8"},
		{0x2057f, "WSTOPSIG=SIGTRAP | PTRACE_EVENT_VFORK << 8"},
		{0x3057f, "WSTOPSIG=SIGTRAP | PTRACE_EVENT_CLONE << 8"},
		{0x4057f, "WSTOPSIG=SIGTRAP | PTRACE_EVENT_EXEC << 8"},
		{0x5057f, "WSTOPSIG=SIGTRAP | PTRACE_EVENT_VFORK_DONE << 8"},
		{0x6057f, "WSTOPSIG=SIGTRAP | PTRACE_EVENT_EXIT << 8"},
		{0x7057f, "WSTOPSIG=SIGTRAP | 0x70000"},
		{0x80057f, "WSTOPSIG=SIGTRAP | 0x800000"},
		{0x80137f, "WSTOPSIG=SIGSTOP | 0x800000"},
		{0x1137f, "WSTOPSIG=SIGSTOP | 0x10000"}, // an event comes with SIGTRAP only
		{0x10700, "WEXITSTATUS=7 | 0x10000"},
		{0xffff, "WIFCONTINUED"},
		{0x1ffff, "?=0x1ffff"},
		{0x01ff, "?=0x1ff"},
		{0xffffffff, "?=0xffffffff"},
	} {
		got := text(t, func(dst []byte) []byte {
			return decode.AppendWaitStatus(dst, set(t, "signals"), set(t, "ptrace_events"), c.status)
		})
		if got != c.want {
			t.Errorf("status %#x: got %s, want %s", c.status, got, c.want)
		}
	}
}

// Every status word has a text, of bounded length.
func TestEveryWaitStatus(t *testing.T) {
	signals, events := set(t, "signals"), set(t, "ptrace_events")
	dst := make([]byte, 0, 64)
	for high := range uint32(9) {
		for low := range uint32(1 << 16) {
			dst = decode.AppendWaitStatus(dst[:0], signals, events, high<<16|low)
			if len(dst) == 0 || len(dst) > 60 {
				t.Fatalf("status %#x: %q", high<<16|low, dst)
			}
		}
	}
}
