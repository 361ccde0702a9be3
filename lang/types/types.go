// Package types has the language's few types and their rules.
package types

import "strings"

// Kind is the shape of a value.
type Kind uint8

// The kinds. The zero Kind is a type that is not known yet.
const (
	Unknown Kind = iota
	Long         // 64-bit signed integer
	String       // bytes up to the first NUL, at most MAXSTRINGLEN-1
	Stats        // a statistic: what <<< feeds; globals only
	Void         // a function that returns nothing
)

var kindNames = [...]string{"unknown", "long", "string", "stats", "void"}

func (k Kind) String() string { return kindNames[k] }

// Type is the type of an expression, variable or function result.
// Keys is nil for scalars; an array has one kind per index, and Kind is its
// element's.
type Type struct {
	Kind Kind
	Keys []Kind
}

// The scalar types.
var (
	TLong   = Type{Kind: Long}
	TString = Type{Kind: String}
	TStats  = Type{Kind: Stats}
	TVoid   = Type{Kind: Void}
)

// IsArray reports whether t has keys.
func (t Type) IsArray() bool { return t.Keys != nil }

// Elem is the type of an element of the array t.
func (t Type) Elem() Type { return Type{Kind: t.Kind} }

func (t Type) String() string {
	if !t.IsArray() {
		return t.Kind.String()
	}
	keys := make([]string, len(t.Keys))
	for i, k := range t.Keys {
		keys[i] = k.String()
	}
	return t.Kind.String() + " [" + strings.Join(keys, ", ") + "]"
}

// Histogram is the form of a global's histogram. A global has at most one.
type Histogram struct {
	Linear bool
	// Low, High and Width are @hist_linear's.
	Low, High, Width int64
}
