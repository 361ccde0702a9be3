package exe

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// debugRoot is where distributions put what they strip from files.
const debugRoot = "/usr/lib/debug"

var errNoDebug = errors.New("it has no debug information, and no file with it was found")

// noteBuildID is the type of the note that has a file's build-id.
const noteBuildID = 3

// buildID is the identity that the linker gave to the file, or nil.
func (f *File) buildID() []byte {
	data, err := section(f.elf, ".note.gnu.build-id")
	if err != nil {
		return nil
	}
	for _, n := range parseNotes(data, f.elf.ByteOrder) {
		if n.name == "GNU" && n.kind == noteBuildID && len(n.desc) > 1 {
			return n.desc
		}
	}
	return nil
}

// aside is a file of debug information that is open.
type aside struct {
	*elf.File
	file *os.File
}

// Close closes it.
func (a *aside) Close() error { return a.file.Close() }

// separate opens the file into which the debug information was put: the one of the
// build-id, or the one that the file names.
func (f *File) separate() (*aside, error) {
	roots := []string{""}
	if f.place.Root != "" {
		roots = []string{f.place.Root, ""}
	}
	if id := f.buildID(); id != nil {
		name := filepath.Join(debugRoot, ".build-id", fmt.Sprintf("%x", id[:1]), fmt.Sprintf("%x.debug", id[1:]))
		for _, root := range roots {
			if e, err := f.openAside(root + name); err == nil {
				return e, nil
			}
		}
	}
	name, sum, ok := f.debugLink()
	if !ok {
		return nil, errNoDebug
	}
	folder := filepath.Dir(f.place.Path)
	for _, root := range roots {
		limit := int64(maxSeparate)
		if root != "" {
			limit = maxForeign
		}
		for _, candidate := range []string{filepath.Join(folder, name), filepath.Join(folder, ".debug", name), filepath.Join(debugRoot, folder, name)} {
			if candidate == f.place.Path {
				continue
			}
			if found, ok := checksum(root+candidate, limit); !ok || found != sum {
				continue
			}
			if e, err := f.openAside(root + candidate); err == nil {
				return e, nil
			}
		}
	}
	return nil, errNoDebug
}

// openAside opens a file that must be of the same kind of machine.
func (f *File) openAside(path string) (*aside, error) {
	file, _, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	e, err := elf.NewFile(file)
	if err == nil {
		err = f.alike(e)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &aside{e, file}, nil
}

var errOtherMachine = errors.New("it is of another kind of machine")

// alike is an error if a file with symbols or debug information can't be this one's: its
// numbers would be read in another way.
func (f *File) alike(e *elf.File) error {
	if e.Machine != f.elf.Machine || e.Class != f.elf.Class || e.Data != f.elf.Data {
		return errOtherMachine
	}
	return nil
}

// debugLink is the name and the checksum of the file with the debug information, from
// the section .gnu_debuglink: a name up to a NUL, filled up to four bytes, a CRC-32.
func (f *File) debugLink() (name string, sum uint32, ok bool) {
	data, err := section(f.elf, ".gnu_debuglink")
	if err != nil {
		return "", 0, false
	}
	end := bytes.IndexByte(data, 0)
	at := (end + 4) &^ 3
	if end <= 0 || at+4 > len(data) || bytes.IndexByte(data[:end], '/') >= 0 {
		return "", 0, false
	}
	return string(data[:end]), f.elf.ByteOrder.Uint32(data[at:]), true
}

// checksum is the CRC-32 of a file's bytes, if they are not more than limit.
func checksum(path string, limit int64) (sum uint32, ok bool) {
	file, st, err := openRegular(path)
	if err != nil {
		return 0, false
	}
	defer file.Close()
	if st.Size > limit {
		return 0, false
	}
	h := crc32.NewIEEE()
	if _, err := io.Copy(h, io.LimitReader(file, limit)); err != nil {
		return 0, false
	}
	return h.Sum32(), true
}

// Bounds of files of debug information of which the checksum is made, in bytes: of the
// machine's own, and of those that a traced process has, who may have made them to keep
// tapir busy.
const (
	maxSeparate = 8 << 30
	maxForeign  = 256 << 20
)

// miniDebug is the small file of symbols in the section .gnu_debugdata, which is
// compressed.
func (f *File) miniDebug() (*elf.File, error) {
	data, err := section(f.elf, ".gnu_debugdata")
	if err != nil {
		return nil, err
	}
	plain, err := unpackXZ(data)
	if err != nil {
		return nil, err
	}
	e, err := elf.NewFile(bytes.NewReader(plain))
	if err != nil {
		return nil, err
	}
	return e, f.alike(e)
}
