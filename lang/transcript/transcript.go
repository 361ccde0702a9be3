// Package transcript notes what the checker asks about a machine, and what it is told, so
// that a script can be checked again where that machine is not. Start with Listen and
// Play.
//
// Of types only those parts are noted that were looked at. What was not asked before has
// no answer; a Player tells what that was.
package transcript

import (
	"tapir/lang/check"
	"tapir/lang/ctype"
	"tapir/lang/image"
)

// Answers are all that was asked. The numbers of types count from 1 in Types; 0 is nil.
type Answers struct {
	Types       []Type               `json:"types,omitempty"`
	Functions   []Functions          `json:"functions,omitempty"`
	Tracepoints map[string]Params    `json:"tracepoints,omitempty"`
	TraceNames  []string             `json:"tracepoint_names,omitempty"`
	Named       map[string]int       `json:"named,omitempty"` // types by their names
	Variables   map[string]*Variable `json:"variables,omitempty"`
	Ticks       int64                `json:"ticks,omitempty"` // a second
	CanProbe    bool                 `json:"can_probe,omitempty"`
	Files       []File               `json:"files,omitempty"`
	Programs    map[string]Found     `json:"programs,omitempty"` // files by what they were asked for
	Matches     map[string]Matches   `json:"matches,omitempty"`  // paths by patterns
}

// Matches are the paths that a pattern matches, or why they can't be known.
type Matches struct {
	Paths []string `json:"paths,omitempty"`
	Err   string   `json:"error,omitempty"`
}

// Type is a ctype.Type.
type Type struct {
	Kind   ctype.Kind `json:"kind"`
	Name   string     `json:"name,omitempty"`
	Size   int        `json:"size,omitempty"`
	Signed bool       `json:"signed,omitempty"`
	Char   bool       `json:"char,omitempty"`
	User   bool       `json:"user,omitempty"`
	Len    int        `json:"len,omitempty"`

	Elem    int          `json:"elem,omitempty"`
	Members []Member     `json:"members,omitempty"`
	Names   []ctype.Name `json:"names,omitempty"`
	Asked   Asked        `json:"asked,omitempty"`
}

// Asked is which of a type's parts were looked at.
type Asked uint8

// The parts.
const (
	AskedElem Asked = 1 << iota
	AskedMembers
	AskedNames
	HasParts // there may be some
)

// Member is a ctype.Member.
type Member struct {
	Name   string `json:"name,omitempty"`
	Type   int    `json:"type"`
	Offset int    `json:"offset"`
	Bits   int    `json:"bits,omitempty"`
}

// Params are what a tracepoint or function takes; they may be known to be unknown.
type Params struct {
	List  []Param `json:"list,omitempty"`
	Known bool    `json:"known,omitempty"`
}

// Param is a ctype.Param.
type Param struct {
	Name string `json:"name,omitempty"`
	Type int    `json:"type"`
}

// Functions is the answer to a query for the kernel's functions.
type Functions struct {
	Query  check.FunctionQuery `json:"query"`
	Found  []Function          `json:"found,omitempty"`
	Barred int                 `json:"barred,omitempty"`
}

// Function is a check.Function; its own types have numbers.
type Function struct {
	check.Function
	Params []Param `json:"params,omitempty"`
	Result int     `json:"result,omitempty"`
}

// Variable is where a variable of the kernel lies.
type Variable struct {
	Address uint64 `json:"address,omitempty"`
	Size    int    `json:"size,omitempty"`
	Err     string `json:"err,omitempty"`
}

// Found is a file by its number in Files, from 1, or why there is none.
type Found struct {
	File int    `json:"file,omitempty"`
	Err  string `json:"err,omitempty"`
}

// File is an image.File, as far as it was looked at.
type File struct {
	Path      string `json:"path"`
	Device    uint64 `json:"device"`
	Inode     uint64 `json:"inode"`
	Stripped  bool   `json:"stripped,omitempty"`
	Functions *Code  `json:"functions,omitempty"`
	Linkage   *Code  `json:"linkage,omitempty"`
	Marks     *Marks `json:"marks,omitempty"`

	Returns   map[string][]image.Site `json:"returns,omitempty"`   // of functions, by name and address
	Sites     map[uint64]*image.Site  `json:"sites,omitempty"`     // by address; null: none
	Described map[uint64]Described    `json:"described,omitempty"` // by address
	Lines     []Lines                 `json:"lines,omitempty"`
	Variables map[uint64]Variables    `json:"variables,omitempty"` // by address
	Globals   map[string][]Global     `json:"globals,omitempty"`
	Results   map[uint64]Result       `json:"results,omitempty"` // by address
	Types     map[string]int          `json:"types,omitempty"`
}

// Code is a list of functions, or why there is none.
type Code struct {
	List []image.Function `json:"list,omitempty"`
	Err  string           `json:"err,omitempty"`
}

// Marks are a file's.
type Marks struct {
	List []Mark `json:"list,omitempty"`
	Err  string `json:"err,omitempty"`
}

// Mark is an image.Mark.
type Mark struct {
	image.Site
	Provider string     `json:"provider"`
	Name     string     `json:"name"`
	Args     []Argument `json:"args,omitempty"`
}

// Argument is an image.Argument.
type Argument struct {
	image.Location
	Type int    `json:"type"`
	Lost string `json:"lost,omitempty"`
}

// Described is where a function is defined.
type Described struct {
	Source string `json:"source,omitempty"`
	Line   int    `json:"line,omitempty"`
	OK     bool   `json:"ok,omitempty"`
}

// Lines are those of some source files.
type Lines struct {
	List []image.Line `json:"list,omitempty"`
	Err  string       `json:"err,omitempty"`
}

// Variables are those at an address.
type Variables struct {
	List []Local `json:"list,omitempty"`
	Err  string  `json:"err,omitempty"`
}

// Local is an image.Variable.
type Local struct {
	image.Location
	Name  string `json:"name"`
	Type  int    `json:"type"`
	Param bool   `json:"param,omitempty"`
	Lost  string `json:"lost,omitempty"`
}

// Global is a variable of a program that some source files have, or why there is none.
type Global struct {
	Sources []string `json:"sources,omitempty"` // that were accepted
	Local
	Err string `json:"err,omitempty"`
}

// Result is the type of what a function returns, or why it is not known.
type Result struct {
	Type int    `json:"type,omitempty"`
	Err  string `json:"err,omitempty"`
}
