package attach

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Privileges are what this process may do, as far as tracing depends on it.
type Privileges struct {
	Root         bool
	Capabilities uint64 // the effective set, a bit each
	Lockdown     string // none, integrity, confidentiality, or "" if unknown
	// UnprivilegedBPF is the kernel's switch unprivileged_bpf_disabled: 0, 1 or 2;
	// -1 if unknown. Tracing needs privileges in any case.
	UnprivilegedBPF int
}

// ReadPrivileges asks the kernel. What it does not tell stays unknown.
func ReadPrivileges() Privileges {
	p := Privileges{Root: os.Geteuid() == 0, UnprivilegedBPF: -1}
	p.Capabilities = effectiveCapabilities("/proc/self/status")
	if text, err := os.ReadFile("/sys/kernel/security/lockdown"); err == nil {
		p.Lockdown = chosen(string(text))
	}
	if text, err := os.ReadFile("/proc/sys/kernel/unprivileged_bpf_disabled"); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			p.UnprivilegedBPF = n
		}
	}
	return p
}

// needed are the capabilities that loading and attaching take.
var needed = []struct {
	bit  int
	name string
}{
	{unix.CAP_BPF, "CAP_BPF"},
	{unix.CAP_PERFMON, "CAP_PERFMON"},
}

// Missing names the capabilities that tracing takes and this process lacks.
func (p Privileges) Missing() []string {
	if p.has(unix.CAP_SYS_ADMIN) {
		return nil // includes both
	}
	var missing []string
	for _, c := range needed {
		if !p.has(c.bit) {
			missing = append(missing, c.name)
		}
	}
	return missing
}

func (p Privileges) has(bit int) bool { return p.Capabilities&(1<<bit) != 0 }

// Advice says in a sentence what to do about a refusal.
func (p Privileges) Advice() string {
	missing := strings.Join(p.Missing(), " and ")
	switch {
	case missing != "" && p.Root:
		return fmt.Sprintf("it is root without %s; start the container or service with these capabilities", missing)
	case missing != "":
		return fmt.Sprintf("it lacks %s; run tapir as root (sudo tapir …), or give the binary the capabilities: sudo setcap cap_bpf,cap_perfmon=ep FILE", missing)
	case p.Lockdown == "confidentiality":
		return "the kernel is locked down (confidentiality); boot it with lockdown=integrity or lockdown=none"
	default:
		return "it has the capabilities, so a security module or a seccomp filter must forbid it; look into the kernel's log (dmesg, ausearch)"
	}
}

// effectiveCapabilities is the CapEff line of a status file of /proc, or 0.
func effectiveCapabilities(path string) uint64 {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if text, ok := strings.CutPrefix(s.Text(), "CapEff:"); ok {
			caps, _ := strconv.ParseUint(strings.TrimSpace(text), 16, 64)
			return caps
		}
	}
	return 0
}

// chosen is the word in brackets of a list such as "none [integrity] confidentiality".
func chosen(list string) string {
	_, rest, _ := strings.Cut(list, "[")
	word, _, ok := strings.Cut(rest, "]")
	if !ok {
		return ""
	}
	return word
}
