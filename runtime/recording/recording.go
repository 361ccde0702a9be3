// Package recording keeps what the handlers of a run were given: the events' records, the
// moments of timers, and all else that they learned of the machine, so that the script,
// or another one, can be run over it again elsewhere. docs/recording.md describes the
// format. Start with New, which makes a Recorder, and with Open, which makes a Recording.
package recording

import (
	"tapir/bpf/layout"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/transcript"
)

// Head is what a recording begins with.
type Head struct {
	Tapir   string            `json:"tapir"` // the version that made it
	Script  Script            `json:"script"`
	Kernel  Kernel            `json:"kernel"`
	Target  int64             `json:"target"` // what target() gave
	Began   Moment            `json:"began"`
	Jiffies int64             `json:"jiffies"` // when it began
	Longs   map[string]int64  `json:"longs"`   // context functions of tapir's own process, as far as they stay
	Texts   map[string]string `json:"texts"`
	Probes  []Probe           `json:"probes"` // those of the script, in order
}

// Script is what was run, with all that the compiler reads besides.
type Script struct {
	Files      []File            `json:"files"` // the main one first
	Args       []string          `json:"args,omitempty"`
	Library    []File            `json:"library,omitempty"` // of folders of functions, aliases and macros
	Globals    map[string]string `json:"globals,omitempty"` // -G
	Defines    map[string]string `json:"defines,omitempty"` // -D
	Compatible string            `json:"compatible,omitempty"`
	Privilege  string            `json:"privilege,omitempty"`
	Name       string            `json:"name,omitempty"` // as which tapir was called
	Command    string            `json:"command,omitempty"`
	PID        int               `json:"pid,omitempty"`

	Guru           bool `json:"guru,omitempty"`
	Unoptimized    bool `json:"unoptimized,omitempty"`
	SkipBadVars    bool `json:"skip_bad_vars,omitempty"`
	SuppressErrors bool `json:"suppress_errors,omitempty"`
	SuppressLimits bool `json:"suppress_limits,omitempty"`
	NoDisplay      bool `json:"no_display,omitempty"`
}

// File is a text by its name.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Kernel is what the compiler was told about the kernel.
type Kernel struct {
	Release string              `json:"release"`
	Config  map[string]string   `json:"config,omitempty"` // options that the preprocessor asked for
	Answers *transcript.Answers `json:"answers,omitempty"`
}

// Moment is a time by two clocks, in nanoseconds.
type Moment struct {
	Wall      int64 `json:"wall"` // since the epoch
	Monotonic int64 `json:"monotonic"`
}

// Probe is a probe of the recorded script.
type Probe struct {
	Point    string   `json:"point"`    // in its full form
	Spelling string   `json:"spelling"` // as the script has it
	Kind     string   `json:"kind"`
	Events   bool     `json:"events,omitempty"` // it is an event's
	Filter   []string `json:"filter,omitempty"` // which the events have passed
	Fixed    int      `json:"fixed,omitempty"`  // the fewest bytes of a record
	Entry    int      `json:"entry,omitempty"`  // where the record has that of the call's entry; 0: it has none
	Fields   []Field  `json:"fields,omitempty"`
}

// Field is a value in the records of a probe.
type Field struct {
	Text    string           `json:"text"` // says which; see plan.Capture
	Kind    layout.FieldKind `json:"kind"`
	Offset  int              `json:"offset"`
	Max     int              `json:"max,omitempty"`
	AtEntry bool             `json:"at_entry,omitempty"`
	// Faults are the bits that say whether the reads of it have failed.
	Faults []layout.FaultPlace `json:"fault_bits,omitempty"`
}

// probesOf describes the probes of a plan.
func probesOf(p *plan.Plan) []Probe {
	var list []Probe
	for _, pr := range p.Probes {
		q := Probe{
			Point: pr.IR.Point.Name, Spelling: pr.IR.Spelling, Kind: pr.IR.Point.Kind.String(),
			Events: pr.SendsEvents(), Fixed: pr.Record.Fixed,
		}
		for i, c := range pr.Filter {
			if i == 0 && pr.Switch != nil {
				continue // whether the probe was off
			}
			q.Filter = append(q.Filter, conditionText(c))
		}
		if pr.Entry != nil {
			q.Entry = pr.Entry.Field.Offset
		}
		faults := pr.FaultPlaces()
		for i, c := range pr.Captures {
			f := pr.Record.Fields[i]
			q.Fields = append(q.Fields, Field{
				Text: c.Text, Kind: f.Kind, Offset: f.Offset, Max: f.Max,
				AtEntry: c.AtEntry, Faults: faults[i],
			})
		}
		list = append(list, q)
	}
	return list
}

// beginKind is the kind of begin probes.
var beginKind = builtin.Begin.String()

// isAside reports whether a probe of a kind runs before the first event or after the last.
func isAside(kind string) bool {
	return kind == beginKind || kind == builtin.End.String() || kind == builtin.Error.String()
}

// Trailer is what a recording ends with.
type Trailer struct {
	Ended   Moment                       `json:"ended"`
	Runs    uint64                       `json:"runs"`   // of handlers
	Counts  [][layout.NumCounters]uint64 `json:"counts"` // by probe; none if no probe is in the kernel
	Skipped []Skipped                    `json:"skipped,omitempty"`
	Lost    uint64                       `json:"lost,omitempty"` // handlers that did not run
	Full    bool                         `json:"full,omitempty"` // the file's limit has ended the run
}

// Skipped is how often the kernel left out a program.
type Skipped struct {
	Program string `json:"program"`
	Times   uint64 `json:"times"`
}
