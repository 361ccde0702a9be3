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
	"slices"

	"golang.org/x/sys/unix"
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

// separate opens the file into which the debug information was put: the one of the
// build-id, or the one that the file names.
func (f *File) separate() (*elf.File, error) {
	if id := f.buildID(); id != nil {
		name := filepath.Join(debugRoot, ".build-id", fmt.Sprintf("%x", id[:1]), fmt.Sprintf("%x.debug", id[1:]))
		if e, err := elf.Open(name); err == nil {
			return e, nil
		}
	}
	name, sum, ok := f.debugLink()
	if !ok {
		return nil, errNoDebug
	}
	for _, candidate := range f.aside(name) {
		if found, ok := checksum(candidate); !ok || found != sum {
			continue
		}
		if e, err := elf.Open(candidate); err == nil {
			return e, nil
		}
	}
	return nil, errNoDebug
}

// aside are the places where a file of a name that was put aside may be.
func (f *File) aside(name string) []string {
	var list []string
	for _, known := range f.names {
		folder := filepath.Dir(known)
		list = append(list, filepath.Join(folder, name), filepath.Join(folder, ".debug", name), filepath.Join(debugRoot, folder, name))
	}
	return slices.DeleteFunc(list, func(c string) bool { return slices.Contains(f.names, c) })
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

// checksum is the CRC-32 of a file's bytes. What is no file is not waited for.
func checksum(path string) (sum uint32, ok bool) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return 0, false
	}
	defer file.Close()
	if st, err := file.Stat(); err != nil || !st.Mode().IsRegular() || st.Size() > maxSeparate {
		return 0, false
	}
	h := crc32.NewIEEE()
	if _, err := io.Copy(h, io.LimitReader(file, maxSeparate)); err != nil {
		return 0, false
	}
	return h.Sum32(), true
}

// maxSeparate bounds the file of debug information that is read, in bytes.
const maxSeparate = 8 << 30

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
	return elf.NewFile(bytes.NewReader(plain))
}
