package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"tapir/bpf/layout"
)

// Recording is a recording that was looked through once.
type Recording struct {
	Head    Head
	Trailer *Trailer // nil if it was cut short
	// Cut says where it ends without a trailer, or is damaged; nil if it is whole.
	Cut  *ErrCut
	Runs uint64 // of handlers

	from   io.ReadSeeker
	before map[int]*run      // of probes that run before the first event, by the probe
	after  map[int]*run      // and after the last
	tail   []fact            // learned after the last event
	ever   map[subject]value // the first that was learned of each address
	last   Moment            // of a handler outside of events
}

// maxMemory bounds what is kept in memory of a recording: facts and the runs of begin and
// end probes, in bytes.
const maxMemory = 512 << 20

// maxProbes bounds the probes and their fields, of which a script has some thousands.
const maxProbes = 1 << 16

// Open reads a recording to its end, or as far as it can be read. The reader is read again
// by Play.
func Open(from io.ReadSeeker) (*Recording, error) {
	b, err := openBlocks(from)
	if err != nil {
		return nil, err
	}
	r := &Recording{from: from, before: map[int]*run{}, after: map[int]*run{}, ever: map[subject]value{}}
	kind, content, err := b.next()
	if cut := (*ErrCut)(nil); errors.As(err, &cut) || errors.Is(err, io.EOF) {
		return nil, errors.New("the recording ends before it tells what it is about")
	}
	if err != nil {
		return nil, err
	}
	if kind != headBlock {
		return nil, errNone
	}
	if err := json.Unmarshal(content, &r.Head); err != nil {
		return nil, fmt.Errorf("the recording's head makes no sense: %w", err)
	}
	if err := r.Head.check(); err != nil {
		return nil, err
	}
	return r, r.scan(b)
}

// check holds that the probes' fields lie in their records.
func (h *Head) check() error {
	fields := 0
	for i := range h.Probes {
		p := &h.Probes[i]
		fields += len(p.Fields)
		if p.Fixed < 0 || p.Fixed > maxBlock || p.Entry < 0 || p.Entry > maxBlock {
			return fmt.Errorf("the recording's probe %q makes no sense", p.Point)
		}
		for _, f := range p.Fields {
			if f.Offset < layout.HeaderSize || f.Offset > maxBlock || f.Kind > layout.Uint {
				return fmt.Errorf("the recording's probe %q makes no sense", p.Point)
			}
		}
	}
	if len(h.Script.Files) == 0 || len(h.Probes) > maxProbes || fields > 16*maxProbes {
		return errors.New("the recording's head makes no sense")
	}
	return nil
}

// scan looks through the blocks behind the head.
func (r *Recording) scan(b *blocks) error {
	memory := 0
	var e run
	for {
		kind, content, err := b.next()
		switch {
		case errors.Is(err, io.EOF):
			r.Cut = &ErrCut{b.at, "it was cut short there"}
			return nil
		case errors.As(err, &r.Cut):
			return nil
		case err != nil:
			return err
		case kind == trailerBlock:
			r.Trailer = &Trailer{}
			if err := json.Unmarshal(content, r.Trailer); err != nil {
				return fmt.Errorf("the recording's trailer makes no sense: %w", err)
			}
			return nil
		case kind != entriesBlock:
			return errEntry
		}
		in := reading{rest: content}
		for in.next(&e, len(r.Head.Probes)) {
			memory += r.note(&e)
			if memory > maxMemory {
				return fmt.Errorf("the recording has names for more than %d MB of memory", maxMemory>>20)
			}
		}
		if in.bad {
			return errEntry
		}
	}
}

// note keeps of a run what is looked for out of order. It gives the bytes that this takes.
func (r *Recording) note(e *run) (memory int) {
	for i := range e.facts {
		f := &e.facts[i]
		if _, known := r.ever[f.subject]; !known {
			r.ever[f.subject] = f.value
			memory += factSize(f)
		}
	}
	if e.Probe == noRun {
		r.tail = append(r.tail, e.facts...)
		return memory + e.size()
	}
	if e.Probe < 0 {
		return memory
	}
	r.Runs++
	if !e.Event {
		r.last = e.At
	}
	if !isAside(r.Head.Probes[e.Probe].Kind) {
		return memory
	}
	kept := e.clone()
	r.keep(&kept)
	return memory + kept.size()
}

// keep notes the run of a begin, end or error probe.
func (r *Recording) keep(e *run) {
	to := r.before
	if r.Head.Probes[e.Probe].Kind != beginKind {
		to = r.after
		r.tail = append(r.tail, e.facts...)
	}
	if _, known := to[e.Probe]; !known {
		to[e.Probe] = e
	}
}

// size is about what a run takes in memory.
func (e *run) size() int {
	n := len(e.Record)
	for i := range e.facts {
		n += factSize(&e.facts[i])
	}
	for i := range e.Answers {
		n += answerSize + len(e.Answers[i].text)
	}
	return n
}

func (e *run) clone() run {
	c := *e
	c.Record = append([]byte(nil), e.Record...)
	c.Answers = append([]answer(nil), e.Answers...)
	c.facts = append([]fact(nil), e.facts...)
	return c
}

// What a fact and an answer take in memory, texts left out.
const (
	factOverhead = 320
	answerSize   = 64
)

func factSize(f *fact) int {
	return factOverhead + len(f.name) + len(f.value.text) + len(f.value.symbol.Name) + len(f.value.symbol.Module)
}
