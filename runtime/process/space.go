package process

import (
	"cmp"
	"slices"
)

// A space is what one process had mapped, from its start or its last execve on.
type space struct {
	since int64  // when it began; 0: before anybody looked
	notes []note // by time
	older *space // what the process of this number was before
	asked bool   // /proc has been read
	tried int64  // when that was
	dead  bool   // the process has ended
}

// note is a mapping and when it was made.
type note struct {
	Mapping
	at int64
}

// add notes a mapping, in the order of time. Of a process that has had very many, all is
// forgotten, and /proc is asked again. It reports whether that was not known before.
func (s *space) add(n note) bool {
	if known, ok := s.find(n.Start, n.at); ok && known == n.Mapping {
		return false
	}
	if len(s.notes) >= maxMappings {
		s.notes, s.asked = nil, false
	}
	i := s.until(n.at)
	if i == len(s.notes) {
		s.notes = append(s.notes, n)
		return true
	}
	s.notes = slices.Concat(s.notes[:i], []note{n}, s.notes[i:]) // a child may share the old ones
	return true
}

// until is how many mappings were made up to a time.
func (s *space) until(time int64) int {
	i, _ := slices.BinarySearchFunc(s.notes, time+1, func(x note, at int64) int { return cmp.Compare(x.at, at) })
	return i
}

// at is the space of the process at a time.
func (s *space) at(time int64) *space {
	for s != nil && time < s.since {
		s = s.older
	}
	return s
}

// find is the last mapping before a time that has an address.
func (s *space) find(address uint64, time int64) (Mapping, bool) {
	for i := len(s.notes) - 1; i >= 0; i-- {
		if n := &s.notes[i]; n.at <= time && n.Start <= address && address < n.End {
			return n.Mapping, true
		}
	}
	return Mapping{}, false
}

// maxOlder is how many former lives of a process are kept.
const maxOlder = 4

// follow begins a new life of a process behind s, which may be nil.
func (s *space) follow(since int64) *space {
	depth := 0
	for o := s; o != nil; o = o.older {
		if depth++; depth == maxOlder {
			o.older = nil
		}
	}
	return &space{since: since, older: s}
}

// fork is the copy that a child of the process begins with.
func (s *space) fork(at int64, former *space) *space {
	child := former.follow(at)
	if s == nil {
		return child
	}
	child.asked = s.asked
	n := s.until(at)
	child.notes = s.notes[:n:n]
	return child
}
