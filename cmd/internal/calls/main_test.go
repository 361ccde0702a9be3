package calls

import (
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if isProgram() {
		if err := runProgram(append(programs(), program{name: "variables", run: variableCalls})); err != nil {
			fmt.Fprintln(os.Stderr, "calls:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(run(m))
}

// run runs the tests with a folder for the command under test.
func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tapir-calls-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = os.Setenv(buildVar, dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "calls:", err)
		return 1
	}
	return m.Run()
}
