package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapir/compiler/plan"
)

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
			if message := refusal(t, string(text)); message != "" {
				if strings.Contains(message, "this kernel has no tracepoint '") {
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
