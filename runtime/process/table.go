// Package process knows what processes have mapped into their memory as code, and
// when: what is mapped now from /proc, and what comes and goes from then on from the
// kernel's own record of it. So a place in a program that has ended meanwhile, or is
// another one by now, still has a file. Start with NewTable and Table.Watch.
package process

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// maxDead is how many processes are remembered that have ended.
const maxDead = 1 << 13

// again is after how many nanoseconds /proc is asked again about a process of which an
// address is not known.
const again = 100e6

// Table is the mappings of all processes. It is safe for concurrent use.
type Table struct {
	mu     sync.Mutex
	spaces map[int]*space
	dead   []int             // the processes that have ended, the first one first
	paths  map[string]string // each path once
	watch  *watch            // nil: /proc alone tells
	taken  int64             // all of the kernel's records up to this time are noted
	gone   uint64            // records of the kernel that were lost
	newest int64             // when the last change was that is noted
	change uint64            // counts the changes
	closed bool
	proc   string // where /proc is
}

// NewTable makes a table that asks /proc.
func NewTable() *Table { return newTable("/proc") }

func newTable(proc string) *Table {
	return &Table{spaces: map[int]*space{}, paths: map[string]string{}, proc: proc}
}

// Find is what a process had mapped at an address at a time of the monotonic clock, in
// nanoseconds.
func (t *Table) Find(pid int, address uint64, time int64) (Mapping, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time > t.taken {
		t.take()
	}
	if s := t.spaces[pid].at(time); s != nil {
		if m, ok := s.find(address, time); ok {
			return m, true
		}
	}
	if s := t.ask(pid, time); s != nil {
		return s.find(address, time)
	}
	return Mapping{}, false
}

// Life is when the program began that a process ran at a time, 0 if that is not known, and
// whether the process, as far as is known, runs it still.
func (t *Table) Life(pid int, time int64) (since int64, current bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	newest := t.spaces[pid]
	s := newest.at(time)
	if s == nil {
		return 0, newest == nil
	}
	return s.since, s == newest && !s.dead
}

// State counts the changes that are known at a time. What is found at it holds for all
// later times as long as the number is the same, if the state is settled: no change is
// known of after that time.
func (t *Table) State(time int64) (change uint64, settled bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time > t.taken {
		t.take()
	}
	return t.change, time > t.newest
}

// ask reads what a process has mapped now, unless that was done just before. What it
// finds counts from the process's start on: before anything that is known better.
func (t *Table) ask(pid int, time int64) *space {
	s := t.spaces[pid]
	if s == nil {
		s = &space{}
		t.spaces[pid] = s
	}
	if s.dead || s.asked && time-s.tried < again {
		return nil
	}
	if s.at(time) != s {
		return nil // it was another program then
	}
	s.asked, s.tried = true, time
	for _, m := range t.readMaps(pid) {
		if known, ok := s.find(m.Start, 1<<62); ok && known.Path == m.Path && known.Offset == m.Offset {
			continue
		}
		if s.add(note{m, s.since}) {
			t.change++
		}
	}
	return s
}

// maxMapsText bounds the text of /proc/PID/maps that is read.
const maxMapsText = 32 << 20

func (t *Table) readMaps(pid int) []Mapping {
	file, err := os.Open(filepath.Join(t.proc, strconv.Itoa(pid), "maps"))
	if err != nil {
		return nil // it has ended
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxMapsText))
	if err != nil {
		return nil
	}
	list := parseMaps(bytes.TrimRight(text, "\n"))
	for i := range list {
		list[i].Path = t.once(list[i].Path)
	}
	return list
}

// maxPaths is how many paths are remembered to have one copy of each.
const maxPaths = 1 << 16

// once is a text of which there is one copy, mostly.
func (t *Table) once(path string) string {
	if known, ok := t.paths[path]; ok {
		return known
	}
	if len(t.paths) >= maxPaths {
		clear(t.paths)
	}
	t.paths[path] = path
	return path
}

// AskAll reads what all processes have mapped. It takes some 0.1 ms for each, so it is
// made for a goroutine of its own.
func (t *Table) AskAll() {
	folders, err := os.ReadDir(t.proc)
	if err != nil {
		return
	}
	for _, f := range folders {
		if pid, err := strconv.Atoi(f.Name()); err == nil && !t.askOnce(pid) {
			return
		}
	}
}

// askOnce is ask for a process that was not asked about; it reports whether the table is
// still in use.
func (t *Table) askOnce(pid int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take()
	if s := t.spaces[pid]; s == nil || !s.asked && !s.dead {
		t.ask(pid, now())
	}
	return !t.closed
}

// Lost is how many of the kernel's records found no room.
func (t *Table) Lost() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.gone
}

// Named is the mapping of a living process that has a name such as "[vdso]".
func (t *Table) Named(pid int, name string) (Mapping, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.readMaps(pid) {
		if m.Path == name {
			return m, true
		}
	}
	return Mapping{}, false
}
