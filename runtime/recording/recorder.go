package recording

import (
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"tapir/bpf/callframe"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/runtime/symbol"
	"tapir/runtime/vm"
)

// Sizes in bytes: of a block's content before it is written, and of a file, unless
// Options say otherwise.
const (
	fullBlock   = 256 << 10
	DefaultSize = 1 << 30
)

// pause is how long what was noted may stay in memory.
const pause = 200 * time.Millisecond

// ErrFull says that the file is as large as it may be.
var ErrFull = errors.New("the recording has reached its limit")

// Recorder writes a recording. It belongs to the goroutine of the session. Errors of the
// file are kept; Err gives the first.
type Recorder struct {
	to    io.Writer
	limit int64
	size  int64
	err   error
	zip   *flate.Writer
	block []byte
	text  writing
	wrote time.Time

	head    Head
	self    vm.Context
	names   symbol.Names
	answers []answer
	runs    uint64

	known   map[subject]value // before the run that goes on
	learned map[subject]value // in it
	noted   map[exactly]bool  // in it
}

// exactly is a subject at a time.
type exactly struct {
	subject
	at int64
}

// New makes a Recorder that writes to w. What is missing in the head is filled in when
// the session begins. A limit of 0 is DefaultSize.
func New(w io.Writer, h Head, limit int64) *Recorder {
	if limit <= 0 {
		limit = DefaultSize
	}
	zip, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	return &Recorder{
		to: w, limit: limit, err: err, zip: zip, head: h,
		known: map[subject]value{}, learned: map[subject]value{}, noted: map[exactly]bool{},
	}
}

// Err is what kept something from being written, or nil.
func (r *Recorder) Err() error { return r.err }

// constants are the context functions of tapir's own process that rarely change.
var constants = struct{ longs, texts []string }{
	[]string{"pid", "tid", "ppid", "uid", "euid", "gid", "egid", "pgrp", "sid", "HZ", "tz_gmtoff", "stp_pid", "_stp_uid"},
	[]string{"execname", "pexecname", "tz_name"},
}

// Begin writes the head. What handlers then learn of the machine they learn through Self
// and Names.
func (r *Recorder) Begin(p *plan.Plan, target int64, self vm.Context, names symbol.Names) {
	r.self, r.names = self, names
	h := &r.head
	h.Target, h.Probes, h.Began, h.Jiffies = target, probesOf(p), r.now(), self.Long("jiffies")
	h.Longs, h.Texts = map[string]int64{}, map[string]string{}
	for _, name := range constants.longs {
		h.Longs[name] = self.Long(name)
	}
	for _, name := range constants.texts {
		h.Texts[name] = self.Text(name)
	}
	content, err := json.Marshal(h)
	switch {
	case err != nil:
		r.fail(err)
	case len(content) > maxHead:
		r.fail(fmt.Errorf("the scripts and what they use have more than %d MB", maxHead>>20))
	default:
		r.write(binary.LittleEndian.AppendUint32([]byte(magic), version))
		r.writeBlock(headBlock, content)
	}
}

func (r *Recorder) now() Moment {
	return Moment{r.self.Long("gettimeofday_ns"), r.self.Long("cpu_clock_ns")}
}

// conditionText is a condition as explain has it.
func conditionText(c *plan.Condition) string { return ir.ExprString(c.Expr) }

// Attached notes that all is attached.
func (r *Recorder) Attached() {
	r.text.run(&run{Probe: -1, At: r.now()})
	r.flush()
}

// Ran notes that a handler has run, on an event's record or on what was taken for it.
func (r *Recorder) Ran(probe int, event bool, record []byte) {
	if r.err != nil {
		return
	}
	e := run{Probe: probe, Event: event, Record: record, Answers: r.answers}
	if !event {
		e.At = r.now()
	}
	r.text.run(&e)
	r.runs++
	r.answers = r.answers[:0]
	if len(r.known) > maxFacts {
		clear(r.known)
	}
	for s, v := range r.learned {
		r.known[s] = v
	}
	clear(r.learned)
	clear(r.noted)
	if len(r.text) >= fullBlock {
		r.flush()
	}
}

// maxFacts is how many addresses a Recorder remembers; of those it has forgotten, it
// writes down anew what it is told.
const maxFacts = 1 << 20

// Pause writes what was noted some time ago.
func (r *Recorder) Pause() {
	if len(r.text) > 0 && time.Since(r.wrote) >= pause {
		r.flush()
	}
}

// Close ends the recording.
func (r *Recorder) Close(t Trailer) error {
	r.flush()
	full := errors.Is(r.err, ErrFull)
	if r.err != nil && !full {
		return r.err
	}
	t.Ended, t.Runs, t.Full = r.now(), r.runs, full
	content, err := json.Marshal(t)
	if err != nil {
		return err
	}
	r.err, r.limit = nil, r.limit+maxBlock // it is small
	r.writeBlock(trailerBlock, content)
	return r.err
}

// Size is how many bytes were written.
func (r *Recorder) Size() int64 { return r.size }

// Runs is how many runs of handlers were noted.
func (r *Recorder) Runs() uint64 { return r.runs }

func (r *Recorder) flush() {
	r.wrote = time.Now()
	if len(r.text) == 0 {
		return
	}
	r.writeBlock(entriesBlock, r.text)
	r.text = r.text[:0]
}

func (r *Recorder) writeBlock(kind uint32, content []byte) {
	if r.err != nil {
		return
	}
	block, err := appendBlock(r.block[:0], kind, content, r.zip)
	if err != nil {
		r.fail(err)
		return
	}
	r.block = block
	if r.size+int64(len(block)) > r.limit {
		r.fail(ErrFull)
		return
	}
	r.write(block)
}

func (r *Recorder) write(b []byte) {
	if r.err != nil {
		return
	}
	n, err := r.to.Write(b)
	r.size += int64(n)
	if err != nil {
		r.fail(err)
	}
}

func (r *Recorder) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Self is the context of tapir's own process, whose answers are noted.
func (r *Recorder) Self() vm.Context { return (*ownContext)(r) }

type ownContext Recorder

// Long answers a function that gives a number.
func (c *ownContext) Long(function string) int64 {
	v := c.self.Long(function)
	if constant, ok := c.head.Longs[function]; !ok || constant != v {
		c.answers = append(c.answers, answer{name: function, long: v})
	}
	return v
}

// Text answers a function that gives a text.
func (c *ownContext) Text(function string) string {
	v := c.self.Text(function)
	if constant, ok := c.head.Texts[function]; !ok || constant != v {
		c.answers = append(c.answers, answer{name: function, text: v, isText: true})
	}
	return v
}

// random is what the answers call random numbers.
const random = "randint"

// Random is a random number.
func (c *ownContext) Random(n int64) int64 {
	v := c.self.Random(n)
	c.answers = append(c.answers, answer{name: random, long: v})
	return v
}

// Names are the session's, whose answers are noted.
func (r *Recorder) Names() symbol.Names { return (*notedNames)(r) }

type notedNames Recorder

// note writes a fact down that was not known before this run, or was another then. One
// that is asked for twice in a run may be another each time.
func (n *notedNames) note(s subject, at int64, v value) {
	if known, ok := n.known[s]; ok && known == v {
		if _, changed := n.learned[s]; !changed {
			return
		}
	}
	if e := (exactly{s, at}); !n.noted[e] {
		n.noted[e] = true
		n.learned[s] = v
		n.text.fact(&fact{s, at, v})
	}
}

// InKernel is what lies at an address of the kernel.
func (n *notedNames) InKernel(address uint64) symbol.Symbol {
	x := n.names.InKernel(address)
	n.note(subject{kind: kernelEntry, address: address}, 0, value{symbol: x})
	return x
}

// KernelAddress is the address of a symbol of the kernel.
func (n *notedNames) KernelAddress(name string) uint64 {
	address := n.names.KernelAddress(name)
	n.note(subject{kind: addressEntry, name: name}, 0, value{number: int64(address)})
	return address
}

// Err says why the kernel's symbols can't be had.
func (n *notedNames) Err() error {
	err := n.names.Err()
	if err != nil {
		n.note(subject{kind: errorEntry}, 0, value{text: err.Error()})
	}
	return err
}

// User is what lay at an address of a process.
func (n *notedNames) User(pid int, address uint64, at int64) symbol.Symbol {
	x := n.names.User(pid, address, at)
	n.note(subject{kind: userEntry, pid: pid, address: address}, at, value{symbol: x})
	return x
}

// Line is the source file and the line there.
func (n *notedNames) Line(pid int, address uint64, at int64) (source string, line int) {
	source, line = n.names.Line(pid, address, at)
	n.note(subject{kind: lineEntry, pid: pid, address: address}, at, value{text: source, number: int64(line)})
	return source, line
}

// Row is what is known about the frame there.
func (n *notedNames) Row(pid int, address uint64, at int64) (row callframe.Row, known, mapped bool) {
	row, known, mapped = n.names.Row(pid, address, at)
	n.note(subject{kind: rowEntry, pid: pid, address: address}, at, value{row: row, known: known, mapped: mapped})
	return row, known, mapped
}
