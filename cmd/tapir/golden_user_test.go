package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// userFolder has scripts about the program user.c, with the output that they are to give.
const userFolder = "../../../shared/golden/user"

// userScripts are those of them that are run, each with what is not compared of its
// output, as a regular expression. Not among them is statements, which shows stacks.
var userScripts = map[string]string{
	"functions": `tick 1 .*\n|0x7f\w+`, // whether the global is in memory yet is the compiler's choice; stacks move
	"marks":     `done process.*\n`,    // where the mark is, too
	"lifecycle": `$^`,
	"fault":     `(?m)^caught .*\n`, // messages are tapir's own
}

// TestGoldenUser compares what is said of a program's functions, marks and life. The
// program's own lines may come between the script's anywhere, so lines are sorted.
func TestGoldenUser(t *testing.T) {
	if _, err := os.Stat(userFolder); err != nil {
		t.Skip("the reference's output is not beside this checkout")
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root: it traces the live kernel")
	}
	program := filepath.Join(t.TempDir(), "user")
	build := exec.Command("gcc", "-g", "-O1", "-Itestdata/include", "-o", program, filepath.Join(userFolder, "user.c"))
	if text, err := build.CombinedOutput(); err != nil {
		t.Skipf("needs gcc: %v\n%s", err, text)
	}
	for name, cut := range userScripts {
		t.Run(name, func(t *testing.T) {
			script := readOr(t, filepath.Join(userFolder, name+".stp"), "")
			file := filepath.Join(t.TempDir(), name+".stp")
			if err := os.WriteFile(file, []byte(strings.ReplaceAll(script, "/t/user", program)), 0o600); err != nil {
				t.Fatal(err)
			}
			got := runGolden(t, file, "# stap: -c "+program+"\n")
			want := readOr(t, filepath.Join(userFolder, name+".out"), "")
			g, w := sortedLines(strings.ReplaceAll(got.out, program, "/t/user"), cut), sortedLines(want, cut)
			if g != w {
				t.Errorf("got\n%swant\n%s%s", g, w, got.err)
			}
			if got.status != "1" && got.status != "2" { // that of the command
				t.Errorf("status %s\n%s", got.status, got.err)
			}
		})
	}
}

var sourcePath = regexp.MustCompile(`@/[^:"]*/user\.c`)

// sortedLines is text without what is not compared, its lines sorted.
func sortedLines(text, cut string) string {
	text = regexp.MustCompile(cut).ReplaceAllString(text, "")
	lines := strings.SplitAfter(sourcePath.ReplaceAllString(text, "@user.c"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}
