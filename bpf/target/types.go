package target

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"tapir/lang/ctype"
)

// Types is the kernel's types by name, read from its BTF. Only what is asked for is
// looked at closely. It is not safe for concurrent use.
type Types struct {
	btf    *btf
	known  map[uint32]*ctype.Type
	traces []string          // names of tracepoints, sorted, once asked for
	funcs  map[string]uint32 // functions' prototypes, once asked for; 0 if there are different ones
}

// newTypes finds where each type in BTF begins.
func newTypes(data []byte) (*Types, error) {
	b, err := newBTF(data)
	if err != nil {
		return nil, err
	}
	if _, err := b.scan(nil); err != nil {
		return nil, err
	}
	return &Types{btf: b, known: map[uint32]*ctype.Type{}}, nil
}

// with is the types of the kernel and of a module. A module's data goes on where the
// kernel's ends: its numbers of types and its offsets of strings count on.
func (t *Types) with(module []byte) (*Types, error) {
	b, err := newBTF(module)
	if err != nil {
		return nil, err
	}
	b.types, b.strings = slices.Concat(t.btf.types, b.types), slices.Concat(t.btf.strings, b.strings)
	if _, err := b.scan(nil); err != nil {
		return nil, err
	}
	return &Types{btf: b, known: map[uint32]*ctype.Type{}}, nil
}

// find lists the types of a kind that have a name. Each name is in the strings once,
// so that to look for its place first is faster than an index of all names.
func (t *Types) find(name string, kinds ...uint32) []uint32 {
	at := bytes.Index(t.btf.strings, []byte("\x00"+name+"\x00"))
	if at < 0 || name == "" {
		return nil
	}
	var ids []uint32
	le := binary.LittleEndian
	for id, start := range t.btf.starts {
		if id == 0 || le.Uint32(t.btf.types[start:]) != uint32(at+1) {
			continue
		}
		if kind := le.Uint32(t.btf.types[start+4:]) >> 24 & 31; slices.Contains(kinds, kind) {
			ids = append(ids, uint32(id))
		}
	}
	return ids
}

// tracePrefix begins the names of the types of tracepoints' functions.
const tracePrefix = "btf_trace_"

// nameOf is the name of a type, "" if it has none.
func (b *btf) nameOf(id uint32) string {
	return b.text(binary.LittleEndian.Uint32(b.types[b.starts[id]:]))
}

// text is the string at an offset.
func (b *btf) text(off uint32) string {
	if uint64(off) >= uint64(len(b.strings)) {
		return ""
	}
	s := b.strings[off:]
	n := slices.Index(s, 0)
	if n < 0 {
		return ""
	}
	return string(s[:n])
}

// Type is the type of a name, with or without `struct`, `union` or `enum` before it
// and `*` behind it, or nil.
func (t *Types) Type(name string) *ctype.Type {
	name = strings.TrimSpace(name)
	if base, ok := strings.CutSuffix(name, "*"); ok {
		elem := t.Type(base)
		if elem == nil {
			return nil
		}
		return &ctype.Type{Kind: ctype.Pointer, Size: 8, Parts: elemOnly{elem}}
	}
	name, kinds := strings.Join(strings.Fields(name), " "), anyNamed
	if full, ok := integers[name]; ok {
		name = full
	}
	if tag, rest, ok := strings.Cut(name, " "); ok && tagged[tag] != nil {
		name, kinds = rest, tagged[tag]
	}
	for _, id := range t.find(name, kinds...) {
		if typ := t.typeOf(id, 0); !typ.IsAggregate() || len(typ.Members()) > 0 {
			return typ
		}
	}
	return nil
}

// anyNamed are the kinds of type that a name may mean; tagged those behind a word.
var anyNamed = []uint32{kindStruct, kindUnion, kindEnum, kindEnum64, kindTypedef, kindInt}

var tagged = map[string][]uint32{
	"struct": {kindStruct}, "union": {kindUnion}, "enum": {kindEnum, kindEnum64},
}

// integers has the compilers' names of types that C abbreviates.
var integers = map[string]string{
	"unsigned": "unsigned int", "long": "long int", "unsigned long": "long unsigned int", "long unsigned": "long unsigned int",
	"unsigned long int": "long unsigned int", "short": "short int", "unsigned short": "short unsigned int",
	"long long": "long long int", "unsigned long long": "long long unsigned int",
}

// elemOnly is the parts of a pointer to a type.
type elemOnly struct{ elem *ctype.Type }

func (e elemOnly) Elem() *ctype.Type     { return e.elem }
func (elemOnly) Members() []ctype.Member { return nil }
func (elemOnly) Names() []ctype.Name     { return nil }

// Tracepoints are the names of the kernel's tracepoints, sorted.
func (t *Types) Tracepoints() []string {
	if t.traces != nil {
		return t.traces
	}
	for id := range uint32(len(t.btf.starts)) {
		if info, _, _, ok := t.btf.typeAt(id); ok && info>>24&31 == kindTypedef {
			if name, ok := strings.CutPrefix(t.btf.nameOf(id), tracePrefix); ok {
				t.traces = append(t.traces, name)
			}
		}
	}
	slices.Sort(t.traces)
	t.traces = slices.Compact(t.traces)
	return t.traces
}

// Tracepoint is what a tracepoint hands to those that listen to it.
func (t *Types) Tracepoint(name string) (params []ctype.Param, ok bool) {
	types := t.find(tracePrefix+name, kindTypedef)
	if len(types) == 0 {
		return nil, false
	}
	for _, id := range t.find("__traceiter_"+name, kindFunc) { // whose parameters have names
		_, proto, _, _ := t.btf.typeAt(id)
		return t.params(proto)
	}
	_, ptr, _, _ := t.btf.typeAt(types[0])
	_, proto, _, _ := t.btf.typeAt(ptr)
	return t.params(proto)
}

// params are a function's parameters without the first, which is the listener's own.
func (t *Types) params(proto uint32) ([]ctype.Param, bool) {
	info, _, rest, ok := t.btf.typeAt(proto)
	if !ok || info>>24&31 != kindFuncProto {
		return nil, false
	}
	var params []ctype.Param
	for i := 1; i < int(info&0xffff); i++ {
		p := rest[8*i:]
		name := t.btf.text(binary.LittleEndian.Uint32(p))
		if name == "" {
			name = fmt.Sprintf("arg%d", i)
		}
		params = append(params, ctype.Param{Name: name, Type: t.typeOf(binary.LittleEndian.Uint32(p[4:]), 0)})
	}
	return params, true
}

// function is what the function of a name takes and returns. Of static functions that
// share a name, nobody knows which one is meant, unless all are alike.
func (t *Types) function(name string) (s signature, ok bool) {
	if t.funcs == nil {
		t.funcs = map[string]uint32{}
		for id := range uint32(len(t.btf.starts)) {
			info, proto, _, ok := t.btf.typeAt(id)
			if !ok || info>>24&31 != kindFunc {
				continue
			}
			name := t.btf.nameOf(id)
			if other, known := t.funcs[name]; known && other != proto {
				proto = 0
			}
			t.funcs[name] = proto
		}
	}
	proto := t.funcs[name]
	info, result, rest, ok := t.btf.typeAt(proto)
	if !ok || info>>24&31 != kindFuncProto {
		return s, false
	}
	s.result = t.typeOf(result, 0)
	for i := range int(info & 0xffff) {
		p := rest[8*i:]
		id := binary.LittleEndian.Uint32(p[4:])
		if id == 0 {
			s.variadic = true
			break
		}
		s.params = append(s.params, ctype.Param{Name: t.btf.text(binary.LittleEndian.Uint32(p)), Type: t.typeOf(id, 0)})
	}
	return s, true
}

// typeOf is the type of a number, without qualifiers and type definitions; void for
// what makes no sense.
func (t *Types) typeOf(id uint32, depth int) *ctype.Type {
	id = t.btf.resolve(id)
	if known, ok := t.known[id]; ok {
		return known
	}
	info, ref, rest, ok := t.btf.typeAt(id)
	if !ok || depth > maxNesting {
		return &ctype.Type{}
	}
	p := &parts{t, id}
	name := t.btf.nameOf(id)
	typ := &ctype.Type{Parts: p, Size: int(ref), Name: name}
	le := binary.LittleEndian
	switch info >> 24 & 31 {
	case kindInt:
		word := le.Uint32(rest)
		typ.Kind, typ.Signed, typ.Char = ctype.Int, word>>24&1 != 0, ref == 1 && strings.Contains(name, "char")
	case kindEnum, kindEnum64:
		typ.Kind, typ.Signed, typ.Name = ctype.Int, info>>31 == 1, "enum "+name
	case kindPtr:
		typ.Kind, typ.Size, typ.Name = ctype.Pointer, 8, ""
	case kindArray:
		typ.Kind, typ.Len, typ.Name = ctype.Array, int(le.Uint32(rest[8:])), ""
		typ.Size = typ.Len * t.typeOf(le.Uint32(rest), depth+1).Size
	case kindStruct:
		typ.Kind, typ.Name = ctype.Struct, prefixed("struct ", name)
	case kindUnion:
		typ.Kind, typ.Name = ctype.Union, prefixed("union ", name)
	case kindFuncProto:
		typ.Kind, typ.Size = ctype.Func, 0
	case kindFloat:
		typ.Kind = ctype.Float
	default:
		typ = &ctype.Type{}
	}
	t.known[id] = typ
	return typ
}

func prefixed(prefix, name string) string {
	if name == "" {
		return ""
	}
	return prefix + name
}

// parts finds what a type is made of.
type parts struct {
	types *Types
	id    uint32
}

// Elem is what a pointer points to or an array is of.
func (p *parts) Elem() *ctype.Type {
	info, ref, rest, _ := p.types.btf.typeAt(p.id)
	if info>>24&31 == kindArray {
		ref = binary.LittleEndian.Uint32(rest)
	}
	return p.types.typeOf(ref, 0)
}

// Members are those of a struct or union.
func (p *parts) Members() []ctype.Member {
	info, _, rest, _ := p.types.btf.typeAt(p.id)
	if kind := info >> 24 & 31; kind != kindStruct && kind != kindUnion {
		return nil
	}
	le := binary.LittleEndian
	members := make([]ctype.Member, info&0xffff)
	for i := range members {
		m := rest[i*memberSize:]
		at, bits := le.Uint32(m[8:]), uint32(0)
		if info>>31 == 1 { // the offset word holds a bit field's width too
			at, bits = at&0xffffff, at>>24
		}
		members[i] = ctype.Member{
			Name: p.types.btf.text(le.Uint32(m)), Type: p.types.typeOf(le.Uint32(m[4:]), 0),
			Offset: int(at), Bits: int(bits),
		}
	}
	return members
}

// Names are those of an enumeration's values.
func (p *parts) Names() []ctype.Name {
	info, _, rest, _ := p.types.btf.typeAt(p.id)
	le := binary.LittleEndian
	var names []ctype.Name
	for i := range int(info & 0xffff) {
		switch info >> 24 & 31 {
		case kindEnum:
			e := rest[8*i:]
			v := int64(le.Uint32(e[4:]))
			if info>>31 == 1 {
				v = int64(int32(v))
			}
			names = append(names, ctype.Name{Name: p.types.btf.text(le.Uint32(e)), Value: v})
		case kindEnum64:
			e := rest[12*i:]
			names = append(names, ctype.Name{Name: p.types.btf.text(le.Uint32(e)), Value: int64(le.Uint64(e[4:]))})
		}
	}
	return names
}

// Types are the kernel's types. The first call reads the kernel's BTF.
func (k *Kernel) Types() (*Types, error) { return k.types() }

// readTypes indexes the BTF in a file.
func readTypes(path string) (*Types, error) {
	data, err := readBTF(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", errNoBTF, err)
	}
	if err != nil {
		return nil, err
	}
	return newTypes(data)
}

// Type is a type of the kernel by its name, or nil.
func (k *Kernel) Type(name string) *ctype.Type {
	if t, err := k.types(); err == nil {
		return t.Type(name)
	}
	return nil
}

// Tracepoint is what a tracepoint of the kernel hands to its listeners.
func (k *Kernel) Tracepoint(name string) (params []ctype.Param, ok bool) {
	if t, err := k.types(); err == nil {
		return t.Tracepoint(name)
	}
	return nil, false
}

// Tracepoints are the names of the kernel's tracepoints, sorted.
func (k *Kernel) Tracepoints() []string {
	if t, err := k.types(); err == nil {
		return t.Tracepoints()
	}
	return nil
}
