package recording

import (
	"encoding/binary"
	"errors"

	"tapir/bpf/callframe"
	"tapir/runtime/symbol"
)

// The entries of a block begin with their kind. Numbers are varints, unsigned ones where
// they can't be negative; texts and records are their length and their bytes.
const (
	eventEntry   = 'E' // probe, record, answers: the handler of an event has run
	runEntry     = 'H' // probe, moment, record, answers: a handler of another probe has run
	startEntry   = 'M' // moment: all is attached
	kernelEntry  = 'k' // address, symbol
	addressEntry = 'a' // name, address
	errorEntry   = 'e' // text: why the kernel has no names
	userEntry    = 'u' // process, address, time, symbol
	lineEntry    = 'l' // process, address, time, file, line
	rowEntry     = 'r' // process, address, time, row
)

// run is the run of a handler, or the start (a Probe of -1).
type run struct {
	Probe   int
	Event   bool
	At      Moment // but of an event
	Record  []byte
	Answers []answer
	facts   []fact // learned in its course
}

// answer is what a context function said.
type answer struct {
	name   string
	long   int64
	text   string
	isText bool
}

// subject is what a fact is about.
type subject struct {
	kind    byte
	pid     int
	address uint64
	name    string
}

// fact is what was learned about an address. Which fields are of use depends on the kind.
type fact struct {
	subject
	at    int64 // time of the monotonic clock
	value value
}

type value struct {
	symbol        symbol.Symbol
	text          string
	number        int64
	row           callframe.Row
	known, mapped bool
}

// writing appends to a block's content.
type writing []byte

func (w *writing) byte(b byte)       { *w = append(*w, b) }
func (w *writing) number(n int64)    { *w = binary.AppendVarint(*w, n) }
func (w *writing) unsigned(n uint64) { *w = binary.AppendUvarint(*w, n) }

func (w *writing) text(s string) {
	w.unsigned(uint64(len(s)))
	*w = append(*w, s...)
}

func (w *writing) bytes(b []byte) {
	w.unsigned(uint64(len(b)))
	*w = append(*w, b...)
}

func (w *writing) flags(list ...bool) {
	b := byte(0)
	for i, set := range list {
		if set {
			b |= 1 << i
		}
	}
	w.byte(b)
}

func (w *writing) moment(m Moment) {
	w.number(m.Wall)
	w.number(m.Monotonic)
}

func (w *writing) run(r *run) {
	switch {
	case r.Probe < 0:
		w.byte(startEntry)
		w.moment(r.At)
		return
	case r.Event:
		w.byte(eventEntry)
		w.unsigned(uint64(r.Probe))
	default:
		w.byte(runEntry)
		w.unsigned(uint64(r.Probe))
		w.moment(r.At)
	}
	w.bytes(r.Record)
	w.unsigned(uint64(len(r.Answers)))
	for _, a := range r.Answers {
		w.text(a.name)
		w.flags(a.isText)
		if a.isText {
			w.text(a.text)
		} else {
			w.number(a.long)
		}
	}
}

func (w *writing) fact(f *fact) {
	w.byte(f.kind)
	switch f.kind {
	case kernelEntry:
		w.unsigned(f.address)
	case addressEntry:
		w.text(f.name)
		w.number(f.value.number)
		return
	case errorEntry:
		w.text(f.value.text)
		return
	default:
		w.number(int64(f.pid))
		w.unsigned(f.address)
		w.number(f.at)
	}
	switch v := &f.value; f.kind {
	case lineEntry:
		w.text(v.text)
		w.number(v.number)
	case rowEntry:
		w.flags(v.known, v.mapped, v.row.ByBase, v.row.Outermost, v.row.BaseSaved)
		w.number(v.row.End)
		w.number(v.row.Return)
		w.number(v.row.Base)
	default:
		w.text(v.symbol.Name)
		w.unsigned(v.symbol.Offset)
		w.unsigned(v.symbol.Size)
		w.text(v.symbol.Module)
	}
}

// errEntry says that a block holds what is no entry. Its checksum was right, so that is
// no accident.
var errEntry = errors.New("an entry of the recording makes no sense")

// reading takes a block's content apart. After an error all is empty.
type reading struct {
	rest []byte
	bad  bool
}

func (r *reading) fail() {
	r.bad, r.rest = true, nil
}

func (r *reading) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reading) number() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reading) unsigned() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// bytes points into the block.
func (r *reading) bytes() []byte {
	n := r.unsigned()
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reading) text() string { return string(r.bytes()) }

func (r *reading) flags(list ...*bool) {
	b := r.byte()
	for i, p := range list {
		*p = b&(1<<i) != 0
	}
}

func (r *reading) moment() Moment { return Moment{r.number(), r.number()} }

// next reads the entries up to the next run into it; ok is false at the end of the block
// or if there is something wrong. Facts behind the last run are a run without a probe.
func (r *reading) next(into *run, probes int) (ok bool) {
	*into = run{Probe: noRun, facts: into.facts[:0], Answers: into.Answers[:0]}
	for len(r.rest) > 0 {
		switch kind := r.byte(); kind {
		case startEntry:
			into.Probe, into.At = -1, r.moment()
			return !r.bad
		case eventEntry, runEntry:
			return r.run(into, kind == eventEntry, probes)
		case kernelEntry, addressEntry, errorEntry, userEntry, lineEntry, rowEntry:
			into.facts = append(into.facts, r.fact(kind))
		default:
			r.fail()
		}
	}
	return !r.bad && len(into.facts) > 0
}

// noRun is the probe of facts that belong to no run.
const noRun = -2

func (r *reading) run(into *run, event bool, probes int) bool {
	n := r.unsigned()
	if n >= uint64(probes) {
		r.fail()
		return false
	}
	into.Probe, into.Event = int(n), event
	if !event {
		into.At = r.moment()
	}
	into.Record = r.bytes()
	for n := r.unsigned(); n > 0 && !r.bad; n-- {
		a := answer{name: r.text()}
		r.flags(&a.isText)
		if a.isText {
			a.text = r.text()
		} else {
			a.long = r.number()
		}
		into.Answers = append(into.Answers, a)
	}
	return !r.bad
}

func (r *reading) fact(kind byte) fact {
	f := fact{subject: subject{kind: kind}}
	v := &f.value
	switch kind {
	case kernelEntry:
		f.address = r.unsigned()
	case addressEntry:
		f.name = r.text()
		v.number = r.number()
		return f
	case errorEntry:
		v.text = r.text()
		return f
	default:
		f.pid = int(r.number())
		f.address = r.unsigned()
		f.at = r.number()
	}
	switch kind {
	case lineEntry:
		v.text, v.number = symbol.Harmless(r.text()), r.number()
	case rowEntry:
		r.flags(&v.known, &v.mapped, &v.row.ByBase, &v.row.Outermost, &v.row.BaseSaved)
		v.row.End, v.row.Return, v.row.Base = r.number(), r.number(), r.number()
	default:
		v.symbol = symbol.Symbol{Name: symbol.Harmless(r.text()), Offset: r.unsigned(), Size: r.unsigned(), Module: symbol.Harmless(r.text())}
	}
	return f
}
