package exe

import (
	"debug/dwarf"
	"slices"
	"strings"

	"tapir/lang/ctype"
)

// maxTypeSteps bounds the type definitions and qualifiers between a name and a type.
const maxTypeSteps = 64

// maxNested bounds the arrays that are made of arrays.
const maxNested = 64

// typeOf is the type of an entry that has one; void if it has none.
func (d *debug) typeOf(e *dwarf.Entry) *ctype.Type {
	at, ok := d.value(e, dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return &ctype.Type{User: true}
	}
	return d.typeAt(at)
}

// typeAt is the type at an offset, without type definitions and qualifiers.
func (d *debug) typeAt(at dwarf.Offset) *ctype.Type {
	if known := d.types[at]; known != nil {
		return known
	}
	if d.nested == maxNested {
		return &ctype.Type{User: true}
	}
	d.nested++
	t := d.newType(at)
	d.nested--
	d.types[at] = t
	return t
}

func (d *debug) newType(at dwarf.Offset) *ctype.Type {
	void := &ctype.Type{User: true}
	defined := "" // by a type definition, of what has no name itself
	for range maxTypeSteps {
		e := d.entryAt(at)
		if e == nil {
			return void
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		switch e.Tag {
		case dwarf.TagTypedef, dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagAtomicType:
			if e.Tag == dwarf.TagTypedef && defined == "" {
				defined = name
			}
			next, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
			if !ok {
				return void
			}
			at = next
			continue
		}
		t := d.plainType(e, name)
		if t.Name == "" && t.IsAggregate() {
			t.Name = defined
		}
		return t
	}
	return void
}

// Encodings of numbers in DWARF.
const (
	encodingComplex    = 3
	encodingFloat      = 4
	encodingSigned     = 5
	encodingSignedChar = 6
)

// plainType is the type of an entry that is no type definition and no qualifier.
func (d *debug) plainType(e *dwarf.Entry, name string) *ctype.Type {
	size, _ := e.Val(dwarf.AttrByteSize).(int64)
	t := &ctype.Type{Name: name, Size: int(min(max(size, 0), 1<<40)), User: true, Parts: parts{d, e}}
	encoding, _ := e.Val(dwarf.AttrEncoding).(int64)
	switch e.Tag {
	case dwarf.TagBaseType:
		t.Kind, t.Parts = ctype.Int, nil
		t.Signed = encoding == encodingSigned || encoding == encodingSignedChar
		t.Char = encoding == encodingSignedChar || name == "char" // unsigned char is a number
		if encoding == encodingFloat || encoding == encodingComplex {
			t.Kind = ctype.Float
		}
	case dwarf.TagPointerType, dwarf.TagReferenceType, dwarf.TagRvalueReferenceType:
		t.Kind, t.Size = ctype.Pointer, 8
	case dwarf.TagPtrToMemberType:
		t.Kind, t.Size, t.Parts = ctype.Int, 8, nil
	case dwarf.TagStructType, dwarf.TagClassType:
		t.Kind = ctype.Struct
		if name != "" {
			t.Name = "struct " + name
		}
	case dwarf.TagUnionType:
		t.Kind = ctype.Union
		if name != "" {
			t.Name = "union " + name
		}
	case dwarf.TagEnumerationType:
		t.Kind, t.Signed = ctype.Int, encoding == encodingSigned
		t.Name = strings.TrimSpace("enum " + name)
	case dwarf.TagArrayType:
		return d.arrayType(e)
	case dwarf.TagSubroutineType:
		t.Kind, t.Parts = ctype.Func, nil
	default:
		t.Parts = nil
	}
	return t
}

// maxDimensions bounds those of an array.
const maxDimensions = 16

// arrayType is the type of an array, of arrays if it has several dimensions.
func (d *debug) arrayType(e *dwarf.Entry) *ctype.Type {
	var dimensions []int
	d.walk(e.Offset, func(e *dwarf.Entry, _ int) (bool, bool) {
		if e.Tag == dwarf.TagSubrangeType {
			n := 0
			if count, ok := e.Val(dwarf.AttrCount).(int64); ok {
				n = int(count)
			} else if last, ok := e.Val(dwarf.AttrUpperBound).(int64); ok {
				n = int(last + 1)
			}
			dimensions = append(dimensions, min(max(n, 0), 1<<40))
		}
		return false, len(dimensions) < maxDimensions
	})
	t := d.typeOf(e)
	for _, n := range slices.Backward(dimensions) {
		elem := t
		t = &ctype.Type{Kind: ctype.Array, Len: n, User: true, Parts: element{elem}}
		if n == 0 || elem.Size <= 1<<40/max(n, 1) {
			t.Size = n * elem.Size
		}
	}
	return t
}

// element is the parts of an array.
type element struct{ of *ctype.Type }

func (e element) Elem() *ctype.Type     { return e.of }
func (element) Members() []ctype.Member { return nil }
func (element) Names() []ctype.Name     { return nil }

// parts finds what a type is made of when it is asked for.
type parts struct {
	d *debug
	e *dwarf.Entry
}

func (p parts) Elem() *ctype.Type { return p.d.typeOf(p.e) }

// Members are those of a struct; of one that is only declared, those of the definition
// in another unit.
func (p parts) Members() []ctype.Member {
	if declared, _ := p.e.Val(dwarf.AttrDeclaration).(bool); declared {
		name, _ := p.e.Val(dwarf.AttrName).(string)
		if e := p.d.definition(name, p.e.Tag); e != nil {
			return parts{p.d, e}.Members()
		}
		return nil
	}
	var list []ctype.Member
	p.d.walk(p.e.Offset, func(e *dwarf.Entry, _ int) (bool, bool) {
		if e.Tag == dwarf.TagMember || e.Tag == dwarf.TagInheritance {
			if m, ok := p.d.member(e); ok {
				list = append(list, m)
			}
		}
		return false, true
	})
	return list
}

// member is a member of a struct. What a C++ class has once for all objects is none.
func (d *debug) member(e *dwarf.Entry) (ctype.Member, bool) {
	name, _ := e.Val(dwarf.AttrName).(string)
	m := ctype.Member{Name: name, Type: d.typeOf(e)}
	if external, _ := e.Val(dwarf.AttrExternal).(bool); external {
		return m, false
	}
	if e.Tag == dwarf.TagInheritance {
		m.Name = "" // a base's members are found as those of an anonymous struct
	}
	at, _ := e.Val(dwarf.AttrDataMemberLoc).(int64)
	m.Offset = int(8 * at)
	bits, ok := e.Val(dwarf.AttrBitSize).(int64)
	if !ok || bits <= 0 || bits > 64 {
		return m, true
	}
	m.Bits = int(bits)
	if first, ok := e.Val(dwarf.AttrDataBitOffset).(int64); ok {
		m.Offset = int(first)
	} else if fromTop, ok := e.Val(dwarf.AttrBitOffset).(int64); ok {
		m.Offset += 8*m.Type.Size - int(fromTop) - m.Bits
	}
	return m, m.Type.Size > 0
}

// Names are those of an enumeration's values.
func (p parts) Names() []ctype.Name {
	var list []ctype.Name
	p.d.walk(p.e.Offset, func(e *dwarf.Entry, _ int) (bool, bool) {
		if e.Tag == dwarf.TagEnumerator {
			name, _ := e.Val(dwarf.AttrName).(string)
			value, _ := e.Val(dwarf.AttrConstValue).(int64)
			list = append(list, ctype.Name{Name: name, Value: value})
		}
		return false, true
	})
	return list
}

// typeTags are the entries that define types with names, by the word before the name.
var typeTags = map[string][]dwarf.Tag{
	"struct": {dwarf.TagStructType, dwarf.TagClassType}, "class": {dwarf.TagStructType, dwarf.TagClassType},
	"union": {dwarf.TagUnionType}, "enum": {dwarf.TagEnumerationType},
	"": {dwarf.TagStructType, dwarf.TagClassType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagTypedef, dwarf.TagBaseType},
}

// definition is the entry that defines a type of a name, or nil.
func (d *debug) definition(name string, tags ...dwarf.Tag) *dwarf.Entry {
	if d.names == nil {
		d.names = d.typeNames()
	}
	for _, at := range d.names[name] {
		if e := d.entryAt(at); e != nil && slices.Contains(tags, e.Tag) {
			return e
		}
	}
	return nil
}

// typeNames finds all definitions of types that have names and are in no function.
func (d *debug) typeNames() map[string][]dwarf.Offset {
	names := map[string][]dwarf.Offset{}
	for _, u := range d.units {
		d.walk(u.entry.Offset, func(e *dwarf.Entry, _ int) (bool, bool) {
			declared, _ := e.Val(dwarf.AttrDeclaration).(bool)
			if name, ok := e.Val(dwarf.AttrName).(string); ok && !declared && slices.Contains(typeTags[""], e.Tag) {
				names[name] = append(names[name], e.Offset)
			}
			return e.Tag == dwarf.TagNamespace, true
		})
	}
	return names
}

// Type is a type by its name, with or without struct or union before it and * behind
// it, or nil.
func (f *File) Type(name string) *ctype.Type {
	d, err := f.debug()
	if err != nil {
		return nil
	}
	return d.named(strings.Join(strings.Fields(name), " "))
}

func (d *debug) named(name string) *ctype.Type {
	if base, ok := strings.CutSuffix(name, "*"); ok {
		elem := d.named(strings.TrimSpace(base))
		if elem == nil {
			return nil
		}
		return &ctype.Type{Kind: ctype.Pointer, Size: 8, User: true, Parts: element{elem}}
	}
	tags := typeTags[""]
	if word, rest, ok := strings.Cut(name, " "); ok && typeTags[word] != nil {
		name, tags = rest, typeTags[word]
	}
	if e := d.definition(name, tags...); e != nil {
		return d.typeAt(e.Offset)
	}
	return nil
}
