package calls

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// variableScript shows variables of probes beside argstr, of the entry and of the
// return.
const variableScript = `
probe syscall.openat { if (pid() == target()) printf("%s %d %s %s %d %s %o\n", name, dfd, dfd_str, filename_unquoted, flags, flags_str, mode) }
probe syscall.bind { if (pid() == target()) printf("%s %s %s %s %d\n", name, uaddr_af, uaddr_ip, uaddr_ip_port, addrlen) }
probe syscall.connect { if (pid() == target()) printf("%s %s %s %s\n", name, uaddr_af, uaddr_ip, uaddr_ip_port) }
probe syscall.write { if (pid() == target() && fd == -1) printf("%s %d %s %d\n", name, fd, buf_str, count) }
probe syscall.pipe.return { if (pid() == target()) printf("%s %d %d %d\n", name, pipe0 > 2, pipe1 > pipe0, fildes_uaddr != 0) }
probe syscall.wait4.return { if (pid() == target()) printf("%s %d %s\n", name, retval > 0, status_str) }
probe syscall.epoll_create.return { if (pid() == target()) printf("%s %d\n", name, flags) }
`

func variableCalls(c *caller) {
	c.quiet(unix.SYS_OPENAT, at, "none", 0x241, 0o640)
	c.quiet(unix.SYS_BIND, -1, inet(80, [4]byte{127, 0, 0, 1}), 16)
	c.quiet(unix.SYS_BIND, -1, local("path\x00"), 7)
	c.quiet(unix.SYS_CONNECT, -1, inet6(443, 1), 28)
	c.quiet(unix.SYS_WRITE, -1, "a\nb", 3)
	c.quiet(unix.SYS_PIPE2, c.blank(), 0)
	c.quiet(unix.SYS_PIPE2, nil, 0)
	pid := inChild(unix.SYS_GETPID, [6]uintptr{})
	c.quiet(unix.SYS_WAIT4, pid, c.blank(), 0, nil)
	pid = inChild(unix.SYS_GETPID, [6]uintptr{})
	c.quiet(unix.SYS_WAIT4, pid, nil, 0, nil)
	c.quiet(unix.SYS_WAIT4, -1, c.blank(), 0, nil)
	c.quiet(unix.SYS_EPOLL_CREATE1, 0x80000)
}

// variableLines is what variableScript prints of variableCalls.
var variableLines = []string{
	`openat -100 AT_FDCWD none 577 O_WRONLY|O_CREAT|O_TRUNC 640`,
	`bind AF_INET 127.0.0.1 80 16`,
	`bind AF_UNIX   7`,
	`connect AF_INET6 2001:0db8:0000:0000:0000:0000:0000:0001 443`,
	`write -1 "a\nb" 3`,
	`pipe2 1 1 1`,
	`pipe2 0 0 0`,
	`wait4 1 WEXITSTATUS=9`,
	`wait4 1 NULL`,
	`wait4 0 N/A`,
	`epoll_create1 524288`,
}

// TestVariables holds variables of the probes, of which each kind is there once.
func TestVariables(t *testing.T) {
	p := command(t)
	lines := p.trace(t, variableScript, t.TempDir(), environment("variables", filepath.Join(t.TempDir(), "wants")), self(t))
	at := 0
	for _, want := range variableLines {
		i := slices.Index(lines[at:], want)
		if i < 0 {
			t.Errorf("no line %s in\n%s", want, strings.Join(lines[at:], "\n"))
			continue
		}
		at += i + 1
	}
}

// TestPlacements holds that what the kernel filters and what user space does is the
// same.
func TestPlacements(t *testing.T) {
	p := command(t)
	user := *p
	user.options = []string{"--placement=user"}
	for _, prog := range programs() {
		switch prog.name {
		case "buffer", "exec", "socket", "filled":
			t.Run(prog.name, func(t *testing.T) { user.runProgram(t, prog) })
		}
	}
}

// asOther makes calls by the numbers of 32-bit programs: 20 is getpid, which would be
// writev, and 5 is open, which would be fstat.
const asOther = `
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
	long pid, fd;
	syscall(SYS_getppid);
	asm volatile("int $0x80" : "=a"(pid) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	asm volatile("int $0x80" : "=a"(fd) : "a"(5), "b"(0), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
	syscall(SYS_getppid);
	return pid != getpid();
}
`

// TestOtherCallers holds that a 32-bit caller's numbers are never taken for others'.
func TestOtherCallers(t *testing.T) {
	p := command(t)
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc")
	}
	exe := filepath.Join(t.TempDir(), "other")
	cmd := exec.Command(gcc, "-x", "c", "-w", "-o", exe, "-")
	cmd.Stdin = strings.NewReader(asOther)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("compile: %v\n%s", err, out)
	}
	var exit *exec.ExitError
	if err := exec.Command(exe).Run(); errors.As(err, &exit) {
		t.Skipf("this kernel runs no 32-bit calls: %v", err)
	}
	lines := p.trace(t, traceScript([]string{"getppid", "writev", "fstat"}), t.TempDir(), nil, exe)
	between := false
	for _, line := range lines {
		switch name := callName(line); {
		case name == "getppid":
			between = !between
		case between:
			t.Errorf("a 32-bit call is shown as %s", line)
		}
	}
	if between || len(lines) == 0 {
		t.Errorf("the calls around are missing in %q", lines)
	}
}
