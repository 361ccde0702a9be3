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
	os.Exit(m.Run())
}
