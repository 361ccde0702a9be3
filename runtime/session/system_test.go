package session

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapir/compiler/plan"
)

// TestSystem runs more commands than may run at once, of several handlers.
func TestSystem(t *testing.T) {
	dir := t.TempDir()
	script := fmt.Sprintf(`global n
probe timer.ms(1) {
	if (++n == 100) exit()
	system(sprintf("echo a%%d >>%[1]s/%%d", n, n))
	system(sprintf("echo b%%d >>%[1]s/%%d", n, n))
}
probe end { system("echo end >%[1]s/end") }
`, dir)
	got := run(t, script, plan.UserOnly, Options{})
	if got.Failed || got.err != "" {
		t.Fatalf("%+v\n%s", got, script)
	}
	for n := 1; n < 100; n++ {
		want := fmt.Sprintf("a%d\nb%d\n", n, n)
		if text, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(n))); string(text) != want {
			t.Errorf("handler %d left %q, %v; want %q", n, text, err, want)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "end")); strings.TrimSpace(string(text)) != "end" {
		t.Errorf("the end probe left %q, %v", text, err)
	}
}
