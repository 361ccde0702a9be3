// Package image describes the code of a program's or a library's file, as far as
// probes refer to it: its functions, its marks and the variables there. Where the
// facts come from is another package's matter. Start with File.
package image

import "tapir/lang/ctype"

// File is a program or library.
type File interface {
	// Path is the file's absolute path, without symbolic links.
	Path() string
	// Functions are all functions that have code in the file, by address.
	Functions() ([]Function, error)
	// Stripped reports whether the names of functions that other files can't call are gone.
	Stripped() bool
	// Returns are the places of a function's return instructions, if its return can't be
	// caught by changing the address that it returns to; else nil.
	Returns(Function) ([]Site, error)
	// Linkage are the places through which the file calls functions of libraries, by
	// address.
	Linkage() ([]Function, error)
	// Marks are the statically defined marks, by address.
	Marks() ([]Mark, error)
	// Site is the place at an address, as the file's symbols have addresses.
	Site(address uint64) (Site, bool)
	// Describe tells where the function at an address is defined.
	Describe(address uint64) (source string, line int, ok bool)
	// Lines are the places where the statements of lines begin, of the source files whose
	// name matches, by address.
	Lines(source func(name string) bool) ([]Line, error)
	// Variables are those of the code at an address, inner ones before outer ones.
	Variables(address uint64) ([]Variable, error)
	// Global is a variable of the whole program, by its name, that is defined in a source
	// file whose name matches.
	Global(name string, source func(name string) bool) (Variable, error)
	// Result is the type of what the function at an address returns; nil if it returns
	// nothing.
	Result(address uint64) (*ctype.Type, error)
	// Type is a type by its name, with or without struct or union before it, or nil.
	Type(name string) *ctype.Type
	// Identity is the device and the number of the file's inode.
	Identity() (device, inode uint64)
}

// Site is a place in a file at which a program can be stopped.
type Site struct {
	Address uint64 // as the file's symbols have it
	Offset  uint64 // in the file
	// Semaphore is where in the file a 16-bit counter of those who watch the place
	// lies; 0: there is none.
	Semaphore uint64
}

// Function is a function with code of its own.
type Function struct {
	Site
	Name   string // as the linker has it
	Plain  string // as the source has it: demangled, without parameters
	Size   uint64 // bytes; 0 if it is not known
	Source string // the file that defines it; "" if it is not known
	Line   int
	// Exported is set for what other files can call.
	Exported bool
}

// Mark is a place that a program's author has marked for tracers.
type Mark struct {
	Site
	Provider, Name string
	Args           []Argument
}

// Argument is what a mark hands over.
type Argument struct {
	Location
	Type *ctype.Type // an Int
	Lost string      // why the value is not to be had; "" if it is
}

// Line is a place where the statements of a line begin.
type Line struct {
	Site
	Source string
	Line   int
}

// Variable is a variable of a program, at some place in it.
type Variable struct {
	Name  string
	Type  *ctype.Type
	Param bool // it is a parameter of the function
	Location
	Lost string // why the value is not to be had there; "" if it is
}

// Location says how to compute a value from registers and memory.
type Location struct {
	Steps []Step // on a stack; what is left on it at the end is the result
	// Memory is set if the result is the address of the value.
	Memory bool
}

// Step is a step of a computation on a stack.
type Step struct {
	Code Code
	N    int64 // as the code has it
}

// Code says what a step does.
type Code uint8

// The codes.
const (
	Const    Code = iota // push N
	Register             // push register N, by its number in DWARF
	Address              // push what lies at address N of the file, where the program has it
	Add                  // replace two values by their sum
	Sub                  // … by their difference
	Mul                  // … by their product
	And                  // … by their bits in common
	Shl                  // … by the first, shifted to the left by the second
	Shr                  // … by the first, shifted to the right by the second, with zeros
	Load                 // replace an address by the N bytes there
)
