package main

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// features are the rows of the table, each with the test that shows whether it works:
// one for each kind of probe.
var features = []struct{ name, test string }{
	{"system calls: `syscall.*`, `kernel.syscall(…)`", "runtime/session.TestEntryOfACall"},
	{"system calls of 32-bit programs told apart", "compiler/kernel.TestLiveCompat"},
	{"kernel tracepoints: `kernel.trace(…)`", "runtime/session.TestTracepoints"},
	{"counting and aggregating in the kernel", "runtime/session.TestEntryInTheKernel"},
	{"clocks of each CPU: `timer.profile`", "runtime/session.TestProfile"},
	{"performance events of the kernel: `perf.sw.page_faults`", "runtime/session.TestPerfSamples"},
	{"watchpoints by address: `kernel.data(0x…).write`", "runtime/session.TestWatchpoint"},
	{"watchpoints by name: `kernel.data(\"jiffies_64\").write`", "runtime/session.TestWatchedVariable"},
	{"stacks of the kernel", "runtime/session.TestKernelStack"},
	{"functions: `kernel.function(…)` with `$parameters`", "runtime/session.TestFunctions/entry"},
	{"their returns: `$return`, parameters, `@entry`", "runtime/session.TestFunctions/entry_of_return"},
	{"functions by kprobes: `kprobe.function(…)`", "runtime/session.TestFunctions/kprobe"},
	{"returns by kprobes", "runtime/session.TestFunctions/kprobe_return"},
	{"patterns of functions: `kernel.function(\"vfs_*\")`", "runtime/session.TestFunctions/pattern"},
	{"functions of modules: `module(…).function(…)`", "runtime/session.TestModuleFunctions"},
	{"functions of programs: `process(…).function(…)` and `.return`", "runtime/session.TestUserFunctions/O2"},
	{"their variables, by debug information", "runtime/session.TestUserVariables/O2-gdwarf-5"},
	{"lines: `process(…).statement(…)`", "runtime/session.TestStatements"},
	{"functions of libraries: `.library(…)`", "runtime/session.TestUserLibrary"},
	{"marks: `process(…).mark(…)`", "runtime/session.TestMarks/O2"},
	{"begin, threads and calls of programs", "runtime/session.TestProcessLife"},
	{"their end: `process(…).end`", "runtime/session.TestKinds/process.end"},
	{"calls of other files: `.plt(…)`", "runtime/session.TestKinds/process.plt"},
	{"programs in C++", "runtime/session.TestCPlusPlus"},
	{"programs in Rust", "runtime/session.TestRust"},
	{"programs in Go", "runtime/session.TestGo"},
	{"stacks of programs", "runtime/session.TestUserStackWithoutFrames/O2"},
}

// rowPattern is the pattern of a package's tests that the rows name, "" for none.
func rowPattern(pkg string) string {
	var list []string
	for _, f := range features {
		p, name, _ := strings.Cut(f.test, ".")
		if p != pkg {
			continue
		}
		words := strings.Split(name, "/")
		for i := range words {
			words[i] = "^" + words[i] + "$"
		}
		list = append(list, strings.Join(words, "/"))
	}
	return strings.Join(slices.Compact(list), "|")
}

// table is what works on which kernel, in Markdown.
func table(columns []*column) string {
	var b strings.Builder
	b.WriteString("| feature |")
	for _, c := range columns {
		b.WriteString(" " + c.kernel + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, f := range features {
		b.WriteString("| " + f.name + " |")
		for _, c := range columns {
			b.WriteString(" " + cell(c.of(f.test)) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func cell(s status) string {
	return cmp.Or(map[status]string{passed: "yes", skipped: "no", failed: "**fails**"}[s], "not tried")
}

// pages have the table, between marks.
var pages = []string{"docs/kernels.md", "README.md"}

// The marks around the table in a page.
const (
	tableBegin = "<!-- table of kernels -->\n"
	tableEnd   = "<!-- end of table -->\n"
)

// fill puts a table between the marks of a page.
func fill(page, table string) (string, error) {
	head, rest, ok := strings.Cut(page, tableBegin)
	_, foot, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		return "", errors.New("has no marks for the table")
	}
	return head + tableBegin + table + tableEnd + foot, nil
}

// filled is the table that a page has.
func filled(page string) string {
	_, rest, _ := strings.Cut(page, tableBegin)
	table, _, _ := strings.Cut(rest, tableEnd)
	return table
}
