package recording

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"tapir/bpf/callframe"
	"tapir/bpf/layout"
	"tapir/bpf/target"
	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/runtime/symbol"
)

// checked is a script as the compiler takes it.
func checked(t testing.TB, script string) *check.Program {
	t.Helper()
	set := &source.Set{}
	file, ds := syntax.Parse(set, "test.tp", script, syntax.Options{})
	if ds.HasErrors() {
		t.Fatal(ds.List[0].Message)
	}
	lib := library.New(library.Options{Sources: set})
	p, ds := check.Check(set, []*syntax.File{file}, lib, target.Fixed(), check.Options{})
	if ds.HasErrors() {
		t.Fatal(ds.List[0].Message)
	}
	return p
}

// compiledToKeep is the plan of a script that is recorded.
func compiledToKeep(t testing.TB, script string, mode plan.Mode) *plan.Plan {
	t.Helper()
	c, ds := compiler.Compile(checked(t, script), target.Fixed(), compiler.Options{Mode: mode, Keep: true})
	if ds.HasErrors() {
		t.Fatal(ds.List[0].Message)
	}
	return c.Plan
}

// compiledToPlay is the plan of a script that is run over a recording.
func compiledToPlay(t testing.TB, script string) *plan.Plan {
	t.Helper()
	c, ds := compiler.CompileUser(checked(t, script), false)
	if ds.HasErrors() {
		t.Fatal(ds.List[0].Message)
	}
	return c.Plan
}

// machine is a context and names that change with each question.
type machine struct{ n int64 }

func (m *machine) Long(f string) int64 {
	if f == "pid" {
		return 7
	}
	m.n++
	return m.n
}
func (m *machine) Text(f string) string        { return "<" + f + ">" }
func (m *machine) Random(n int64) int64        { m.n++; return m.n % n }
func (m *machine) Err() error                  { return errors.New("no names") }
func (m *machine) name(at int64) string        { return strings.Repeat("f", int(at%3)+1) }
func (m *machine) KernelAddress(string) uint64 { return 0xffffffff81000000 }
func (m *machine) InKernel(address uint64) symbol.Symbol {
	return symbol.Symbol{Name: "k", Offset: address & 15, Size: 16, Module: "kernel"}
}
func (m *machine) User(pid int, address uint64, at int64) symbol.Symbol {
	return symbol.Symbol{Name: m.name(at), Module: "/bin/x"}
}
func (m *machine) Line(pid int, address uint64, at int64) (string, int) {
	return m.name(at) + ".c", int(at)
}
func (m *machine) Row(pid int, address uint64, at int64) (callframe.Row, bool, bool) {
	return callframe.Row{End: 16, Return: -8, ByBase: true, BaseSaved: true}, true, true
}

const script = `probe begin { println(gettimeofday_ns()) }
probe syscall.openat { if (pid() == 3) println(filename, pp()) }
probe syscall.openat.return { println(@entry(tid()), retstr, @entry(user_string_quoted(pointer_arg(2)))) }
probe timer.s(1) { println(randint(10)) }
probe end { println(usymname(1)) }`

// record makes a record of a probe with the values of some fields, by their texts.
func record(t testing.TB, pr *plan.Probe, number int, values map[string]any) []byte {
	t.Helper()
	b := make([]byte, pr.Record.Fixed)
	binary.LittleEndian.PutUint32(b, uint32(number))
	var entry []byte
	if pr.Entry != nil {
		entry = make([]byte, pr.Entry.Record.Fixed)
	}
	for i, c := range pr.Captures {
		v, ok := values[c.Text]
		if !ok {
			continue
		}
		to := &b
		if c.AtEntry {
			to = &entry
		}
		switch at := pr.Record.Fields[i].Offset; v := v.(type) {
		case int:
			binary.LittleEndian.PutUint64((*to)[at:], uint64(v))
		case string:
			if c.Kind == layout.Memory {
				*to = putBytes(*to, at, []byte(v), 0)
			} else {
				copy((*to)[at:at+layout.CommSize], v)
			}
		}
		delete(values, c.Text)
	}
	if pr.Entry != nil {
		b = putBytes(b, pr.Entry.Field.Offset, entry, 0)
	}
	for text := range values {
		t.Fatalf("probe %s has no capture %q", pr.IR.Spelling, text)
	}
	return b
}

// sample is a recording of script with an event of each kind, and its plan.
func sample(t testing.TB) ([]byte, *plan.Plan) {
	t.Helper()
	p := compiledToKeep(t, script, plan.Events)
	var file bytes.Buffer
	m := &machine{}
	r := New(&file, Head{Script: Script{Files: []File{{"test.tp", script}}}}, 0)
	r.Begin(p, 5, m, m)
	run := func(probe int, event bool, record []byte) { r.Ran(probe, event, record) }
	r.Self().Long("gettimeofday_ns")
	run(0, false, nil)
	r.Attached()
	run(1, true, record(t, p.Probes[1], 1, map[string]any{
		"pid()": 3, "gettimeofday_ns()": 5000, "execname()": "ls", "string at pointer_arg(2)": "/etc/passwd", "long_arg(1)": -100, "long_arg(3)": 1 << 32,
	}))
	r.Names().User(3, 100, 1)
	r.Names().User(3, 100, 2)
	r.Names().Row(3, 100, 2)
	r.Names().InKernel(0xffffffff81000001)
	run(2, true, record(t, p.Probes[2], 2, map[string]any{
		"returnval()": -2, "@entry(tid())": 4, "@entry(string at pointer_arg(2))": "/x",
	}))
	r.Self().Random(10)
	run(3, false, nil)
	r.Names().User(3, 100, 3)
	run(4, false, nil)
	if err := r.Close(Trailer{Lost: 2}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), p
}

func open(t testing.TB, data []byte) *Recording {
	t.Helper()
	r, err := Open(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRoundTrip plays a recording for its own script.
func TestRoundTrip(t *testing.T) {
	data, _ := sample(t)
	r := open(t, data)
	if r.Cut != nil || r.Trailer == nil || r.Trailer.Lost != 2 || r.Runs != 5 || r.Head.Target != 5 || r.Head.Longs["pid"] != 7 {
		t.Fatalf("opened %+v, cut %v, %d runs", r.Trailer, r.Cut, r.Runs)
	}
	p := compiledToPlay(t, script)
	fit, ds := NewFit(p, &r.Head, true)
	if len(ds.List) > 0 {
		t.Fatal(ds.List[0].Message)
	}
	player, err := r.Play()
	if err != nil {
		t.Fatal(err)
	}
	player.Before(fit.Aside[0])
	if got := player.Self().Long("gettimeofday_ns"); got <= r.Head.Began.Wall || got >= player.Time().Wall {
		t.Errorf("the begin probe's time is %d", got)
	}
	var probes []int
	for {
		run, err := player.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		player.Enter()
		if run.Probe < 0 {
			continue
		}
		probe, rec := fit.Handler(run.Probe, 0, run.Record)
		probes = append(probes, probe)
		switch probe {
		case 1:
			want := map[string]any{"string at pointer_arg(2)": "/etc/passwd", "pid()": 3}
			hold(t, p.Probes[1], rec, want)
			if player.Time().Wall != 5000 {
				t.Errorf("the event's time is %d", player.Time().Wall)
			}
		case 2:
			hold(t, p.Probes[2], rec, map[string]any{"returnval()": -2, "@entry(tid())": 4, "@entry(string at pointer_arg(2))": "/x"})
			first, second := player.Names().User(3, 100, 1).Name, player.Names().User(3, 100, 2).Name
			if first != "ff" || second != "fff" {
				t.Errorf("the address is named %q and %q at two times", first, second)
			}
			if row, known, mapped := player.Names().Row(3, 100, 2); row.End != 16 || row.Return != -8 || !row.ByBase || !known || !mapped {
				t.Errorf("row %+v %t %t", row, known, mapped)
			}
		case 3:
			drawn := player.Self().Random(10)
			if again := player.Self().Random(1 << 40); drawn < 0 || drawn > 9 || again < 10 {
				t.Errorf("drew %d, then %d", drawn, again)
			}
		}
	}
	if !slices.Equal(probes, []int{1, 2, 3}) {
		t.Errorf("the handlers of %v have run", probes)
	}
	player.Finish()
	player.After(fit.Aside[4])
	if got := player.Names().User(3, 100, 3).Name; got != "f" {
		t.Errorf("at the end the address is named %q", got)
	}
	if player.Missed() != 0 {
		t.Errorf("%d names are missing", player.Missed())
	}
	if player.Names().User(9, 9, 9) != (symbol.Symbol{}) || player.Missed() != 1 {
		t.Error("a name is known that was not asked for")
	}
}

// hold compares fields of a record.
func hold(t *testing.T, pr *plan.Probe, b []byte, want map[string]any) {
	t.Helper()
	entry := []byte(nil)
	if pr.Entry != nil {
		entry, _ = bytesAt(b, pr.Entry.Field.Offset)
	}
	for i, c := range pr.Captures {
		w, ok := want[c.Text]
		if !ok {
			continue
		}
		delete(want, c.Text)
		from, f := b, pr.Record.Fields[i]
		if c.AtEntry {
			from = entry
		}
		var got any = int(numberAt(from, f))
		if c.Kind == layout.Memory {
			text, _ := bytesAt(from, f.Offset)
			got = string(text)
		}
		if got != w {
			t.Errorf("%s is %v, want %v", c.Text, got, w)
		}
	}
	for text := range want {
		t.Errorf("probe %s has no capture %q", pr.IR.Spelling, text)
	}
}

// TestOtherScripts fits scripts to the recording of another.
func TestOtherScripts(t *testing.T) {
	data, _ := sample(t)
	tests := []struct{ script, problem, at string }{
		{`probe syscall.openat { println(execname(), cpu(), uid(), gettimeofday_us(), uint_arg(3), filename) }`, "", ""},
		{`probe syscall.openat { println(tid()) } probe syscall.openat { println(ppid()) }`, "", ""},
		{`probe syscall.openat.return { println(@entry(tid()), returnval()) }`, "", ""},
		{`probe timer.ms(10) { println(gettimeofday_ms()) } probe begin { println(jiffies()) } probe begin { println(1) }`, "", ""},
		{`probe syscall.read { println(1) }`, "the recording has no events of syscall.read", "syscall"},
		{`probe syscall.openat { println(user_string(pointer_arg(3))) }`, "the recording of syscall.openat does not have user_string(pointer_arg(3))", "user_string"},
		{`probe syscall.openat.return { println(@entry(pid())) }`, "the recording of syscall.openat.return does not have", "pid"},
		{`probe syscall.openat { println(user_int32(pointer_arg(4))) }`, "does not have", "user_int32"},
		{`probe syscall.{re*d,openat} { println(1) }`, "the recording has no events of", "syscall"},
		{`probe syscall.openat { print_backtrace() }`, "does not have", "syscall"},
	}
	for _, tt := range tests {
		r := open(t, data)
		p := compiledToPlay(t, tt.script)
		_, ds := NewFit(p, &r.Head, false)
		var problems []*source.Diagnostic
		for _, d := range ds.List {
			if d.Severity == source.Warning && d.Code != Filtered {
				t.Errorf("%s: a warning of code %q", tt.script, d.Code)
			}
			if d.Severity != source.Warning {
				problems = append(problems, d)
			}
		}
		switch {
		case tt.problem == "" && len(problems) > 0:
			t.Errorf("%s: %s", tt.script, problems[0].Message)
		case tt.problem != "" && (len(problems) != 1 || !strings.Contains(problems[0].Message, tt.problem)):
			t.Errorf("%s: %d problems, want %q", tt.script, len(problems), tt.problem)
			for _, d := range problems {
				t.Log(d.Message)
			}
		case tt.problem != "" && problems[0].Token.Text != tt.at:
			t.Errorf("%s: the problem is at %q, want %q", tt.script, problems[0].Token.Text, tt.at)
		}
	}
}

// TestDerived makes values of others.
func TestDerived(t *testing.T) {
	data, _ := sample(t)
	r := open(t, data)
	p := compiledToPlay(t, `probe syscall.openat { println(int_arg(1), uint_arg(3), ulong_arg(3), gettimeofday_us(), gettimeofday_s()) }`)
	fit, ds := NewFit(p, &r.Head, false)
	if ds.HasErrors() {
		t.Fatal(ds.List[0].Message)
	}
	player, err := r.Play()
	if err != nil {
		t.Fatal(err)
	}
	for {
		run, err := player.Next()
		if err != nil {
			t.Fatal(err)
		}
		if run.Event {
			_, b := fit.Handler(run.Probe, 0, run.Record)
			hold(t, p.Probes[0], b, map[string]any{
				"int_arg(1)": -100, "uint_arg(3)": 0, "ulong_arg(3)": 1 << 32, "gettimeofday_us()": 5, "gettimeofday_s()": 0,
			})
			return
		}
	}
}

// TestFiltered says that a recording has not all events.
func TestFiltered(t *testing.T) {
	data, _ := sample(t)
	r := open(t, data)
	if filter := r.Head.Probes[1].Filter; !slices.Equal(filter, []string{"pid() == 3"}) {
		t.Errorf("the filter is %q", filter)
	}
	p := compiledToPlay(t, `probe syscall.openat { println(1) }`)
	for same, want := range map[bool]int{true: 0, false: 1} {
		if _, ds := NewFit(p, &r.Head, same); len(ds.List) != want {
			t.Errorf("same script %t: %d warnings, want %d", same, len(ds.List), want)
		}
	}
	if all := compiledToKeep(t, script, plan.UserOnly); len(all.Probes[1].Filter) > 0 {
		t.Error("with --all, events are filtered")
	}
}

// exhaust plays a recording, whatever it is.
func exhaust(t testing.TB, data []byte, p *plan.Plan) (r *Recording, runs int) {
	r, err := Open(bytes.NewReader(data))
	if err != nil {
		return nil, 0
	}
	fit, ds := NewFit(p, &r.Head, false)
	if ds.HasErrors() {
		return r, 0
	}
	player, err := r.Play()
	if err != nil {
		t.Fatalf("opened, but not to be played: %v", err)
	}
	for i := range p.Probes {
		fit.AsideRecord(i, player.Before(fit.Aside[i]))
	}
	for {
		run, err := player.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Fatalf("opened, but not to be played: %v", err)
			}
			break
		}
		player.Enter()
		if run.Probe < 0 {
			continue
		}
		runs++
		for n := range fit.Handlers(run.Probe) {
			probe, b := fit.Handler(run.Probe, n, run.Record)
			if p.Probes[probe].InKernel && len(b) < p.Probes[probe].Record.Fixed {
				t.Fatalf("a record of %d bytes for %s", len(b), p.Probes[probe].IR.Spelling)
			}
		}
		player.Self().Long("jiffies")
		player.Self().Random(math.MaxInt64)
		player.Names().User(3, 100, 1)
	}
	player.Finish()
	return r, runs
}

// TestCutShort cuts a recording at every byte: what lies before is there, and that it ends
// there is told.
func TestCutShort(t *testing.T) {
	data, _ := sample(t)
	p := compiledToPlay(t, script)
	most := 0
	for n := range data {
		r, runs := exhaust(t, data[:n], p)
		switch {
		case r == nil && most > 0:
			t.Fatalf("cut at byte %d, it can't be read", n)
		case r == nil:
			continue
		case r.Cut == nil || r.Trailer != nil:
			t.Fatalf("cut at byte %d of %d, nothing is told of it", n, len(data))
		case r.Cut.At > int64(n):
			t.Fatalf("cut at byte %d, it ends at byte %d", n, r.Cut.At)
		case runs < most:
			t.Fatalf("cut at byte %d, it has %d runs, and less had %d", n, runs, most)
		}
		most = runs
	}
	if most != 3 {
		t.Errorf("without its last byte, the recording has %d runs, want 3", most)
	}
}

// TestDamaged changes every byte: it is found, or the head is no head.
func TestDamaged(t *testing.T) {
	data, _ := sample(t)
	p := compiledToPlay(t, script)
	for i := range data {
		changed := slices.Clone(data)
		changed[i] ^= 0x10
		if r, _ := exhaust(t, changed, p); r != nil && r.Cut == nil {
			t.Fatalf("byte %d was changed, and nobody saw", i)
		}
	}
}

// block is a block whose checksum is right, whatever it says.
func block(kind, size uint32, stored []byte) []byte {
	b := make([]byte, blockHead, blockHead+len(stored))
	binary.LittleEndian.PutUint32(b, kind)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(stored)))
	binary.LittleEndian.PutUint32(b[8:], size)
	b = append(b, stored...)
	binary.LittleEndian.PutUint32(b[12:], checksum(b))
	return b
}

// TestHostileSizes has files that claim more than they have.
func TestHostileSizes(t *testing.T) {
	prefix := binary.LittleEndian.AppendUint32([]byte(magic), version)
	huge := block(headBlock, maxHead, nil)
	binary.LittleEndian.PutUint32(huge[4:], maxHead)
	data, _ := sample(t)
	zeros, err := appendBlock(nil, entriesBlock, make([]byte, 1<<20), New(io.Discard, Head{}, 0).zip)
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(zeros[8:], 100)
	binary.LittleEndian.PutUint32(zeros[12:], checksum(zeros))
	for name, file := range map[string][]byte{
		"empty":              nil,
		"another file":       []byte("#!/usr/bin/env tapir\nprobe begin {}"),
		"another version":    binary.LittleEndian.AppendUint32([]byte(magic), 99),
		"only a prefix":      prefix,
		"a large head":       append(slices.Clone(prefix), huge...),
		"not a head":         append(slices.Clone(prefix), block(entriesBlock, 0, nil)...),
		"an empty head":      append(slices.Clone(prefix), block(headBlock, 2, []byte{0xaa, 0xae, 5, 0})...),
		"a head of no sense": append(slices.Clone(prefix), block(headBlock, 9, []byte("nonsense!"))...),
	} {
		if _, err := Open(bytes.NewReader(file)); err == nil {
			t.Errorf("%s: it was opened", name)
		}
	}
	r := open(t, append(slices.Clone(data[:len(data)-1]), zeros...))
	if r.Cut == nil {
		t.Error("a block that is larger than it says was read")
	}
}

// TestFull ends a recording at its limit.
func TestFull(t *testing.T) {
	p := compiledToKeep(t, `probe begin { println(1) }`, plan.Events)
	var file bytes.Buffer
	m := &machine{}
	r := New(&file, Head{Script: Script{Files: []File{{"a", "b"}}}}, 2000)
	r.Begin(p, 0, m, m)
	for range 100_000 {
		r.Self().Long("gettimeofday_ns")
		r.Ran(0, false, nil)
		if r.Err() != nil {
			break
		}
	}
	if !errors.Is(r.Err(), ErrFull) {
		t.Fatalf("the error is %v", r.Err())
	}
	if err := r.Close(Trailer{}); err != nil {
		t.Fatal(err)
	}
	if o := open(t, file.Bytes()); o.Trailer == nil || !o.Trailer.Full {
		t.Errorf("the trailer is %+v", o.Trailer)
	}
}

// FuzzOpen opens and plays any file.
func FuzzOpen(f *testing.F) {
	data, _ := sample(f)
	f.Add(data)
	f.Add(data[:len(data)/2])
	p := compiledToPlay(f, script)
	f.Fuzz(func(t *testing.T, data []byte) { exhaust(t, data, p) })
}

// FuzzEntries reads any entries, which are past the checksums then, for the sample's head.
func FuzzEntries(f *testing.F) {
	data, _ := sample(f)
	b, err := openBlocks(bytes.NewReader(data))
	if err != nil {
		f.Fatal(err)
	}
	if _, _, err := b.next(); err != nil {
		f.Fatal(err)
	}
	head := slices.Clone(data[:b.at])
	for {
		_, content, err := b.next()
		if err != nil {
			break
		}
		f.Add(slices.Clone(content))
	}
	p := compiledToPlay(f, script)
	zip := New(io.Discard, Head{}, 0).zip
	f.Fuzz(func(t *testing.T, entries []byte) {
		file, err := appendBlock(slices.Clone(head), entriesBlock, entries, zip)
		if err != nil {
			t.Fatal(err)
		}
		exhaust(t, file, p)
	})
}

// FuzzHead reads any head.
func FuzzHead(f *testing.F) {
	data, _ := sample(f)
	b, err := openBlocks(bytes.NewReader(data))
	if err != nil {
		f.Fatal(err)
	}
	_, content, err := b.next()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(slices.Clone(content))
	rest := slices.Clone(data[b.at:])
	p := compiledToPlay(f, script)
	zip := New(io.Discard, Head{}, 0).zip
	f.Fuzz(func(t *testing.T, head []byte) {
		file, err := appendBlock(binary.LittleEndian.AppendUint32([]byte(magic), version), headBlock, head, zip)
		if err != nil {
			t.Fatal(err)
		}
		exhaust(t, append(file, rest...), p)
	})
}
