package vm_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/compiler/user"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/runtime/vm"
)

// noCalls is a target without system calls: these tests run begin and end.
type noCalls struct{}

func (noCalls) SyscallNumber(string) (int, bool) { return 0, false }
func (noCalls) SyscallNames() []string           { return nil }
func (noCalls) TicksPerSecond() int64            { return 250 }

// script is a compiled text.
type script struct {
	sources *source.Set
	probes  []*ir.Probe
	code    *bytecode.Program
}

// compile goes the way of a script whose probes all run outside events.
func compile(t testing.TB, text string) *script {
	t.Helper()
	set := &source.Set{}
	file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{})
	mustBeFine(t, set, text, diags)
	lib := library.New(library.Options{Sources: set})
	checked, diags := check.Check(set, []*syntax.File{file}, lib, noCalls{}, check.Options{})
	mustBeFine(t, set, text, diags)
	tree, diags := ir.Build(checked)
	mustBeFine(t, set, text, diags)
	p, diags := plan.Options{}.Make(tree)
	mustBeFine(t, set, text, diags)
	code, err := user.Compile(p)
	if err != nil {
		t.Fatalf("compile: %v\nin:\n%s", err, text)
	}
	return &script{set, tree.Probes, code}
}

func mustBeFine(t testing.TB, set *source.Set, text string, diags *source.Diagnostics) {
	t.Helper()
	if diags == nil || !diags.HasErrors() {
		return
	}
	for _, d := range diags.List {
		p := set.Position(d.Token.Span.Start)
		t.Errorf("%d:%d: %s", p.Line, p.Col, d.Message)
	}
	t.Fatalf("in:\n%s", text)
}

// result is what a run came to.
type result struct {
	out, errs string
	machine   *vm.Machine
}

// run runs begin probes, then end probes or, after an error, error probes, in
// the order of their priorities.
func (s *script) run(o vm.Options) result {
	var out bytes.Buffer
	var errs strings.Builder
	o.Out = &out
	o.Warn = func(msg string) { fmt.Fprintf(&errs, "WARNING: %s\n", msg) }
	m := vm.New(s.code, o)
	s.phase(m, builtin.Begin, &errs)
	last := builtin.End
	if m.Errors() > 0 {
		last = builtin.Error
	}
	s.phase(m, last, &errs)
	if last == builtin.End {
		m.Display()
	}
	return result{out.String(), errs.String(), m}
}

func (s *script) phase(m *vm.Machine, kind builtin.PointKind, errs io.Writer) {
	probes := slices.Clone(s.probes)
	slices.SortStableFunc(probes, func(a, b *ir.Probe) int { return cmp.Compare(a.Point.Priority, b.Point.Priority) })
	for _, p := range probes {
		if p.Point.Kind != kind {
			continue
		}
		if err := m.Run(p.Index, nil); err != nil {
			fmt.Fprintln(errs, s.describe(err))
			if kind == builtin.Begin {
				return
			}
		}
		if kind == builtin.Begin && m.Exiting() {
			return
		}
	}
}

// describe is an error with its place, as messages show it.
func (s *script) describe(err error) string {
	var e *vm.RuntimeError
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := "ERROR: " + e.Msg
	if e.Pos.IsValid() {
		p := s.sources.Position(e.Pos.Start)
		text += fmt.Sprintf(" near '%s' at %d:%d", s.sources.Text(e.Pos), p.Line, p.Col)
	}
	for _, c := range e.Calls {
		p := s.sources.Position(c.Start)
		text += fmt.Sprintf(" from %d:%d", p.Line, p.Col)
	}
	return text
}

// begin runs the text as the body of a begin probe, after declarations.
func begin(t testing.TB, declarations, body string) string {
	t.Helper()
	r := compile(t, declarations+"\nprobe begin {\n"+body+"\n}\n").run(vm.Options{})
	return r.out + r.errs
}
