package target

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	library "github.com/cilium/ebpf/btf"
)

// sample builds BTF data: types with every kind of rest before the structs, a
// member in an anonymous union in an anonymous struct, and a bit field.
type sample struct {
	types, strings []byte
	n              uint32
}

func (s *sample) name(text string) uint32 {
	if text == "" {
		return 0
	}
	off := uint32(len(s.strings))
	s.strings = append(append(s.strings, text...), 0)
	return off
}

func (s *sample) add(name string, kind, vlen, flag, ref uint32, rest ...uint32) (id uint32) {
	le := binary.LittleEndian
	s.types = le.AppendUint32(s.types, s.name(name))
	s.types = le.AppendUint32(s.types, flag<<31|kind<<24|vlen)
	s.types = le.AppendUint32(s.types, ref)
	for _, w := range rest {
		s.types = le.AppendUint32(s.types, w)
	}
	s.n++
	return s.n
}

func (s *sample) bytes() []byte {
	le := binary.LittleEndian
	b := []byte{0x9f, 0xeb, 1, 0}
	for _, w := range []int{24, 0, len(s.types), len(s.types), len(s.strings)} {
		b = le.AppendUint32(b, uint32(w))
	}
	return append(append(b, s.types...), s.strings...)
}

func newSample() *sample {
	s := &sample{strings: []byte{0}}
	long := s.add("long", kindInt, 0, 0, 8, 64)
	s.add("e64", kindEnum64, 2, 0, 8, 1, 2, 3, 4, 5, 6)
	s.add("e", kindEnum, 2, 0, 4, 1, 2, 3, 4)
	s.add("", kindArray, 0, 0, 0, long, long, 4)
	s.add("", kindFuncProto, 2, 0, long, 0, long, 0, long)
	s.add("v", kindVar, 0, 0, long, 1)
	s.add("sec", kindDataSec, 1, 0, 8, 6, 0, 8)
	s.add("tag", kindDeclTag, 0, 0, long, 0)
	s.add("box", kindStruct, 1, 0, 8, s.name("other"), long, 0) // a namesake without the member
	union := s.add("", kindUnion, 1, 0, 8, s.name("deep"), long, 0)
	inner := s.add("", kindStruct, 2, 0, 24, s.name("x"), long, 0, 0, union, 64)
	constant := s.add("", kindConst, 0, 0, inner)
	s.add("box", kindStruct, 3, 1, 48,
		s.name("first"), long, 0,
		0, constant, 128,
		s.name("bits"), long, 3<<24|320)
	return s
}

func find(data []byte, members ...string) (offsets []int, err error) {
	offsets = make([]int, len(members))
	var wants []want
	for i, m := range members {
		structure, member, _ := strings.Cut(m, ".")
		wants = append(wants, want{structure, member, &offsets[i]})
	}
	_, err = findMembers(data, wants)
	return offsets, err
}

func TestFindMembers(t *testing.T) {
	got, err := find(newSample().bytes(), "box.first", "box.deep", "box.x")
	if want := []int{0, 24, 16}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	_, err = find(newSample().bytes(), "box.first", "box.bits", "box.nothing", "bag.x")
	missing, ok := errors.AsType[*MissingError](err)
	if want := []string{"box.first", "box.bits", "box.nothing", "bag.x"}; !ok || !slices.Equal(missing.Members, want) {
		t.Errorf("missing: got %v, want %v", err, want)
	}
}

func TestDamagedBTF(t *testing.T) {
	good := newSample().bytes()
	for n := range len(good) {
		if _, err := find(good[:n], "box.deep"); err == nil {
			t.Errorf("cut to %d of %d bytes: no error", n, len(good))
		}
	}
	for at, value := range map[int]byte{0: 0, 2: 9, 8: 0xff, 12: 0xff, 31: 0x1f} {
		bad := slices.Clone(good)
		bad[at] = value
		if _, err := find(bad, "box.deep"); err == nil {
			t.Errorf("byte %d set to %#x: no error", at, value)
		}
	}
	if _, err := readLayout("/nonexistent"); !errors.Is(err, errNoBTF) {
		t.Errorf("no file: got %v", err)
	}
}

// The scan agrees with the library's reader on the running kernel.
func TestLiveLayout(t *testing.T) {
	if _, err := os.Stat(BTFPath); err != nil {
		t.Skipf("needs the kernel's BTF: %v", err)
	}
	l, err := readLayout(BTFPath)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := library.LoadKernelSpec()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range l.wants() {
		if got := *w.offset; w.member != "thread_info" && got != libraryOffset(t, spec, w.structure, w.member) {
			t.Errorf("%s.%s: got %d", w.structure, w.member, got)
		}
	}
	if c := l.Cast; c != nil {
		number := func(typ library.Type, name string) uint32 {
			if err := spec.TypeByName(name, &typ); err != nil {
				t.Fatal(err)
			}
			id, err := spec.TypeID(typ)
			if err != nil {
				t.Fatal(err)
			}
			return uint32(id)
		}
		want := Cast{
			Func: number(new(library.Func), castFunc), Task: number(new(library.Struct), "task_struct"), Regs: number(new(library.Struct), "pt_regs"),
			Stack: libraryOffset(t, spec, "task_struct", "stack"), OnCPU: libraryOffset(t, spec, "task_struct", "on_cpu"),
		}
		if *c != want {
			t.Errorf("cast: got %+v, want %+v", *c, want)
		}
	}
	status := libraryOffset(t, spec, "task_struct", "thread_info") + libraryOffset(t, spec, "thread_info", "status")
	if l.Task.Status != status {
		t.Errorf("status: got %d, want %d", l.Task.Status, status)
	}
}

func libraryOffset(t *testing.T, spec *library.Spec, structure, member string) int {
	t.Helper()
	var s *library.Struct
	if err := spec.TypeByName(structure, &s); err != nil {
		t.Fatal(err)
	}
	var in func(list []library.Member) int
	in = func(list []library.Member) int {
		for _, m := range list {
			if m.Name == member {
				return int(m.Offset.Bytes())
			}
			var inner []library.Member
			switch u := library.UnderlyingType(m.Type).(type) {
			case *library.Struct:
				inner = u.Members
			case *library.Union:
				inner = u.Members
			}
			if m.Name == "" {
				if off := in(inner); off >= 0 {
					return int(m.Offset.Bytes()) + off
				}
			}
		}
		return math.MinInt32
	}
	return in(s.Members)
}

func FuzzFindMembers(f *testing.F) {
	f.Add(newSample().bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		offsets, err := find(data, "box.first", "box.deep", "box.bits")
		for _, o := range offsets {
			if err == nil && (o < 0 || o > maxOffset) {
				t.Errorf("offset %d", o)
			}
		}
	})
}

func BenchmarkLayout(b *testing.B) {
	for b.Loop() {
		if _, err := readLayout(BTFPath); err != nil {
			b.Skip(err)
		}
	}
}
