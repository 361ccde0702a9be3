package session

import (
	"fmt"
	"strings"
	"testing"

	live "tapir/bpf/target"
	"tapir/lang/doc"
)

// absent are the probe points of the tapset that a kernel may be without, by the reason.
// A message that says something else than that there is no such place is an error all
// the same.
var absent = map[string]string{
	"vm.kmalloc_node":          "since Linux 6.1 it is vm.kmalloc",
	"vm.kmem_cache_alloc_node": "since Linux 6.1 it is vm.kmem_cache_alloc",
	"socket.receive":           "Linux 6.4 brought the tracepoint",
	"socket.send":              "Linux 6.4 brought the tracepoint",
	"netdev.change_rx_flag":    "most compilers make the function a part of others",
}

// TestAliasesCompile holds that every probe point of the tapset comes to something on
// this kernel, with all of its variables, or is known to be absent.
func TestAliasesCompile(t *testing.T) {
	kernel, err := live.Live()
	if err != nil || kernel.Type("task_struct") == nil {
		t.Skip("needs the kernel's types: ", err)
	}
	for _, e := range doc.All() {
		calls := strings.HasPrefix(e.Name, "syscall.")
		if e.Kind != doc.Probe || calls && testing.Short() {
			continue
		}
		problem := refusalOf(kernel, using(e, kernel))
		lacking := strings.Contains(problem, "this kernel has no tracepoint '") || strings.Contains(problem, "no match")
		if problem != "" && (absent[e.Name] == "" || !lacking) {
			t.Errorf("%s: %s", e.Name, problem)
		}
	}
}

// using is a script that prints all variables of a probe point that the kernel knows.
func using(e *doc.Entry, kernel *live.Kernel) string {
	var uses strings.Builder
	for _, p := range e.Params {
		if e.Name == "ioblock.end" && p.Name == "bytes_done" && kernel.CanProbe() {
			continue // see there
		}
		fmt.Fprintf(&uses, " println(%s)", p.Name)
	}
	return fmt.Sprintf("probe %s { println(\"here\")%s }", e.Name, uses.String())
}
