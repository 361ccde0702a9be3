package exe

import (
	"cmp"
	"debug/elf"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Bounds of the sections that are read: of the bytes of one, of those of all of the debug
// information, and of how much more they are than what they are compressed to. Debug
// information is compressed to a third or a tenth.
const (
	maxSection  = 1 << 30
	maxSections = 4 << 30
	maxGrowth   = 100
)

var errNoSection = errors.New("there is no such section")

// section is the bytes of a section of an ELF file.
func section(e *elf.File, name string) ([]byte, error) {
	s := e.Section(name)
	if s == nil || s.Type == elf.SHT_NOBITS {
		return nil, errNoSection
	}
	if err := isReadable(s); err != nil {
		return nil, err
	}
	return s.Data()
}

// isReadable says why the bytes of a section can't be read, or nil.
func isReadable(s *elf.Section) error {
	if s.Size > maxSection || s.Flags&elf.SHF_COMPRESSED != 0 && s.Size/maxGrowth > s.FileSize {
		return fmt.Errorf("section %s is too large", s.Name)
	}
	return nil
}

// debugReadable says why a file's debug information can't be read as a whole, or nil:
// what it says of its sizes is not what the file is of, or it would take one part of the
// file for many.
func debugReadable(e *elf.File) error {
	var list []*elf.Section
	total := uint64(0)
	for _, s := range e.Sections {
		if strings.HasPrefix(s.Name, ".zdebug_") { // its size shows only when it is unpacked
			return fmt.Errorf("its debug information is compressed in a way that is out of use (%s)", s.Name)
		}
		if !strings.HasPrefix(s.Name, ".debug_") || s.Type == elf.SHT_NOBITS {
			continue
		}
		if err := isReadable(s); err != nil {
			return err
		}
		if total += s.Size; total > maxSections {
			return errors.New("its debug information is too large")
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *elf.Section) int { return cmp.Compare(a.Offset, b.Offset) })
	end := uint64(0)
	for _, s := range list {
		if s.Offset < end {
			return fmt.Errorf("section %s lies over another", s.Name)
		}
		end = max(end, s.Offset+s.FileSize)
	}
	return nil
}
