package main

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// status is how a test ended.
type status string

// The ways to end, as Go's tests print them.
const (
	passed  status = "PASS"
	failed  status = "FAIL"
	skipped status = "SKIP"
)

// results are the ends of tests, by package and name: "runtime/session.TestEntry".
type results map[string]status

// column is what one kernel did.
type column struct {
	kernel  string
	results results
}

// parse reads the output of tests that was asked to be verbose.
func parse(output string) results {
	r := results{}
	for s := bufio.NewScanner(strings.NewReader(output)); s.Scan(); {
		words := strings.Fields(s.Text())
		if len(words) > 2 && words[0] == "---" {
			r[words[2]] = status(strings.TrimSuffix(words[1], ":"))
		}
	}
	return r
}

// add takes over the results of a package's tests.
func (r results) add(pkg string, more results) {
	for name, s := range more {
		r[pkg+"."+name] = s
	}
}

// summary counts tests, those within tests apart.
func (r results) summary() string {
	n := map[status]int{}
	for _, s := range r {
		n[s]++
	}
	return fmt.Sprintf("%d passed, %d failed, %d skipped", n[passed], n[failed], n[skipped])
}

// names are the tests that ended in a way, sorted.
func (r results) names(s status) []string {
	var list []string
	for name, end := range r {
		if end == s {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// of is the end of a test, or of the one that it is part of: one that was skipped has no
// parts.
func (r results) of(name string) status {
	for {
		if s, ok := r[name]; ok {
			return s
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return ""
		}
		name = name[:i]
	}
}

// failures is the output of the tests that failed, without what passed.
func failures(output string) string {
	var b strings.Builder
	var block []string
	flush := func() {
		text := strings.Join(block, "\n")
		if strings.Contains(text, "FAIL") || strings.Contains(text, "panic:") || strings.Contains(text, "vm:") {
			b.WriteString(text + "\n")
		}
		block = nil
	}
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, "=== RUN") {
			flush()
		}
		block = append(block, strings.TrimRight(line, "\n"))
	}
	flush()
	return b.String()
}

// features are the rows of the table, each with the test that shows whether it works.
var features = []struct{ name, test string }{
	{"system calls: `syscall.*`, `kernel.syscall(…)`", "runtime/session.TestEveryEventIsAccountedFor"},
	{"system calls of 32-bit programs told apart", "compiler/kernel.TestLiveCompat"},
	{"`@entry` at returns of system calls", "runtime/session.TestEntryOfACall"},
	{"kernel tracepoints: `kernel.trace(…)`", "runtime/session.TestTracepoints"},
	{"counting and aggregating in the kernel", "runtime/session.TestPlacementsAgree"},
	{"clocks of each CPU: `timer.profile`", "runtime/session.TestProfile"},
	{"performance events of the kernel: `perf.sw.page_faults`", "runtime/session.TestPerfSamples"},
	{"watchpoints by address: `kernel.data(0x…).write`", "runtime/session.TestWatchpoint"},
	{"watchpoints by name: `kernel.data(\"jiffies_64\").write`", "runtime/session.TestWatchedVariable"},
	{"functions: `kernel.function(…)` with `$parameters`", "runtime/session.TestFunctions/entry"},
	{"their returns: `$return`, parameters, `@entry`", "runtime/session.TestFunctions/entry_of_return"},
	{"functions by kprobes: `kprobe.function(…)`", "runtime/session.TestFunctions/kprobe"},
	{"returns by kprobes", "runtime/session.TestFunctions/kprobe_return"},
	{"patterns of functions: `kernel.function(\"vfs_*\")`", "runtime/session.TestFunctions/pattern"},
	{"functions of modules: `module(…).function(…)`", "runtime/session.TestModuleFunctions"},
}

// table is what works on which kernel, in Markdown.
func table(columns []column) string {
	var b strings.Builder
	b.WriteString("# What works on which kernel\n\n")
	b.WriteString("`make test-kernels` writes this page: it runs the tests of the live kernel on the machine's own kernel, which comes first, and on Debian's under emulation. " +
		"\"no\" says that the kernel has no means for it, or forbids it; `tapir doctor` and the error at the start of a script say which.\n\n")
	b.WriteString("| feature |")
	for _, c := range columns {
		b.WriteString(" " + c.kernel + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, f := range features {
		b.WriteString("| " + f.name + " |")
		for _, c := range columns {
			b.WriteString(" " + cell(c.results.of(f.test)) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func cell(s status) string {
	return cmp.Or(map[status]string{passed: "yes", skipped: "no", failed: "**fails**"}[s], "not tried")
}
