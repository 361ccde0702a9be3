package journal

import (
	"bytes"
	"testing"
	"time"

	"tapir/lang/types"
	"tapir/runtime/vm"
)

func TestLines(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	long := vm.Value{Kind: types.Long, Long: -1 << 63}
	text := vm.Value{Kind: types.String, Text: "a\xffb\""}
	for _, c := range []struct {
		name  string
		write func(*Writer)
		want  string
	}{
		{"of an event", func(w *Writer) {
			w.Text(Source{"p", vm.Moment{Time: at.UnixNano(), CPU: 1, PID: 2, TID: 3, Task: "t"}}, []byte("x\n"))
		}, `{"type":"print","time":"2026-01-02T03:04:05.000006000Z","probe":"p","cpu":1,"pid":2,"tid":3,"task":"t","text":"x\n"}`},
		{"of no event", func(w *Writer) { w.Text(Source{Probe: "begin"}, nil) }, `{"type":"print","time":"2026-01-02T03:04:05.000006000Z","probe":"begin","text":""}`},
		{"bytes", func(w *Writer) { w.Text(Source{}, []byte("\xfe")) }, `{"type":"print","time":"2026-01-02T03:04:05.000006000Z","text":"�","bytes":"/g=="}`},
		{"message", func(w *Writer) { w.Message("warning", "w\x01") }, `{"type":"warning","time":"2026-01-02T03:04:05.000006000Z","message":"w\u0001"}`},
		{"scalars", func(w *Writer) {
			w.Globals([]vm.Global{{Name: "n", Type: types.TLong, Value: long}, {Name: "s", Type: types.TString, Value: text}})
		}, `{"type":"globals","time":"2026-01-02T03:04:05.000006000Z","globals":[{"name":"n","type":"long","value":-9223372036854775808},{"name":"s","type":"string","value":"a�b\""}]}`},
		{"array", func(w *Writer) {
			a := vm.Global{Name: "a", Type: types.Type{Kind: types.Long, Keys: []types.Kind{types.String, types.Long}}, Count: 7}
			a.Elements = []vm.Element{{Keys: []vm.Value{text, long}, Value: long}}
			w.Globals([]vm.Global{a})
		}, `{"type":"globals","time":"2026-01-02T03:04:05.000006000Z","globals":[{"name":"a","type":"long","keys":["string","long"],` +
			`"elements":[{"key":["a�b\"",-9223372036854775808],"value":-9223372036854775808}],"count":7}]}`},
		{"no globals", func(w *Writer) { w.Globals(nil) }, `{"type":"globals","time":"2026-01-02T03:04:05.000006000Z","globals":[]}`},
		{"probe", func(w *Writer) { w.Probe(Counts{Probe: "p", Hits: 3, Sent: 2, Lost: 1}) },
			`{"type":"probe","time":"2026-01-02T03:04:05.000006000Z","probe":"p","hits":3,"rejected":0,"aggregated":0,"sent":2,"lost":1,"failed_reads":0}`},
		{"end", func(w *Writer) { w.End(1, 2, true) }, `{"type":"end","time":"2026-01-02T03:04:05.000006000Z","errors":1,"skipped":2,"failed":true}`},
	} {
		var b bytes.Buffer
		w := New(&b)
		w.now = func() time.Time { return at }
		c.write(w)
		if got := b.String(); got != c.want+"\n" {
			t.Errorf("%s:\ngot  %swant %s", c.name, got, c.want)
		}
	}
}
