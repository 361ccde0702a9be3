package process

import (
	"bytes"
	"strconv"
)

// Mapping is a part of a file that a process has in its memory as code.
type Mapping struct {
	Start, End uint64
	Offset     uint64 // of Start in the file
	Inode      uint64
	Path       string // as the process sees files; "[vdso]" and the like are none
	Deleted    bool   // another file may have the path by now
}

// maxPath is the most bytes that a path is taken with.
const maxPath = 4096

// maxMappings bounds the mappings of code that are kept of one process.
const maxMappings = 1 << 13

// parseMaps reads the text of /proc/PID/maps. Only code is kept; lines that make no
// sense are left out.
func parseMaps(text []byte) []Mapping {
	var list []Mapping
	for len(text) > 0 && len(list) < maxMappings {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		text = rest
		if m, ok := parseLine(line); ok {
			list = append(list, m)
		}
	}
	return list
}

// parseLine reads a line such as
//
//	55d0c0a00000-55d0c0a21000 r-xp 00002000 fe:00 1234     /usr/bin/cat
func parseLine(line []byte) (m Mapping, ok bool) {
	var fields [5][]byte
	rest := line
	for i := range fields {
		fields[i], rest, _ = bytes.Cut(bytes.TrimLeft(rest, " "), []byte{' '})
	}
	if len(fields[1]) < 4 || fields[1][2] != 'x' {
		return m, false
	}
	from, to, _ := bytes.Cut(fields[0], []byte{'-'})
	for _, number := range []struct {
		text []byte
		base int
		to   *uint64
	}{{from, 16, &m.Start}, {to, 16, &m.End}, {fields[2], 16, &m.Offset}, {fields[4], 10, &m.Inode}} {
		v, err := strconv.ParseUint(string(number.text), number.base, 64)
		if err != nil {
			return m, false
		}
		*number.to = v
	}
	path := bytes.TrimLeft(rest, " ")
	path, m.Deleted = bytes.CutSuffix(path[:min(len(path), maxPath)], []byte(" (deleted)"))
	m.Path = string(path)
	return m, m.Start < m.End
}
