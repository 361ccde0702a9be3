package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Finding is one thing that tracing depends on.
type Finding struct {
	Name   string // "BTF", "raw tracepoints"
	OK     bool
	Detail string // what is there, or why it isn't
	Advice string // what to do about it; "" if nothing, or if OK
}

// String is the finding on a line of its own, and the advice on a second one.
func (f Finding) String() string {
	mark := "ok"
	if !f.OK {
		mark = "no"
	}
	s := fmt.Sprintf("%s  %-18s %s", mark, f.Name, f.Detail)
	if !f.OK && f.Advice != "" {
		s += "\n" + strings.Repeat(" ", 23) + "→ " + f.Advice
	}
	return s
}

// oldest is the first kernel that has all helpers which generated programs call.
var oldest = Version{5, 15}

// Examine finds out what tapir can do on this machine. Where it can, it tries:
// it loads and attaches an empty program for each kind of probe, which takes some
// 0.2 s in all, and leaves nothing behind.
func Examine(ctx context.Context) []Finding {
	findings := []Finding{examineKernel(), examineBTF()}
	findings = append(findings, examineCapabilities()...)
	findings = append(findings, examineLockdown(), examineUnprivileged(), examineFUSE())
	permitted := false // something could be loaded, so a refusal is not for lack of privileges
	for _, a := range attempts {
		if ctx.Err() != nil {
			break
		}
		f := a.examine(permitted)
		permitted = permitted || f.OK
		findings = append(findings, f)
	}
	return findings
}

func examineKernel() Finding {
	k, err := Live()
	if err != nil {
		return Finding{Name: "kernel", Detail: err.Error()}
	}
	return Finding{
		Name:   "kernel",
		OK:     k.Version().AtLeast(oldest.Major, oldest.Minor),
		Detail: fmt.Sprintf("%s, room for %d CPUs", k.Release(), k.CPUs()),
		Advice: fmt.Sprintf("use a kernel from %s on", oldest),
	}
}

func examineBTF() Finding {
	if _, err := readLayout(BTFPath); err != nil {
		return Finding{Name: "BTF", Detail: err.Error(), Advice: "use a kernel built with CONFIG_DEBUG_INFO_BTF=y, as all larger distributions' are"}
	}
	return Finding{Name: "BTF", OK: true, Detail: BTFPath}
}

var capabilities = []struct {
	bit  uint
	name string
}{
	{unix.CAP_BPF, "CAP_BPF"},
	{unix.CAP_PERFMON, "CAP_PERFMON"},
	{unix.CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
}

// MissingPrivileges is the names of the capabilities that tracing needs and this process
// has not.
func MissingPrivileges() []string {
	var names []string
	for _, f := range examineCapabilities() {
		if !f.OK {
			names = append(names, f.Name)
		}
	}
	return names
}

// examineCapabilities looks at the effective set. CAP_SYS_ADMIN stands for the
// other two, and alone is not needed.
func examineCapabilities() []Finding {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return []Finding{{Name: "capabilities", Detail: err.Error()}}
	}
	has := func(bit uint) bool { return data[bit/32].Effective&(1<<(bit%32)) != 0 }
	var findings []Finding
	for _, c := range capabilities {
		f := Finding{Name: c.name, OK: has(c.bit), Detail: "held"}
		switch {
		case f.OK:
		case has(unix.CAP_SYS_ADMIN):
			f.OK, f.Detail = true, "implied by CAP_SYS_ADMIN"
		case c.bit == unix.CAP_SYS_ADMIN && has(unix.CAP_BPF) && has(unix.CAP_PERFMON):
			f.OK, f.Detail = true, "not held, and not needed for system calls"
		default:
			f.Detail, f.Advice = "not held", "run as root (sudo), or: setcap cap_bpf,cap_perfmon=ep tapir"
		}
		findings = append(findings, f)
	}
	return findings
}

// examineFUSE tries the means by which a session gives files to other programs.
func examineFUSE() Finding {
	f := Finding{Name: "FUSE", OK: true, Detail: "for the files of procfs probes"}
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return Finding{Name: f.Name, Detail: fmt.Sprintf("/dev/fuse: %v", err), Advice: "procfs probes need it: modprobe fuse, and CAP_SYS_ADMIN"}
	}
	_ = unix.Close(fd)
	return f
}

// examineLockdown reads the kernel's lockdown mode: "none [integrity] confidentiality".
func examineLockdown() Finding {
	f := Finding{Name: "lockdown", OK: true, Detail: "none"}
	text, err := os.ReadFile("/sys/kernel/security/lockdown")
	if err != nil {
		f.Detail = "unknown (securityfs is not mounted, or the kernel has no lockdown)"
		return f
	}
	if _, rest, ok := strings.Cut(string(text), "["); ok {
		f.Detail, _, _ = strings.Cut(rest, "]")
	}
	if f.Detail == "confidentiality" {
		f.OK, f.Advice = false, "programs may not read memory; boot with lockdown=integrity or without it"
	}
	return f
}

func examineUnprivileged() Finding {
	f := Finding{Name: "unprivileged BPF", OK: true}
	text, err := os.ReadFile("/proc/sys/kernel/unprivileged_bpf_disabled")
	switch n, convErr := strconv.Atoi(strings.TrimSpace(string(text))); {
	case err != nil || convErr != nil:
		f.Detail = "unknown"
	case n == 0:
		f.Detail = "allowed by the kernel; tracing needs privileges all the same"
	default:
		f.Detail = fmt.Sprintf("disabled (%d), as it should be", n)
	}
	return f
}

// reason makes an error short enough for a line.
func reason(err error, permitted bool) string {
	switch {
	case !denied(err):
		first, _, _ := strings.Cut(err.Error(), "\n")
		return first
	case permitted:
		return "this kernel refuses it"
	default:
		return "not permitted"
	}
}

func denied(err error) bool {
	return errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)
}
