// Package ctype describes types of C, as far as scripts look into values of them:
// where members lie and how large things are. Where the types come from is another
// package's matter. Start with Type.
package ctype

import "strconv"

// Kind is what sort of type it is.
type Kind uint8

// The kinds.
const (
	Void Kind = iota
	Int       // of any size, characters, truth values and enumerations too
	Float
	Pointer
	Array
	Struct
	Union
	Func
)

// Type is a type without qualifiers and type definitions.
type Type struct {
	Kind   Kind
	Name   string // `int`, `struct task_struct`; "" if it has none
	Size   int    // bytes; 0 if it is not known
	Signed bool   // Int
	Char   bool   // an Int that is a character
	User   bool   // of a traced program, in whose memory values of it lie
	Len    int    // elements of an Array

	// Parts gives what the type is made of, when it is asked for; nil: nothing.
	Parts Parts
}

// Parts is where a type finds the types that it is made of.
type Parts interface {
	// Elem is what a Pointer points to, or an Array is of.
	Elem() *Type
	// Members are those of a Struct or Union, in their order.
	Members() []Member
	// Names are those of an enumeration's values.
	Names() []Name
}

// Member is a member of a struct or union.
type Member struct {
	Name   string // "" for an anonymous struct or union
	Type   *Type
	Offset int // bits from the beginning
	Bits   int // width of a bit field; 0: the whole type
}

// Name is a value of an enumeration.
type Name struct {
	Name  string
	Value int64
}

// Param is a parameter of a function.
type Param struct {
	Name string
	Type *Type
}

// Elem is what a pointer points to or an array is of; void if that is not known.
func (t *Type) Elem() *Type {
	if t.Parts == nil {
		return &Type{}
	}
	return t.Parts.Elem()
}

// Members are those of a struct or union.
func (t *Type) Members() []Member {
	if t.Parts == nil {
		return nil
	}
	return t.Parts.Members()
}

// Names are those of an enumeration's values.
func (t *Type) Names() []Name {
	if t.Parts == nil {
		return nil
	}
	return t.Parts.Names()
}

// IsAggregate reports whether t has members.
func (t *Type) IsAggregate() bool { return t.Kind == Struct || t.Kind == Union }

// maxDepth bounds how deep anonymous members may lie in each other.
const maxDepth = 16

// Find is the member of a name, also one of an anonymous member, with its offset from
// t's beginning.
func (t *Type) Find(name string) (Member, bool) {
	visits := maxVisits
	return t.find(name, 0, &visits)
}

// maxVisits bounds the anonymous members that are gone through: types of damaged files may
// lie in each other in circles.
const maxVisits = 1 << 12

func (t *Type) find(name string, depth int, visits *int) (Member, bool) {
	if *visits--; !t.IsAggregate() || depth > maxDepth || *visits < 0 {
		return Member{}, false
	}
	for _, m := range t.Members() {
		if m.Name == name && name != "" {
			return m, true
		}
		if m.Name != "" {
			continue
		}
		if inner, ok := m.Type.find(name, depth+1, visits); ok {
			inner.Offset += m.Offset
			return inner, true
		}
	}
	return Member{}, false
}

// MemberNames are the names that Find knows, in order.
func (t *Type) MemberNames() []string {
	visits := maxVisits
	return t.memberNames(nil, 0, &visits)
}

func (t *Type) memberNames(names []string, depth int, visits *int) []string {
	if *visits--; !t.IsAggregate() || depth > maxDepth || *visits < 0 {
		return names
	}
	for _, m := range t.Members() {
		if m.Name != "" {
			names = append(names, m.Name)
		} else {
			names = m.Type.memberNames(names, depth+1, visits)
		}
	}
	return names
}

// String is the type as C has it, pointers and arrays behind what they are of.
func (t *Type) String() string { return t.text(0) }

func (t *Type) text(depth int) string {
	if depth > maxDepth {
		return "..."
	}
	switch t.Kind {
	case Void:
		return "void"
	case Pointer:
		return t.Elem().text(depth+1) + "*"
	case Array:
		return t.Elem().text(depth+1) + "[" + strconv.Itoa(t.Len) + "]"
	case Func:
		return "function"
	}
	if t.Name == "" {
		return [...]string{Int: "int", Float: "float", Struct: "struct {...}", Union: "union {...}"}[t.Kind]
	}
	return t.Name
}
