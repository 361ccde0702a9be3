package cli

import (
	"fmt"
	"os"
	"os/exec"

	"tapir/bpf/target"
	"tapir/lang/check"
	"tapir/lang/header"
)

// lacks is what this kernel and machine lack of what a script says that it needs, or "".
func lacks(kernel *target.Kernel, needs []header.Need) string {
	for _, n := range needs {
		if text := lacksOne(kernel, n); text != "" {
			return text
		}
	}
	return ""
}

func lacksOne(kernel *target.Kernel, n header.Need) string {
	switch n.Name {
	case "Linux":
		if major, minor := n.Version(); !kernel.Version().AtLeast(major, minor) {
			return fmt.Sprintf("needs Linux %s, and this is %s", n.Value, kernel.Release())
		}
	case "tracepoint":
		if _, ok := kernel.Tracepoint(n.Value); !ok {
			return fmt.Sprintf("this kernel has no tracepoint %s", n.Value)
		}
	case "tracepoints":
		if len(kernel.Tracepoints()) == 0 {
			return "this kernel does not tell what tracepoints it has"
		}
	case "kernel functions":
		if !kernel.Probing().Any() {
			return "this kernel can't probe its functions"
		}
	case "function":
		if found, _ := kernel.Functions(check.FunctionQuery{Name: n.Value}); len(found) == 0 || !kernel.Probing().Any() {
			return fmt.Sprintf("this kernel has no function %s that can be probed", n.Value)
		}
	case "program":
		if _, err := exec.LookPath(n.Value); err != nil {
			return fmt.Sprintf("there is no program %s", n.Value)
		}
	case "file":
		if _, err := os.Stat(n.Value); err != nil {
			return fmt.Sprintf("%s: %s", n.Value, cause(err))
		}
	case "root":
		if os.Geteuid() != 0 {
			return "needs root"
		}
	}
	return ""
}
