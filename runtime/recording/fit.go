package recording

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/source"
)

// Fit says how a script's probes are served by a recording of another one's, or of its own.
type Fit struct {
	plan *plan.Plan
	head *Head
	// handlers are the script's probes that run at an event or timer of the recording, by
	// the recording's probe.
	handlers [][]handler
	// Aside has the recording's probe for each of the script's begin, end and error
	// probes, -1 if it has none.
	Aside []int
	// Timers are the script's timers that the recording does not have.
	Timers []int
	buf    []byte
}

// handler is a probe of the script, with where its captures come from.
type handler struct {
	probe int
	parts []part
}

// part makes one field of a record from one of the recording.
type part struct {
	to, from layout.Field
	atEntry  bool
	toFaults []layout.FaultPlace // of the field's reads, in both records
	faults   []layout.FaultPlace
	derive   func(int64) int64 // of a number; nil: it is the same
}

// Codes of what a recording does not have.
const (
	NoEvents source.Code = "not-recorded"
	NoValue  source.Code = "not-captured"
	Filtered source.Code = "filtered"
)

// NewFit fits a plan to a recording, for which everything in it runs in the VM. What the
// recording lacks are errors at their places in the script; that it has only some of a
// point's events is a warning, unless the script is the recorded one.
func NewFit(p *plan.Plan, h *Head, same bool) (*Fit, *source.Diagnostics) {
	f := &Fit{plan: p, head: h, handlers: make([][]handler, len(h.Probes)), Aside: make([]int, len(p.Probes))}
	l := &lacks{plan: p, head: h, ds: &source.Diagnostics{}}
	nth := map[string]int{}
	counters := 0
	for i, pr := range p.Probes {
		f.Aside[i] = -1
		kind := pr.IR.Point.Kind
		name := kind.String() + " " + pr.IR.Point.Name
		at := nth[name]
		nth[name]++
		switch {
		case pr.SendsEvents():
			f.event(i, l.points(pr), at, same, l)
		case kind == builtin.Counter:
			l.counter(pr, counters)
			counters++
		case kind == builtin.Timer:
			f.timer(i, at, same, l)
		default:
			f.aside(i, at, same, l)
		}
	}
	l.report()
	return f, l.ds
}

// event chooses the events for a probe. All that the recording has at a point have the
// same fields; those that no filter has kept away are the best.
func (f *Fit) event(i int, found []int, at int, same bool, l *lacks) {
	pr := f.plan.Probes[i]
	if len(found) == 0 {
		l.noEvents(pr)
		return
	}
	from := found[min(at, len(found)-1)]
	if !same {
		if free := slices.IndexFunc(found, func(r int) bool { return len(f.head.Probes[r].Filter) == 0 }); free >= 0 {
			from = found[free]
		}
		l.filtered(pr, &f.head.Probes[from])
	}
	if parts, ok := f.parts(pr, from, l); ok {
		f.handlers[from] = append(f.handlers[from], handler{i, parts})
	}
}

// timer finds the recording's timer of the same point.
func (f *Fit) timer(i, at int, same bool, l *lacks) {
	pr := f.plan.Probes[i]
	found := l.points(pr)
	switch {
	case len(found) > at || len(found) > 0 && !pr.InKernel:
		from := found[min(at, len(found)-1)]
		if parts, ok := f.parts(pr, from, l); ok {
			f.handlers[from] = append(f.handlers[from], handler{i, parts})
		}
	case pr.InKernel:
		l.absent(pr, "the kernel's data at the moments of this timer")
	default:
		f.Timers = append(f.Timers, i)
	}
}

func (f *Fit) aside(i, at int, same bool, l *lacks) {
	pr := f.plan.Probes[i]
	found := l.points(pr)
	if at < len(found) {
		f.Aside[i] = found[at]
	}
	if !pr.InKernel {
		return
	}
	if f.Aside[i] < 0 {
		l.absent(pr, "the kernel's data at the moment of this probe")
		return
	}
	f.partsAside(i, l)
}

// partsAside notes how the record of a begin or end probe is made.
func (f *Fit) partsAside(i int, l *lacks) {
	from := f.Aside[i]
	if parts, ok := f.parts(f.plan.Probes[i], from, l); ok {
		f.handlers[from] = append(f.handlers[from], handler{i, parts})
	}
}

// parts finds the captures of a probe in the records of a recorded one.
func (f *Fit) parts(pr *plan.Probe, from int, l *lacks) ([]part, bool) {
	rec := &f.head.Probes[from]
	var parts []part
	whole := true
	faults := pr.FaultPlaces()
	for i, c := range pr.Captures {
		p, ok := find(c, rec, pr.IR.Point.Kind)
		if !ok {
			whole = false
			l.noValue(pr, c, rec)
			continue
		}
		p.to = pr.Record.Fields[i]
		p.toFaults = faults[i]
		parts = append(parts, p)
	}
	return parts, whole
}

// find looks for a capture, or for what it can be made of.
func find(c *plan.Capture, rec *Probe, kind builtin.PointKind) (part, bool) {
	named := func(text string) (p part, ok bool) {
		i := slices.IndexFunc(rec.Fields, func(f Field) bool { return f.Text == text && f.AtEntry == c.AtEntry })
		if i < 0 {
			return p, false
		}
		f := &rec.Fields[i]
		if (f.Kind == layout.Comm) != (c.Kind == layout.Comm) || (f.Kind == layout.Memory) != (c.Kind == layout.Memory) {
			return p, false
		}
		p.from, p.atEntry = layout.Field{Kind: f.Kind, Offset: f.Offset, Max: f.Max}, f.AtEntry
		p.faults = f.Faults
		return p, true
	}
	if p, ok := named(c.Text); ok {
		return p, true
	}
	base, derive, ok := derived(c.Text, kind)
	if !ok || c.AtEntry {
		return part{}, false
	}
	p, ok := named(base)
	p.derive = derive
	return p, ok
}

// clocks are the times that are made of one in nanoseconds.
var clocks = map[string]int64{"gettimeofday_us()": 1e3, "gettimeofday_ms()": 1e6, "gettimeofday_s()": 1e9}

// argument is an argument of a call, in one of the forms in which scripts ask for it.
var argument = regexp.MustCompile(`^(int|uint|long|ulong|pointer|u32|s32|u64|s64|longlong|ulonglong)_arg\(([1-6])\)$`)

// derived is of what a capture can be made.
func derived(text string, kind builtin.PointKind) (base string, derive func(int64) int64, ok bool) {
	if unit, ok := clocks[text]; ok {
		return "gettimeofday_ns()", func(v int64) int64 { return v / unit }, true
	}
	m := argument.FindStringSubmatch(text)
	if m == nil || kind != builtin.SyscallEnter {
		return "", nil, false
	}
	base = "long_arg(" + m[2] + ")"
	switch m[1] {
	case "int", "s32":
		return base, func(v int64) int64 { return int64(int32(v)) }, true
	case "uint", "u32":
		return base, func(v int64) int64 { return int64(uint32(v)) }, true
	}
	return base, func(v int64) int64 { return v }, true
}

// Handlers are the script's probes that run where a probe of the recording did.
func (f *Fit) Handlers(recorded int) int { return len(f.handlers[recorded]) }

// Handler is the n-th of them, with the record that the recording's is made into. It is
// valid until the next call. Without a record, there is none.
func (f *Fit) Handler(recorded, n int, record []byte) (probe int, made []byte) {
	h := &f.handlers[recorded][n]
	pr := f.plan.Probes[h.probe]
	if !pr.InKernel {
		return h.probe, nil
	}
	return h.probe, f.convert(h, pr, &f.head.Probes[recorded], record)
}

// AsideRecord is the record of a begin, end or error probe; nil if it has none.
func (f *Fit) AsideRecord(probe int, record []byte) []byte {
	from := f.Aside[probe]
	if from < 0 || !f.plan.Probes[probe].InKernel {
		return nil
	}
	for n := range f.handlers[from] {
		if h := &f.handlers[from][n]; h.probe == probe {
			return f.convert(h, f.plan.Probes[probe], &f.head.Probes[from], record)
		}
	}
	return nil
}

// Recorded is the recording's probe that serves one of the script's; -1 if none does.
func (f *Fit) Recorded(probe int) int {
	for from, list := range f.handlers {
		if slices.ContainsFunc(list, func(h handler) bool { return h.probe == probe }) {
			return from
		}
	}
	return f.Aside[probe]
}

// convert makes the record of a probe of one of the recording's.
func (f *Fit) convert(h *handler, pr *plan.Probe, rec *Probe, record []byte) []byte {
	b := append(f.buf[:0], make([]byte, pr.Record.Fixed)...)
	binary.LittleEndian.PutUint32(b[layout.HeaderProbe:], uint32(h.probe))
	faults, then := uint32(0), []byte(nil)
	if len(record) >= layout.HeaderSize {
		faults = binary.LittleEndian.Uint32(record[layout.HeaderFaults:])
	}
	if rec.Entry > 0 {
		then, _ = bytesAt(record, rec.Entry)
	}
	binary.LittleEndian.PutUint32(b[layout.HeaderFaults:], faults&layout.FilterFault)
	var entry []byte
	if pr.Entry != nil && len(then) > 0 {
		entry = make([]byte, pr.Entry.Record.Fixed)
	}
	for i := range h.parts {
		p := &h.parts[i]
		p.fail(b, record)
		if !p.atEntry {
			b = p.move(b, record)
		} else if entry != nil {
			entry = p.move(entry, then)
		}
	}
	if pr.Entry != nil {
		b = putBytes(b, pr.Entry.Field.Offset, entry, 0)
	}
	f.buf = b
	return b
}

// fail notes in one record which reads of a field have failed in another.
func (p *part) fail(to, from []byte) {
	for i, f := range p.faults {
		if len(p.toFaults) == 0 || !isSet(from, f) {
			continue
		}
		t := p.toFaults[min(i, len(p.toFaults)-1)]
		if t.At == 0 {
			word := to[layout.HeaderFaults:]
			binary.LittleEndian.PutUint32(word, binary.LittleEndian.Uint32(word)|uint32(t.Bit))
		} else if t.At+8 <= len(to) {
			word := to[t.At:]
			binary.LittleEndian.PutUint64(word, binary.LittleEndian.Uint64(word)|t.Bit)
		}
	}
}

// isSet reports whether a record has a bit.
func isSet(record []byte, f layout.FaultPlace) bool {
	switch {
	case f.At == 0:
		return len(record) >= layout.HeaderSize && uint64(binary.LittleEndian.Uint32(record[layout.HeaderFaults:]))&f.Bit&^layout.FilterFault != 0
	case f.At < 0 || f.At > len(record)-8:
		return false
	}
	return binary.LittleEndian.Uint64(record[f.At:])&f.Bit != 0
}

// move puts a field of one record into another.
func (p *part) move(to, from []byte) []byte {
	at := p.to.Offset
	if at+p.to.Kind.Size() > len(to) {
		return to // no plan has such a field
	}
	switch p.from.Kind {
	case layout.Comm:
		if p.from.Offset+layout.CommSize <= len(from) {
			copy(to[at:at+layout.CommSize], from[p.from.Offset:])
		}
		return to
	case layout.Memory:
		b, errno := bytesAt(from, p.from.Offset)
		return putBytes(to, at, b[:min(len(b), p.to.Max)], errno)
	}
	v := numberAt(from, p.from)
	if p.derive != nil {
		v = p.derive(v)
	}
	binary.LittleEndian.PutUint64(to[at:], uint64(v))
	return to
}

// numberAt is a number in a record; 0 if it has none.
func numberAt(record []byte, f layout.Field) int64 {
	if len(record) < f.Offset+8 {
		return 0
	}
	v := binary.LittleEndian.Uint64(record[f.Offset:])
	switch f.Kind {
	case layout.Int:
		return int64(int32(v))
	case layout.Uint:
		return int64(uint32(v))
	}
	return int64(v)
}

// efault is what a read of memory failed with where the record does not say.
const efault = -14

// bytesAt is what a field of memory holds, or the number of the error, negated.
func bytesAt(record []byte, offset int) (b []byte, errno int32) {
	if len(record) < offset+8 {
		return nil, efault
	}
	at, n := binary.LittleEndian.Uint32(record[offset:]), int32(binary.LittleEndian.Uint32(record[offset+4:]))
	switch {
	case n < 0:
		return nil, n
	case uint64(at)+uint64(n) > uint64(len(record)):
		return nil, efault
	}
	return record[at : int64(at)+int64(n)], 0
}

// putBytes gives a field of memory its bytes, which go behind the record.
func putBytes(record []byte, offset int, b []byte, errno int32) []byte {
	if errno < 0 {
		binary.LittleEndian.PutUint32(record[offset+4:], uint32(errno))
		return record
	}
	binary.LittleEndian.PutUint32(record[offset:], uint32(len(record)))
	binary.LittleEndian.PutUint32(record[offset+4:], uint32(len(b)))
	record = append(record, b...)
	for len(record)%8 != 0 {
		record = append(record, 0)
	}
	return record
}

// lacks collects what a recording does not have.
type lacks struct {
	plan    *plan.Plan
	head    *Head
	ds      *source.Diagnostics
	missing []missing
}

// missing is the points of one place in the script that the recording does not have.
type missing struct {
	probe  *plan.Probe
	points []string
}

// points are the recording's probes at the point of one of the script's.
func (l *lacks) points(pr *plan.Probe) (found []int) {
	for i := range l.head.Probes {
		q := &l.head.Probes[i]
		if q.Point == pr.IR.Point.Name && q.Kind == pr.IR.Point.Kind.String() && q.Events == pr.SendsEvents() {
			found = append(found, i)
		}
	}
	return found
}

func (l *lacks) noEvents(pr *plan.Probe) {
	for i := range l.missing {
		if l.missing[i].probe.IR.Pos == pr.IR.Pos {
			l.missing[i].points = append(l.missing[i].points, pointText(pr))
			return
		}
	}
	l.missing = append(l.missing, missing{pr, []string{pointText(pr)}})
}

// own are the fields of a probe's records that are not there in all recordings.
func (p *Probe) own() (texts []string) {
	for _, f := range p.Fields {
		if f.AtEntry || !plan.IsUsual(f.Text) {
			texts = append(texts, f.Text)
		}
	}
	return texts
}

// pointText is a point as the script has it, unless that stands for several.
func pointText(pr *plan.Probe) string {
	if strings.Contains(pr.IR.Spelling, "*") {
		return pr.IR.Point.Name
	}
	return pr.IR.Spelling
}

// maxNamed is how many names a message has.
const maxNamed = 8

func some(list []string) string {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	if n := len(list) - maxNamed; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:maxNamed], ", "), n)
	}
	return strings.Join(list, ", ")
}

// report says which points the recording does not have.
func (l *lacks) report() {
	var there []string
	for i := range l.head.Probes {
		if q := &l.head.Probes[i]; q.Events {
			there = append(there, q.Spelling)
		}
	}
	hint := "it has the events of " + some(there)
	if len(there) == 0 {
		hint = "it has no events at all"
	}
	for _, m := range l.missing {
		l.add(m.probe, m.probe.IR.Pos, NoEvents, "the recording has no events of "+some(m.points), hint)
	}
}

// counter holds that a counter of the script, whose values events carry by its number, is
// the one that has that number in the recording.
func (l *lacks) counter(pr *plan.Probe, number int) {
	kind := builtin.Counter.String()
	for i := range l.head.Probes {
		if l.head.Probes[i].Kind != kind {
			continue
		}
		if number == 0 && l.head.Probes[i].Point == pr.IR.Point.Name {
			return
		}
		number--
	}
	l.absent(pr, "what this counter has counted")
}

func (l *lacks) absent(pr *plan.Probe, what string) {
	l.add(pr, pr.IR.Pos, NoEvents, "the recording does not have "+what, "")
}

func (l *lacks) filtered(pr *plan.Probe, rec *Probe) {
	if len(rec.Filter) == 0 {
		return
	}
	l.ds.Add(l.diagnostic(pr, pr.IR.Pos, Filtered, source.Warning,
		fmt.Sprintf("the recording has only those events of %s for which: %s", rec.Spelling, joined(rec.Filter)),
		"record --all keeps those, too, that the script does not look at"))
}

// joined is the condition that some conditions are together.
func joined(conditions []string) string {
	if len(conditions) == 1 {
		return conditions[0]
	}
	list := make([]string, len(conditions))
	for i, c := range conditions {
		if list[i] = c; strings.Contains(c, " || ") || strings.Contains(c, " ? ") {
			list[i] = "(" + c + ")"
		}
	}
	return strings.Join(list, " && ")
}

// noValue says that a capture is not there, at the place that asks for it.
func (l *lacks) noValue(pr *plan.Probe, c *plan.Capture, rec *Probe) {
	at, asked := pr.IR.Pos, c.Text
	for x, of := range l.plan.CaptureOf {
		if of == c && x.Token().IsValid() && (at == pr.IR.Pos || x.Token().Start < at.Start) && pr.Asks(x) {
			at, asked = x.Token(), ir.ExprString(x)
		}
	}
	texts := "it has the usual values alone"
	if own := rec.own(); len(own) > 0 {
		texts = "besides the usual values it has " + strings.Join(own, ", ")
	}
	message := fmt.Sprintf("the recording of %s does not have %s", rec.Spelling, asked)
	if file := l.plan.IR.Sources.FileOf(at.Start); file != nil && file.Library {
		at = pr.IR.Pos
	}
	l.add(pr, at, NoValue, message, "record it with --capture; "+texts)
}

func (l *lacks) add(pr *plan.Probe, at source.Span, code source.Code, message, hint string) {
	d := l.diagnostic(pr, at, code, source.SemanticError, message, hint)
	for _, known := range l.ds.List {
		if known.Token == d.Token && known.Message == message {
			return
		}
	}
	l.ds.Add(d)
}

func (l *lacks) diagnostic(pr *plan.Probe, at source.Span, code source.Code, severity source.Severity, message, hint string) *source.Diagnostic {
	d := &source.Diagnostic{Severity: severity, Code: code, Message: message, Hint: hint}
	if at.IsValid() {
		d.Token = l.plan.IR.Sources.TokenAt(at.Start)
	}
	return d
}
