package process

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const someMaps = `55d0c0a00000-55d0c0a02000 r--p 00000000 fe:00 1234     /usr/bin/cat
55d0c0a02000-55d0c0a07000 r-xp 00002000 fe:00 1234     /usr/bin/cat
7f0000000000-7f0000001000 r-xp 00000000 00:00 0
7f0000002000-7f0000003000 r-xs 00001000 fe:00 77       /tmp/with blanks (deleted)
7fff00000000-7fff00001000 r-xp 00000000 00:00 0        [vdso]
7fff00003000-7fff00002000 r-xp 00000000 00:00 0        backwards
garbage
`

func TestParseMaps(t *testing.T) {
	want := []Mapping{
		{0x55d0c0a02000, 0x55d0c0a07000, 0x2000, 1234, "/usr/bin/cat", false},
		{0x7f0000000000, 0x7f0000001000, 0, 0, "", false},
		{0x7f0000002000, 0x7f0000003000, 0x1000, 77, "/tmp/with blanks", true},
		{0x7fff00000000, 0x7fff00001000, 0, 0, "[vdso]", false},
	}
	if got := parseMaps([]byte(someMaps)); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func FuzzParseMaps(f *testing.F) {
	f.Add([]byte(someMaps))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, m := range parseMaps(text) {
			if m.Start >= m.End || len(m.Path) > maxPath {
				t.Errorf("%+v", m)
			}
		}
	})
}

// words is numbers of 4 bytes, or of 8 if they are uint64.
func words(list ...any) (b []byte) {
	for _, x := range list {
		switch x := x.(type) {
		case int:
			b = binary.LittleEndian.AppendUint32(b, uint32(x))
		case uint64:
			b = binary.LittleEndian.AppendUint64(b, x)
		case string:
			b = append(b, x...)
		}
	}
	return b
}

// mapRecord is a record of a mapping without its head.
func mapRecord(pid int, start uint64, protection int, path string, at uint64) []byte {
	return words(pid, pid, start, uint64(0x1000), uint64(0x2000), 8, 1, uint64(99), uint64(1), protection, 2, path+"\x00\x00", pid, pid, at)
}

func TestParseRecord(t *testing.T) {
	for _, tt := range []struct {
		name  string
		kind  uint32
		flags uint16
		body  []byte
		want  record
		ok    bool
	}{
		{"mapping", unix.PERF_RECORD_MMAP2, 0, mapRecord(5, 0x7000, unix.PROT_EXEC, "/bin/x", 77),
			record{kind: unix.PERF_RECORD_MMAP2, at: 77, pid: 5, mapping: Mapping{0x7000, 0x8000, 0x2000, 99, "/bin/x", false}}, true},
		{"no code", unix.PERF_RECORD_MMAP2, 0, mapRecord(5, 0x7000, unix.PROT_READ, "/bin/x", 77), record{}, false},
		{"no file", unix.PERF_RECORD_MMAP2, 0, mapRecord(5, 0x7000, unix.PROT_EXEC, "//anon", 77), record{}, false},
		{"backwards", unix.PERF_RECORD_MMAP2, 0, mapRecord(5, ^uint64(0), unix.PROT_EXEC, "/bin/x", 77), record{}, false},
		{"execve", unix.PERF_RECORD_COMM, unix.PERF_RECORD_MISC_COMM_EXEC, words(5, 5, "cat\x00\x00\x00\x00\x00", 5, 5, uint64(78)),
			record{kind: unix.PERF_RECORD_COMM, at: 78, pid: 5}, true},
		{"name", unix.PERF_RECORD_COMM, 0, words(5, 5, "cat\x00\x00\x00\x00\x00", 5, 5, uint64(78)), record{}, false},
		{"fork", unix.PERF_RECORD_FORK, 0, words(6, 5, 6, 5, uint64(1), 6, 6, uint64(79)), record{kind: unix.PERF_RECORD_FORK, at: 79, pid: 6, parent: 5}, true},
		{"thread", unix.PERF_RECORD_FORK, 0, words(5, 5, 7, 5, uint64(1), 6, 6, uint64(79)), record{kind: unix.PERF_RECORD_FORK, at: 79, pid: 5, parent: 5, thread: true}, true},
		{"end", unix.PERF_RECORD_EXIT, 0, words(6, 5, 6, 5, uint64(1), 6, 6, uint64(80)), record{kind: unix.PERF_RECORD_EXIT, at: 80, pid: 6, parent: 5}, true},
		{"loss", unix.PERF_RECORD_LOST, 0, words(uint64(1), uint64(3), 6, 6, uint64(80)), record{kind: unix.PERF_RECORD_LOST, at: 80, lost: 3}, true},
		{"sample", unix.PERF_RECORD_SAMPLE, 0, words(uint64(1), uint64(3), 6, 6, uint64(80)), record{}, false},
		{"nothing", unix.PERF_RECORD_MMAP2, 0, nil, record{}, false},
	} {
		got, ok := parseRecord(tt.kind, tt.flags, tt.body)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("%s: got %+v, %v; want %+v, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add(uint32(unix.PERF_RECORD_MMAP2), uint16(0), mapRecord(5, 0x7000, unix.PROT_EXEC, "/bin/x", 77))
	f.Add(uint32(unix.PERF_RECORD_COMM), uint16(unix.PERF_RECORD_MISC_COMM_EXEC), words(5, 5, "cat\x00\x00\x00\x00\x00", 5, 5, uint64(78)))
	f.Fuzz(func(t *testing.T, kind uint32, flags uint16, body []byte) {
		r, ok := parseRecord(kind, flags, body)
		if !ok {
			return
		}
		table := newTable("/no/such/folder")
		table.apply(r)
		table.Find(r.pid, r.mapping.Start, r.at)
	})
}

// TestHistory asks about processes that fork, become other programs and end, at times
// before and after.
func TestHistory(t *testing.T) {
	table := newTable(t.TempDir()) // no process is alive
	table.taken = 1 << 62
	code := func(path string) Mapping { return Mapping{Start: 0x1000, End: 0x2000, Path: path} }
	for _, r := range []record{
		{kind: unix.PERF_RECORD_MMAP2, at: 10, pid: 1, mapping: code("/bin/sh")},
		{kind: unix.PERF_RECORD_FORK, at: 20, pid: 2, parent: 1},
		{kind: unix.PERF_RECORD_FORK, at: 21, pid: 2, parent: 2, thread: true},
		{kind: unix.PERF_RECORD_COMM, at: 30, pid: 2},
		{kind: unix.PERF_RECORD_MMAP2, at: 31, pid: 2, mapping: code("/bin/cat")},
		{kind: unix.PERF_RECORD_MMAP2, at: 35, pid: 2, mapping: code("/lib/over")},
		{kind: unix.PERF_RECORD_EXIT, at: 40, pid: 2},
		{kind: unix.PERF_RECORD_FORK, at: 50, pid: 2, parent: 1},
		{kind: unix.PERF_RECORD_COMM, at: 60, pid: 2},
	} {
		table.apply(r)
	}
	for _, tt := range []struct {
		pid  int
		at   int64
		want string
	}{
		{1, 5, ""}, {1, 10, "/bin/sh"}, {1, 99, "/bin/sh"},
		{2, 15, ""}, {2, 25, "/bin/sh"}, {2, 30, ""}, {2, 32, "/bin/cat"}, {2, 36, "/lib/over"}, {2, 45, "/lib/over"},
		{2, 55, "/bin/sh"}, {2, 65, ""}, {3, 1, ""},
	} {
		m, ok := table.Find(tt.pid, 0x1234, tt.at)
		if m.Path != tt.want || ok != (tt.want != "") {
			t.Errorf("process %d at %d: got %q, %v; want %q", tt.pid, tt.at, m.Path, ok, tt.want)
		}
		if _, ok := table.Find(tt.pid, 0x2000, tt.at); ok {
			t.Errorf("process %d at %d: what lies behind is found", tt.pid, tt.at)
		}
	}
}

// TestState tells what may be remembered of what was found.
func TestState(t *testing.T) {
	table := newTable(t.TempDir())
	table.taken = 1 << 62
	before, _ := table.State(5)
	table.apply(record{kind: unix.PERF_RECORD_MMAP2, at: 10, pid: 1, mapping: Mapping{Start: 0x1000, End: 0x2000, Path: "/a"}})
	after, early := table.State(9)
	same, late := table.State(11)
	if before == after || after != same || early || !late {
		t.Errorf("states %d, %d %v, %d %v", before, after, early, same, late)
	}
}

// TestBounds holds that the table stays small however much happens.
func TestBounds(t *testing.T) {
	table := newTable(t.TempDir())
	for i := range int64(maxDead + 100) {
		pid := int(i) + 10
		table.apply(record{kind: unix.PERF_RECORD_FORK, at: i, pid: pid, parent: 1})
		table.apply(record{kind: unix.PERF_RECORD_EXIT, at: i, pid: pid})
		table.apply(record{kind: unix.PERF_RECORD_COMM, at: i, pid: 5})
	}
	if n := len(table.spaces); n > maxDead+2 {
		t.Errorf("%d processes are remembered", n)
	}
	depth := 0
	for s := table.spaces[5]; s != nil; s = s.older {
		depth++
	}
	if depth > maxOlder+1 {
		t.Errorf("%d lives of a process are remembered", depth)
	}
}

// TestProc reads what a process has mapped from a folder that is like /proc.
func TestProc(t *testing.T) {
	proc := t.TempDir()
	if err := os.Mkdir(filepath.Join(proc, "7"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(proc, "7", "maps"), []byte(someMaps), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, ask := range []func(*Table){(*Table).AskAll, func(*Table) {}} {
		table := newTable(proc)
		ask(table)
		if m, ok := table.Find(7, 0x55d0c0a03000, now()); !ok || m.Path != "/usr/bin/cat" {
			t.Errorf("got %+v, %v", m, ok)
		}
		if n := len(table.spaces[7].notes); n != 4 {
			t.Errorf("%d mappings", n)
		}
		if _, ok := table.Find(7, 1, now()); ok { // asks no second time
			t.Error("nothing is found")
		}
		if n := len(table.spaces[7].notes); n != 4 {
			t.Errorf("%d mappings after asking twice", n)
		}
	}
}

// TestWatch sees the program of a process that has ended.
func TestWatch(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: it watches all processes")
	}
	table := NewTable()
	if err := table.Watch(); err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if len(table.Descriptors()) == 0 {
		t.Error("nothing to wait for")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	before := now()
	cmd := exec.Command(program, "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	after := now()
	time.Sleep(time.Millisecond)
	table.Take()
	pid := cmd.Process.Pid
	s := table.spaces[pid]
	if s == nil || !s.dead || s.since < before || s.since > after {
		t.Fatalf("process %d: %+v", pid, s)
	}
	found := false
	for _, n := range s.notes {
		if n.Path != program {
			continue
		}
		found = true
		if m, ok := table.Find(pid, n.Start, after); !ok || m != n.Mapping {
			t.Errorf("got %+v, %v; want %+v", m, ok, n.Mapping)
		}
	}
	if !found {
		t.Errorf("process %s has not mapped its program: %+v", strconv.Itoa(pid), s.notes)
	}
	if table.Lost() != 0 {
		t.Errorf("%d records were lost", table.Lost())
	}
}

// TestPathsAreBounded: however many paths there are, few are remembered.
func TestPathsAreBounded(t *testing.T) {
	table := newTable(t.TempDir())
	for i := range 2*maxPaths + 10 {
		path := strconv.Itoa(i)
		if table.once(path) != path {
			t.Fatalf("once(%s) is another one", path)
		}
	}
	if len(table.paths) > maxPaths {
		t.Errorf("%d paths are remembered", len(table.paths))
	}
}

// TestAskingChangesNothing: what /proc tells again is no change.
func TestAskingChangesNothing(t *testing.T) {
	proc := t.TempDir()
	folder := filepath.Join(proc, "7")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	maps := "1000-2000 r-xp 00000000 08:01 5 /bin/a\n"
	if err := os.WriteFile(filepath.Join(folder, "maps"), []byte(maps), 0o600); err != nil {
		t.Fatal(err)
	}
	table := newTable(proc)
	if _, ok := table.Find(7, 0x1800, 1); !ok {
		t.Fatal("the mapping is not found")
	}
	first, _ := table.State(1)
	if _, ok := table.Find(7, 0x9000, 1+2*again); ok {
		t.Fatal("there is something at 0x9000")
	}
	if second, _ := table.State(1); first == 0 || second != first {
		t.Errorf("%d changes, and %d after asking again", first, second)
	}
}
