package process

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Sizes in bytes of parts of the kernel's records.
const (
	headSize    = 8  // u32 type, u16 flags, u16 size
	trailerSize = 16 // u32 process, u32 thread, u64 time: what is sampled of every record
	mapSize     = 64 // of a mapping, without its head and its path
)

// record is one of the kernel's records about processes.
type record struct {
	kind    uint32
	at      int64
	pid     int
	parent  int     // of a new process or thread: who made it
	thread  bool    // about a thread that is not the process's first
	mapping Mapping // of a mapping
	lost    uint64  // how many records there was no room for
}

// parseRecord reads a record, of which kind and flags stand in its head. What is of no
// interest is not ok.
func parseRecord(kind uint32, flags uint16, body []byte) (r record, ok bool) {
	if len(body) < trailerSize {
		return r, false
	}
	body, trailer := body[:len(body)-trailerSize], body[len(body)-trailerSize:]
	r = record{kind: kind, at: int64(le64(trailer[8:]))}
	switch kind {
	case unix.PERF_RECORD_MMAP2:
		return r, r.setMapping(body)
	case unix.PERF_RECORD_COMM:
		if flags&unix.PERF_RECORD_MISC_COMM_EXEC == 0 || len(body) < 8 {
			return r, false
		}
		r.pid = int(le32(body))
	case unix.PERF_RECORD_FORK, unix.PERF_RECORD_EXIT:
		if len(body) < 16 {
			return r, false
		}
		r.pid, r.parent = int(le32(body)), int(le32(body[4:]))
		r.thread = le32(body[8:]) != le32(body)
	case unix.PERF_RECORD_LOST:
		if len(body) < 16 {
			return r, false
		}
		r.lost = le64(body[8:])
	default:
		return r, false
	}
	return r, true
}

// setMapping reads a record of a mapping: u32 process, u32 thread, u64 address, u64
// length, u64 offset, u32 major, u32 minor, u64 inode, u64 generation, u32 protection,
// u32 flags, and the path, which is filled up with NULs.
func (r *record) setMapping(body []byte) bool {
	if len(body) < mapSize {
		return false
	}
	path, _, _ := bytes.Cut(body[mapSize:], []byte{0})
	start := le64(body[8:])
	r.pid = int(le32(body))
	r.mapping = Mapping{Start: start, End: start + le64(body[16:]), Offset: le64(body[24:]), Inode: le64(body[40:]), Path: string(path)}
	isFile := len(path) > 1 && path[0] == '/' && path[1] != '/' || string(path) == "[vdso]"
	return isFile && r.mapping.Start < r.mapping.End && le32(body[56:])&unix.PROT_EXEC != 0
}

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// apply notes what a record says.
func (t *Table) apply(r record) {
	s := t.spaces[r.pid]
	t.newest = max(t.newest, r.at)
	switch r.kind {
	case unix.PERF_RECORD_LOST:
		t.gone += r.lost
		t.change++
	case unix.PERF_RECORD_MMAP2:
		if s == nil {
			s = &space{}
			t.spaces[r.pid] = s
		}
		r.mapping.Path = t.once(r.mapping.Path)
		s.add(note{r.mapping, r.at})
		t.change++
	case unix.PERF_RECORD_COMM:
		if s == nil {
			s = &space{} // what it was before is not known any more
		}
		t.spaces[r.pid] = s.follow(r.at)
		t.change++
		t.spaces[r.pid].asked = true // all that it maps from here on is told
	case unix.PERF_RECORD_FORK:
		if r.thread || r.pid == r.parent {
			return
		}
		t.spaces[r.pid] = t.spaces[r.parent].fork(r.at, s)
		t.change++
	case unix.PERF_RECORD_EXIT:
		if !r.thread && s != nil && !s.dead {
			s.dead = true
			t.bury(r.pid)
		}
	}
}

// bury remembers that a process has ended, and forgets the one that did so first, if
// there are many.
func (t *Table) bury(pid int) {
	t.dead = append(t.dead, pid)
	if len(t.dead) <= maxDead {
		return
	}
	first := t.dead[0]
	t.dead = t.dead[1:]
	if s := t.spaces[first]; s != nil && s.dead {
		delete(t.spaces, first)
	}
}
