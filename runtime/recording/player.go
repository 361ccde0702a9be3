package recording

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"tapir/bpf/callframe"
	"tapir/bpf/layout"
	"tapir/runtime/symbol"
	"tapir/runtime/vm"
)

// Player goes through a recording once more. It belongs to one goroutine. Its answers to
// handlers are those of the run that it has come to; see Enter, Before and After.
type Player struct {
	*Recording
	in      *blocks
	block   reading
	e       run
	reached Moment // the time that it has come to

	current *run              // whose answers count
	used    map[string]int    // answers by the function, as far as they were given
	exact   map[exactly]value // what the run learned
	near    map[subject]value // the same, whatever the time
	known   map[subject]value // before it
	missed  map[subject]bool  // what handlers asked about in vain
	chance  uint64            // state of the random numbers that nobody recorded
}

// Run is a handler's run of a recording, as it is played.
type Run struct {
	Probe  int // of the recording
	Event  bool
	Record []byte // valid until the next run
	At     Moment
}

// Play begins at the start.
func (r *Recording) Play() (*Player, error) {
	if _, err := r.from.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	in, err := openBlocks(r.from)
	if err != nil {
		return nil, err
	}
	if _, _, err := in.next(); err != nil { // the head
		return nil, err
	}
	return &Player{
		Recording: r, in: in, reached: r.Head.Began, current: &run{Probe: noRun},
		used: map[string]int{}, exact: map[exactly]value{}, near: map[subject]value{}, known: map[subject]value{},
		missed: map[subject]bool{},
	}, nil
}

// Next is the next run of an event's or a timer's handler; Enter comes to it. The run with
// a Probe of -1 is none: it tells when all was attached. io.EOF is the end, or the place
// where the recording is cut short.
func (p *Player) Next() (Run, error) {
	for {
		for p.block.next(&p.e, len(p.Head.Probes)) {
			e := &p.e
			switch {
			case e.Probe == noRun:
				p.learn(e)
			case e.Probe < 0:
				return Run{Probe: -1, At: e.At}, nil
			case isAside(p.Head.Probes[e.Probe].Kind):
				p.learn(e)
			default:
				if e.Event {
					e.At = p.momentOf(e)
				}
				return Run{e.Probe, e.Event, e.Record, e.At}, nil
			}
		}
		if p.block.bad {
			return Run{}, errEntry
		}
		kind, content, err := p.in.next()
		cut := (*ErrCut)(nil)
		switch {
		case errors.As(err, &cut), err == nil && kind == trailerBlock:
			return Run{}, io.EOF
		case err != nil:
			return Run{}, err
		}
		p.block = reading{rest: content}
	}
}

// Enter comes to the run that Next has given.
func (p *Player) Enter() {
	p.reached = p.e.At
	p.learn(&p.e)
}

// momentOf is the moment of an event, by what its record says.
func (p *Player) momentOf(e *run) Moment {
	m := p.reached
	q := &p.Head.Probes[e.Probe]
	for i := range q.Fields {
		f := &q.Fields[i]
		if f.AtEntry || f.Kind != layout.Word || len(e.Record) < f.Offset+8 {
			continue
		}
		v := int64(binary.LittleEndian.Uint64(e.Record[f.Offset:]))
		switch f.Text {
		case "gettimeofday_ns()":
			m.Wall = v
		case "cpu_clock_ns()":
			m.Monotonic = v
		}
	}
	return m
}

// learn makes a run the one whose answers count.
func (p *Player) learn(e *run) {
	for s, v := range p.near {
		p.known[s] = v
	}
	clear(p.near)
	clear(p.exact)
	clear(p.used)
	p.current = e
	for i := range e.facts {
		f := &e.facts[i]
		p.exact[exactly{f.subject, f.at}] = f.value
		p.near[f.subject] = f.value
	}
}

// Before comes to the run of a begin probe, by its number in the recording; a negative
// number is a probe that the recording does not have.
func (p *Player) Before(probe int) []byte { return p.aside(p.before[probe]) }

// Synthetic comes to a moment at which the recording has no run.
func (p *Player) Synthetic(m Moment) {
	p.reached = m
	p.learn(&run{Probe: noRun, At: m})
}

// After comes to the run of an end or error probe. Probe is as Before has it.
func (p *Player) After(probe int) []byte {
	record := p.aside(p.after[probe])
	p.learnTail()
	return record
}

// Finish comes to what is done after the last event.
func (p *Player) Finish() {
	if t := p.Trailer; t != nil {
		p.reached = t.Ended
	} else if p.last.Wall > p.reached.Wall {
		p.reached = p.last
	}
	p.learn(&run{Probe: noRun, At: p.reached})
	p.learnTail()
}

func (p *Player) learnTail() {
	for i := range p.tail {
		f := &p.tail[i]
		e := exactly{f.subject, f.at}
		if _, ok := p.exact[e]; !ok {
			p.exact[e] = f.value
			p.near[f.subject] = f.value
		}
	}
}

// aside comes to a run; it gives the record that was taken for it, nil if there was none.
func (p *Player) aside(e *run) []byte {
	if e == nil {
		e = &run{Probe: noRun, At: p.reached}
	}
	p.reached = e.At
	p.learn(e)
	return e.Record
}

// Time is the time that the player has come to, in nanoseconds since the epoch.
func (p *Player) Time() Moment { return p.reached }

// Self answers context functions outside of events as the recorded run's tapir did.
func (p *Player) Self() vm.Context { return (*playedContext)(p) }

type playedContext Player

// recorded is the next answer of a function in the run, or else, unless it must be new,
// its last one.
func (c *playedContext) recorded(function string, fresh bool) (answer, bool) {
	n, last := 0, -1
	for i := range c.current.Answers {
		if c.current.Answers[i].name != function {
			continue
		}
		last = i
		if n == c.used[function] {
			c.used[function]++
			return c.current.Answers[i], true
		}
		n++
	}
	if last < 0 || fresh {
		return answer{}, false
	}
	return c.current.Answers[last], true
}

// Long answers a function that gives a number.
func (c *playedContext) Long(function string) int64 {
	if a, ok := c.recorded(function, false); ok {
		return a.long
	}
	if v, ok := c.Head.Longs[function]; ok {
		return v
	}
	switch m := c.reached; function {
	case "gettimeofday_ns":
		return m.Wall
	case "gettimeofday_us":
		return m.Wall / 1e3
	case "gettimeofday_ms":
		return m.Wall / 1e6
	case "gettimeofday_s":
		return m.Wall / 1e9
	case "cpu_clock_ns", "get_cycles":
		return m.Monotonic
	case "jiffies":
		return c.jiffies(m)
	}
	return 0
}

func (c *playedContext) jiffies(m Moment) int64 {
	hz := c.Head.Longs["HZ"]
	if hz <= 0 || hz > 1e9 {
		return c.Head.Jiffies
	}
	return c.Head.Jiffies + (m.Monotonic-c.Head.Began.Monotonic)/(1e9/hz)
}

// Text answers a function that gives a text.
func (c *playedContext) Text(function string) string {
	if a, ok := c.recorded(function, false); ok {
		return strings.Clone(a.text)
	}
	return c.Head.Texts[function]
}

// Random is the recorded number, if it was drawn of as many; or else one of a sequence
// that is the same at every time.
func (c *playedContext) Random(n int64) int64 {
	if a, ok := c.recorded(random, true); ok && 0 <= a.long && a.long < n {
		return a.long
	}
	// The generator is splitmix64.
	c.chance += 0x9e3779b97f4a7c15
	z := c.chance
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int64((z ^ z>>31) % uint64(n))
}

// Names names addresses as the recorded run has.
func (p *Player) Names() symbol.Names { return (*playedNames)(p) }

// Missed is how many addresses and names handlers have asked about that the recorded run
// did not.
func (p *Player) Missed() int { return len(p.missed) }

type playedNames Player

func (n *playedNames) ask(s subject, at int64) value {
	if v, ok := n.exact[exactly{s, at}]; ok {
		return v
	}
	for _, m := range []map[subject]value{n.known, n.near, n.ever} {
		if v, ok := m[s]; ok {
			return v
		}
	}
	if s.kind != errorEntry && s.kind != rowEntry && len(n.missed) < maxFacts {
		n.missed[s] = true
	}
	return value{}
}

// InKernel is what lies at an address of the kernel.
func (n *playedNames) InKernel(address uint64) symbol.Symbol {
	return n.ask(subject{kind: kernelEntry, address: address}, 0).symbol
}

// KernelAddress is the address of a symbol of the kernel.
func (n *playedNames) KernelAddress(name string) uint64 {
	return uint64(n.ask(subject{kind: addressEntry, name: name}, 0).number)
}

// Err says why the kernel's symbols could not be had.
func (n *playedNames) Err() error {
	if text := n.ask(subject{kind: errorEntry}, 0).text; text != "" {
		return errors.New(text)
	}
	return nil
}

// User is what lay at an address of a process.
func (n *playedNames) User(pid int, address uint64, at int64) symbol.Symbol {
	return n.ask(subject{kind: userEntry, pid: pid, address: address}, at).symbol
}

// Line is the source file and the line there.
func (n *playedNames) Line(pid int, address uint64, at int64) (source string, line int) {
	v := n.ask(subject{kind: lineEntry, pid: pid, address: address}, at)
	return v.text, int(v.number)
}

// Row is what is known about the frame there.
func (n *playedNames) Row(pid int, address uint64, at int64) (row callframe.Row, known, mapped bool) {
	v := n.ask(subject{kind: rowEntry, pid: pid, address: address}, at)
	return v.row, v.known, v.mapped
}
