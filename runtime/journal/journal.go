// Package journal writes what a run does as JSON lines: an object for each print, message
// and count, in the order in which they happen. docs/json.md describes them, and
// docs/json.schema.json does so for programs.
package journal

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"tapir/lang/types"
	"tapir/runtime/vm"
)

// Writer writes to one destination. Its errors are the destination's, which keeps them.
type Writer struct {
	to  io.Writer
	now func() time.Time
}

// New makes a Writer of lines to w.
func New(w io.Writer) *Writer { return &Writer{w, time.Now} }

// At is New with another clock.
func At(w io.Writer, now func() time.Time) *Writer { return &Writer{w, now} }

// Source is what printed a text.
type Source struct {
	Probe  string    // as the script spells it; "" if no handler runs
	Moment vm.Moment // of the event; Time is 0 for a probe that no event belongs to
}

// Text writes what a print call has printed.
func (w *Writer) Text(s Source, text []byte) {
	o := printed{head: w.head("print"), Probe: s.Probe}
	if m := s.Moment; m.Time != 0 {
		o.Time = stamp(time.Unix(0, m.Time))
		o.moment = &moment{m.CPU, m.PID, m.TID, valid(m.Task)}
	}
	o.Text, o.Bytes = textOf(string(text))
	w.write(o)
}

// Message writes a warning, an error or a report.
func (w *Writer) Message(kind, text string) {
	w.write(message{w.head(kind), valid(text)})
}

// Globals writes the values of globals.
func (w *Writer) Globals(list []vm.Global) {
	o := globals{head: w.head("globals"), Globals: []global{}}
	for _, g := range list {
		o.Globals = append(o.Globals, globalOf(g))
	}
	w.write(o)
}

// Counts are a probe's counters.
type Counts struct {
	Probe       string `json:"probe"`
	Hits        uint64 `json:"hits"`
	Rejected    uint64 `json:"rejected"`
	Aggregated  uint64 `json:"aggregated"`
	Sent        uint64 `json:"sent"`
	Lost        uint64 `json:"lost"`
	FailedReads uint64 `json:"failed_reads"`
}

// Probe writes the counters of a probe.
func (w *Writer) Probe(c Counts) {
	w.write(struct {
		head
		Counts
	}{w.head("probe"), c})
}

// End writes how the run ended: the number of handlers that failed, and of those that did
// not run because their events were lost.
func (w *Writer) End(errors int, skipped uint64, failed bool) {
	w.write(ended{w.head("end"), errors, skipped, failed})
}

// The objects. Field names are the format's.
type (
	head struct {
		Type string `json:"type"`
		Time string `json:"time"`
	}
	moment struct {
		CPU  int64  `json:"cpu"`
		PID  int64  `json:"pid"`
		TID  int64  `json:"tid"`
		Task string `json:"task"`
	}
	printed struct {
		head
		Probe string `json:"probe,omitempty"`
		*moment
		Text  string `json:"text"`
		Bytes string `json:"bytes,omitempty"`
	}
	message struct {
		head
		Message string `json:"message"`
	}
	globals struct {
		head
		Globals []global `json:"globals"`
	}
	global struct {
		Name     string     `json:"name"`
		Type     string     `json:"type"`
		Keys     []string   `json:"keys,omitempty"`
		Value    any        `json:"value,omitempty"`
		Elements *[]element `json:"elements,omitempty"`
		Count    *int       `json:"count,omitempty"`
	}
	element struct {
		Key   []any `json:"key"`
		Value any   `json:"value"`
	}
	statistic struct {
		Count   int64    `json:"count"`
		Sum     int64    `json:"sum"`
		Min     *int64   `json:"min,omitempty"`
		Max     *int64   `json:"max,omitempty"`
		Avg     *int64   `json:"avg,omitempty"`
		Buckets []bucket `json:"buckets,omitempty"`
	}
	bucket struct {
		Low   int64 `json:"low"`
		Count int64 `json:"count"`
	}
	ended struct {
		head
		Errors  int    `json:"errors"`
		Skipped uint64 `json:"skipped"`
		Failed  bool   `json:"failed"`
	}
)

func (w *Writer) head(kind string) head { return head{kind, stamp(w.now())} }

// stamp is a time with nanoseconds, all of them written, in UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") }

// write writes one line in one call.
func (w *Writer) write(o any) {
	b, err := json.Marshal(o)
	if err != nil {
		panic("journal: " + err.Error()) // no type above can fail
	}
	_, _ = w.to.Write(append(b, '\n'))
}

// textOf is a text as JSON can have it, and its bytes in base64 if that is not the same.
func textOf(s string) (text, bytes string) {
	if utf8.ValidString(s) {
		return s, ""
	}
	return valid(s), base64.StdEncoding.EncodeToString([]byte(s))
}

// valid is s with a replacement for each byte that is no part of UTF-8.
func valid(s string) string { return string([]rune(s)) }

func globalOf(g vm.Global) global {
	o := global{Name: g.Name, Type: g.Type.Kind.String()}
	if !g.Type.IsArray() {
		o.Value = valueOf(g.Value, g.Histogram)
		return o
	}
	for _, k := range g.Type.Keys {
		o.Keys = append(o.Keys, k.String())
	}
	list := []element{}
	for _, e := range g.Elements {
		key := make([]any, len(e.Keys))
		for i, k := range e.Keys {
			key[i] = valueOf(k, nil)
		}
		list = append(list, element{key, valueOf(e.Value, g.Histogram)})
	}
	o.Elements, o.Count = &list, &g.Count
	return o
}

func valueOf(v vm.Value, h *types.Histogram) any {
	s, ok := v.Stat(h)
	switch {
	case !ok && v.Kind == types.String:
		return valid(v.Text)
	case !ok:
		return v.Long
	}
	o := statistic{Count: s.Count, Sum: s.Sum}
	if s.Count > 0 {
		o.Min, o.Max, o.Avg = &s.Min, &s.Max, &s.Avg
	}
	for _, b := range s.Buckets {
		o.Buckets = append(o.Buckets, bucket(b))
	}
	return o
}
