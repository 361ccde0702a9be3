package session

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	live "tapir/bpf/target"
	"tapir/compiler/plan"
	"tapir/lang/header"
)

// needsMore says what a script needs that it is not given here; its own test gives it.
func needsMore(h *header.Header, kernel *live.Kernel) string {
	for i := range h.Arguments {
		if a := &h.Arguments[i]; !a.Global() {
			return "needs an argument: " + a.Name
		}
	}
	for _, n := range h.Needs {
		var v live.Version
		if n.Name == "Linux" {
			_, _ = fmt.Sscanf(n.Value, "%d.%d", &v.Major, &v.Minor)
		}
		if n.Name == "target" || n.Name == "user programs" || !kernel.Version().AtLeast(v.Major, v.Minor) {
			return "needs: " + n.String()
		}
	}
	return ""
}

// notEverywhere reports whether there are kernels that lack what is needed.
func notEverywhere(n header.Need) bool {
	return slices.Contains([]string{"tracepoint", "function", "kernel functions", "Linux"}, n.Name)
}

// TestScripts compiles the scripts that come with tapir for the running kernel, and runs
// them with a command that does many things.
func TestScripts(t *testing.T) {
	needRoot(t)
	files, err := filepath.Glob("../../scripts/*/*.tp")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d scripts: %v", len(files), err)
	}
	for _, file := range files {
		subject := filepath.Base(filepath.Dir(file))
		if subject == "tapset" {
			continue
		}
		t.Run(subject+"/"+filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			h := header.Parse(string(text))
			if h == nil {
				t.Fatal("it has no header")
			}
			if why := needsMore(h, thisKernel(t)); why != "" {
				t.Skip(why)
			}
			if message := refusal(t, string(text)); message != "" {
				if strings.Contains(message, "this kernel has no tracepoint '") || slices.ContainsFunc(h.Needs, notEverywhere) {
					t.Skip(message)
				}
				t.Fatal(message)
			}
			o := run(t, string(text), plan.Auto, Options{Command: self(t, "__events"), Ring: 16 << 20})
			if strings.Contains(o.err, "ERROR") || o.Command == nil || o.Command.Failed() {
				t.Errorf("%s\n%s", o.out, o.err)
			}
		})
	}
}
