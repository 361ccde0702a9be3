package session

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tapir/bpf/layout"
	"tapir/compiler"
	"tapir/compiler/plan"
)

// script writes out what the scripts of these tests have in common: `on CALL {` is
// a handler of the workload's own calls.
func script(text string) string {
	// The loader makes a call too, with a text that may not be in memory yet.
	text = regexp.MustCompile(`\bon access((?:\.return)?) \{`).ReplaceAllString(text, "on access$1 { if (int_arg(2) > 3) next;")
	on := regexp.MustCompile(`\bon (\w+)((?:\.return)?) \{`)
	return on.ReplaceAllString(text, `probe kernel.syscall("$1")$2 { if (pid() != target()) next;`)
}

// told are the messages about errors, without what only counts.
func (o outcome) told() string {
	var list []string
	for line := range strings.Lines(o.err) {
		if strings.HasPrefix(line, "ERROR") || strings.HasPrefix(line, "WARNING: Number") {
			list = append(list, line)
		}
	}
	return strings.Join(list, "")
}

func (o outcome) sum(k layout.Counter) (n uint64) {
	for _, c := range o.Counts {
		n += c[k]
	}
	return n
}

// firstDifference is the first line that two texts don't have in common.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d, of %d and %d bytes: %.100q%q, %.100q%q", i, len(a[i]), len(b[i]), a[i], lastOf(a[i]), b[i], lastOf(b[i]))
		}
	}
	return fmt.Sprintf("%d lines, %d lines", len(a), len(b))
}

func lastOf(s string) string { return s[max(0, len(s)-60):] }

// forms are those in which a script may be compiled for the kernel: also for those who
// look into it, or want to know of each event's moment.
var forms = []compiler.Options{{}, {Live: true}, {Told: true}, {Live: true, Told: true}}

// formsOf are the forms in which the n-th script of a corpus is run: its own and the
// most, or one of them where time is short.
func formsOf(n int) []compiler.Options {
	list := []compiler.Options{forms[0], forms[len(forms)-1]}
	if testing.Short() {
		return list[n%2:][:1]
	}
	return list
}

// compare runs a script in both placements over the same workload and holds that
// no difference shows. It gives the outcome of the kernel's.
func compare(t *testing.T, text string, o Options) outcome {
	t.Helper()
	return compareAs(t, text, compiler.Options{}, o)
}

// compareAs is compare for a form of the script.
func compareAs(t *testing.T, text string, form compiler.Options, o Options) outcome {
	t.Helper()
	o.Ring = 32 << 20
	form.Mode = plan.Auto
	got := runFor(t, t.Context(), compileWith(t, text, thisKernel(t), form), o)
	want := run(t, text, plan.UserOnly, o)
	if lost := got.sum(layout.Lost) + want.sum(layout.Lost); lost > 0 {
		t.Fatalf("lost %d events", lost)
	}
	if got.out != want.out || got.told() != want.told() {
		t.Errorf("in the kernel, %+v:\n%.1500s%.500s\nin the VM:\n%.1500s%.500s\nthe first difference:\n%s\nscript:\n%s",
			form, got.out, got.told(), want.out, want.told(), firstDifference(got.out+got.told(), want.out+want.told()), text)
	}
	for i, c := range got.Counts {
		if !c.Settled() {
			t.Errorf("probe %d: counters %v do not add up", i, c)
		}
	}
	return got
}

// TestPlacementsAgree runs the corpus.
func TestPlacementsAgree(t *testing.T) {
	needRoot(t)
	noise(t)
	for i, row := range slices.Concat(corpus, loopCorpus) {
		t.Run(row.name, func(t *testing.T) {
			o := Options{Command: self(t, "__work", 7, 3000), MaxErrors: row.errors}
			o.Limits.MapEntries, o.Limits.Actions = row.entries, row.actions
			for _, form := range formsOf(i) {
				got := compareAs(t, script(row.text), form, o)
				if sent := got.sum(layout.Sent); (sent > uint64(got.Errors)) != row.sent {
					t.Errorf("%+v: %d events were sent, %d errors", form, sent, got.Errors)
				}
			}
		})
	}
}
