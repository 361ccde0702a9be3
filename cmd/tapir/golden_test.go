package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// goldenFolders have scripts NAME.stp with the output that they are to give:
// NAME.out, NAME.err and NAME.rc; without the first, standard output is
// not compared, and the others may be missing if they are empty or 0. A first line "# stap: OPTIONS -- ARGUMENTS" goes to the command line.
// The reference ones were recorded from SystemTap 4.8; not every checkout has them
// beside it.
var goldenFolders = []string{
	"testdata/golden",
	"../../runtime/vm/testdata",
	"../../../shared/golden/lang",
	"../../../shared/golden/lang/bad",
}

// An exception is what of a script's output is not compared, and why.
type exception struct {
	script string
	reason string
	cut    string // a regular expression; what it matches is taken out of both sides
}

// everything is the cut of a script of which only the exit status is compared.
const everything = `(?s).+`

// randomOrder is why elements that compare equal may come in any order: SystemTap
// collects an array of statistics from all CPUs before it sorts it, and so in the
// order of a hash with a random seed. Here they come in the order of insertion.
const randomOrder = "the order of equal elements of an array of statistics"

// exceptions are the scripts whose output differs, or cannot be the same twice.
var exceptions = []exception{
	{"autoprint_stats", randomOrder, `(?m)^by\[[12]\] .*\n`},
	{"foreach", randomOrder, `(?m)^(\d:5 ){4}\n`},
	{"statarray_ops", randomOrder, `(?m)^(even|odd) \d: 2 \d+\n`},
	{"library", "the time that indent() shows", `(?m)^.*\d :\| .*$`},
	{"macros", "not every kernel has kprobes, or 250 ticks a second", `(?m)^(kprobes|hz .*)\n`},
	{"context", "the names of the tracer, of its parent and of the script's module; the kernel's ticks", `(?m)^\S+ (stapio|tapir\S*) 1 1$|^(stapio|tapir\S*) |\|\|[^|]+\||^\d+ 4096\n`},
	{"timers", "SystemTap skipped handlers when this was recorded", `(?m)^WARNING: Number of errors: 0, skipped probes: \d+\n`},
	{"hist_param", "SystemTap's warning was not recorded", everything},
	{"hist_zero", "SystemTap's warning was not recorded", everything},
	{"point_kernel_function", "SystemTap had no debug information, and not every kernel lets its functions be probed", `(?m)^(semantic error: |WARNING: | +).*\n|^\n`},
	{"point_kprobe_function", "not every kernel has kprobes", `(?m)^(semantic error: |        ).*\n`},
	{"point_process", "tapir says that the file is not there", `(?m)^(semantic error: |        ).*\n`},
	{"point_trace", "SystemTap had no debug information", `(?m)^(semantic error: |        ).*\n`},
}

// timed are scripts that count how often something happens in a while, which is less on a
// machine that is busy: they run alone, and one of some runs must be right.
var timed = map[string]int{"timers": 5}

// differences are what every golden file may have differently.
var differences = []*regexp.Regexp{
	// SystemTap 4.8 did not name the probe of an error, nor how it was called.
	regexp.MustCompile(`(?m)( \(called from [^)]*\))*( in probe .*)?$`),
	regexp.MustCompile(`(?m)^Tip: .*\n`),
	// The files were recorded without the lines by which a run is closed.
	regexp.MustCompile(`(?m)^WARNING: \S+ exited with status: \d+\n`),
	regexp.MustCompile(`(?m)^Pass 5: run failed\.  \[man error::pass5\]\n`),
	// Which names are similar depends on which there are.
	regexp.MustCompile(` \(similar[^)]*\)`),
	// How often SystemTap comes past the same mistake while it infers types.
	regexp.MustCompile(`(?m)^(Number of similar \w+ messages suppressed: \d+|Rerun with -v to see them)\.\n`),
	// Advice is tapir's own.
	regexp.MustCompile(`(?m)^ *help: .*\n`),
}

// compileTime matches warnings about the script, which were recorded only for
// scripts that are refused.
var compileTime = regexp.MustCompile(`(?m)^WARNING: .* at .*\n source: .*\n +\^\n( help: .*\n)?`)

func TestGolden(t *testing.T) {
	n := 0
	for _, folder := range goldenFolders {
		scripts, err := filepath.Glob(filepath.Join(folder, "*.stp"))
		if err != nil {
			t.Fatal(err)
		}
		for _, script := range scripts {
			n++
			name := strings.TrimSuffix(filepath.Base(script), ".stp")
			t.Run(filepath.Base(folder)+"/"+name, func(t *testing.T) {
				if timed[name] == 0 {
					t.Parallel()
				}
				testGolden(t, script, max(1, timed[name]))
			})
		}
	}
	if n == 0 {
		t.Error("there are no golden scripts")
	}
}

// testGolden runs a script up to some times, until it does what was recorded.
func testGolden(t *testing.T, script string, times int) {
	text := readOr(t, script, "")
	var wrong []string
	for range times {
		if wrong = compareGolden(t, script, text, runGolden(t, script, text)); len(wrong) == 0 {
			return
		}
	}
	t.Error(strings.Join(wrong, "\n"))
}

// compareGolden lists what a script did otherwise than was recorded.
func compareGolden(t *testing.T, script, text string, got goldenRun) (wrong []string) {
	base := strings.TrimSuffix(script, ".stp")
	name := filepath.Base(base)
	for _, part := range []struct{ what, got, want string }{
		{"standard output", got.out, readOr(t, base+".out", got.out)},
		{"standard error", got.err, readOr(t, base+".err", "")},
		{"exit status", got.status, strings.TrimSpace(readOr(t, base+".rc", "0"))},
	} {
		if part.what == "standard error" && filepath.Base(filepath.Dir(script)) != "bad" {
			part.got = compileTime.ReplaceAllString(part.got, "")
		}
		g, w := comparable(name, part.got), comparable(name, part.want)
		if g != w {
			wrong = append(wrong, fmt.Sprintf("%s of %s:\n%s\nwant:\n%s\nscript:\n%s", part.what, script, g, w, text))
		}
	}
	return wrong
}

// comparable is text without what is not compared.
func comparable(script, text string) string {
	for _, re := range differences {
		text = re.ReplaceAllString(text, "")
	}
	for _, e := range exceptions {
		if e.script == script && !isStatus(text) {
			text = regexp.MustCompile(e.cut).ReplaceAllString(text, "")
		}
	}
	return text
}

// isStatus reports whether text is a number, the exit status.
func isStatus(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

type goldenRun struct{ out, err, status string }

// runGolden runs a script in its folder, so that messages name it as there.
func runGolden(t *testing.T, script, text string) goldenRun {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	options, arguments := goldenOptions(text)
	cmd := exec.CommandContext(ctx, exe)
	// Some scripts do not end by themselves.
	cmd.Args = slices.Concat([]string{"tapir", "-T", "3"}, options, []string{filepath.Base(script)}, arguments)
	cmd.Dir = filepath.Dir(script)
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	status := "0"
	var exit *exec.ExitError
	switch err := cmd.Run(); {
	case errors.As(err, &exit):
		status = strings.TrimPrefix(exit.String(), "exit status ")
	case err != nil:
		t.Fatalf("%q: %v", cmd.Args, err)
	}
	return goldenRun{out.String(), errs.String(), status}
}

// goldenOptions are the options and the arguments of a script's first line.
func goldenOptions(text string) (options, arguments []string) {
	line, _, _ := strings.Cut(text, "\n")
	rest, ok := strings.CutPrefix(line, "# stap:")
	if !ok {
		return nil, nil
	}
	before, after, _ := strings.Cut(rest+" ", " -- ")
	return words(before), words(after)
}

var word = regexp.MustCompile(`"[^"]*"|\S+`)

// words splits a line at blanks that are not between quotes.
func words(line string) []string {
	list := word.FindAllString(line, -1)
	for i, w := range list {
		list[i] = strings.Trim(w, `"`)
	}
	return list
}

func readOr(t *testing.T, file, otherwise string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return otherwise
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
