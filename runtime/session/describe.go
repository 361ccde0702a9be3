package session

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/compiler"
	"tapir/lang/source"
	"tapir/runtime/attach"
	"tapir/runtime/output"
	"tapir/runtime/recording"
	"tapir/runtime/vm"
)

// Refusal is a script that the kernel did not accept, at its place.
type Refusal struct {
	Diagnostic *source.Diagnostic
	Log        []string // what the kernel's verifier said, line by line
	err        error
}

func (e *Refusal) Error() string { return e.Diagnostic.Message }

func (e *Refusal) Unwrap() error { return e.err }

// explain gives a verifier's refusal its place in the script; other errors stay
// as they are.
func explain(c *compiler.Compiled, err error) error {
	refused, ok := errors.AsType[*attach.Refused](err)
	if !ok {
		return err
	}
	d := &source.Diagnostic{Severity: source.SemanticError, Code: "refused", Message: refused.Reason}
	if refused.Probe >= 0 {
		p := c.Plan.Probes[refused.Probe].IR
		d.Message = fmt.Sprintf("probe %s: %s", p.Spelling, refused.Reason)
		d.Token = c.Plan.IR.Sources.TokenAt(p.Pos.Start)
	}
	if refused.Pos.IsValid() {
		d.Token = c.Plan.IR.Sources.TokenAt(refused.Pos)
	}
	return &Refusal{d, refused.Log, err}
}

// warnSkipped says how many functions that the script's patterns match are not probed.
func (s *session) warnSkipped(functions []string) {
	if n := len(functions); n > 0 {
		names := functions[:min(n, 3)]
		s.warn(fmt.Sprintf("%s can't be probed, as the kernel says: %s", count(uint64(n), "function"), strings.Join(names, ", ")+more(n-len(names))))
	}
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// describe is a run-time error as the language's users know it: "division by 0
// near operator '/' at f.tp:1:20 in probe begin". What error() raises is the
// script's own message, and stands alone.
func (s *session) describe(err error) string {
	e, ok := errors.AsType[*vm.RuntimeError](err)
	if !ok {
		return err.Error()
	}
	msg := strings.TrimRight(e.Msg, "\n")
	if !e.Pos.IsValid() {
		return msg
	}
	set := s.Plan.IR.Sources
	var b strings.Builder
	fmt.Fprintf(&b, "%s near %s", msg, place(set, e.Pos))
	for _, call := range e.Calls {
		fmt.Fprintf(&b, " (called from %s)", place(set, call))
	}
	fmt.Fprintf(&b, " in probe %s", s.Plan.Probes[e.Probe].IR.Spelling)
	return b.String()
}

// place names a token and where it stands.
func place(set *source.Set, at source.Span) string {
	p := set.Position(at.Start)
	if p.File == nil {
		return "the script"
	}
	return fmt.Sprintf("%s at %s:%d:%d", set.TokenAt(at.Start).Describe(), p.File.Name, p.Line, p.Col)
}

// reports writes what has to be said at the end: what was lost, what could not
// be read, how many handlers failed, and with -v the counters.
func (s *session) reports() {
	groups, skipped := s.groups()
	for _, w := range lossWarnings(append(groups, skipped...)) {
		s.warn(w)
	}
	for _, g := range groups {
		if n := g.total[layout.Errors]; n > 0 {
			s.warn(fmt.Sprintf("probe %s: %s of memory failed", g.spelling, count(n, "read")))
		}
	}
	s.reportReplay()
	if s.processes != nil && s.processes.Lost() > 0 {
		s.warn(fmt.Sprintf("lost %s of what processes map: some programs may stay without names", count(s.processes.Lost(), "record")))
	}
	if n := s.machine.UnownedStacks(); n > 0 {
		s.warn(fmt.Sprintf("%s of programs may stay without names: there were too many different ones to remember whose they are", count(n, "stack")))
	}
	if s.counts.errors > 0 || s.counts.skipped > 0 {
		s.warn(fmt.Sprintf("Number of errors: %d, skipped probes: %d", s.counts.errors, s.counts.skipped))
	}
	if (s.o.Verbose > 0 || s.o.FailOnSkipped) && s.kernel != nil && s.Object.MissesUnknown() {
		s.warn("kernels before 6.7 do not count the calls that kprobes miss: there may be more of them than was reported")
	}
	if s.o.Verbose > 0 && groups != nil {
		writeCounters(s.o.Err, append(groups, skipped...))
		if s.counts.late > 0 {
			s.report("%s sent after the script had ended the session: no handler ran.", count(s.counts.late, "event"))
		}
	}
}

// groups are the counters by probe of the script, and the runs of programs that
// the kernel skipped. Failed reads are those of the kernel part, and the uses of
// captured memory that could not be read.
func (s *session) groups() (groups, skipped []probeCounts) {
	if s.o.Replay != nil {
		return s.playedGroups()
	}
	if s.kernel == nil || s.kernel.counts == nil {
		return nil, nil
	}
	counts := slices.Clone(s.kernel.counts)
	for probe := range counts {
		counts[probe][layout.Errors] += s.machine.ReadErrors(probe)
	}
	groups = groupCounts(s.Plan, counts)
	for _, m := range s.misses() {
		skipped = append(skipped, skippedCounts(m.Program, m.Times))
	}
	return groups, skipped
}

// misses are the runs of programs that the kernel skipped.
func (s *session) misses() (list []recording.Skipped) {
	for i, n := range s.kernel.misses {
		if n > 0 {
			list = append(list, recording.Skipped{Program: skippedName(s.Object.Programs[i]), Times: n})
		}
	}
	return list
}

// skippedName is what a person calls a program: by its event, if it is there for one.
func skippedName(p *bpf.Program) string {
	if p.Attach.Kind == bpf.PerfEvent {
		return p.Attach.Name
	}
	return p.Name
}

// countSkipped counts the handlers that did not run, once the programs are
// detached, and reports an error if there are more than may be.
func (s *session) countSkipped() {
	for _, c := range s.kernel.counts {
		s.counts.skipped += c[layout.Lost]
	}
	for _, n := range s.kernel.misses {
		s.counts.skipped += n
	}
	if s.o.FailOnSkipped && s.counts.skipped > uint64(s.o.MaxSkipped) {
		s.error("Skipped too many probes, check MAXSKIPPED or try again with a larger buffer (-s).")
	}
}

// finishOutput hands on what is left to print; a reader that went away is no
// error, a full disk is.
func (s *session) finishOutput() {
	if s.o.Timing {
		to := io.Writer(s.out)
		if s.journal != nil {
			to = s.o.Err
		}
		_, _ = to.Write(s.timingReport())
	}
	if err := s.out.Flush(); err != nil && !errors.Is(err, output.ErrClosed) {
		s.counts.errors++
		s.error(err.Error())
	}
}
