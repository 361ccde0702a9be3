package transcript

import (
	"fmt"

	"tapir/lang/check"
	"tapir/lang/ctype"
	"tapir/lang/image"
)

// Machine is all that the checker may ask.
type Machine interface {
	check.Target
	check.Data
	check.Functions
	check.Variables
	check.Ticker
	check.Programs
}

// Listener passes questions on and notes the answers.
type Listener struct {
	Machine
	a     Answers
	types map[*ctype.Type]*heardType
	files map[string]*heardFile
}

// Listen notes what is asked of a machine from now on.
func Listen(m Machine) *Listener {
	return &Listener{
		Machine: m, types: map[*ctype.Type]*heardType{}, files: map[string]*heardFile{},
		a: Answers{Tracepoints: map[string]Params{}, Named: map[string]int{}, Variables: map[string]*Variable{}, Programs: map[string]Found{}},
	}
}

// Answers are those that were given so far.
func (l *Listener) Answers() *Answers { return &l.a }

// heardType is a type whose parts are noted when they are looked at.
type heardType struct {
	l     *Listener
	id    int
	of    *ctype.Type
	typ   *ctype.Type // what stands for it
	elem  *ctype.Type
	list  []ctype.Member
	names []ctype.Name
}

// hear is what stands for a type, and its number.
func (l *Listener) hear(t *ctype.Type) (*ctype.Type, int) {
	if t == nil {
		return nil, 0
	}
	if h, ok := l.types[t]; ok {
		return h.typ, h.id
	}
	if h, ok := t.Parts.(*heardType); ok && h.l == l {
		return t, h.id
	}
	asked := Asked(0)
	c := *t
	h := &heardType{l: l, of: t, typ: &c, id: len(l.a.Types) + 1}
	if t.Parts != nil {
		asked = HasParts
		c.Parts = h
	}
	l.types[t] = h
	l.a.Types = append(l.a.Types, Type{
		Kind: t.Kind, Name: t.Name, Size: t.Size, Signed: t.Signed, Char: t.Char, User: t.User, Len: t.Len, Asked: asked,
	})
	return h.typ, h.id
}

func (h *heardType) noted(part Asked) bool {
	t := &h.l.a.Types[h.id-1]
	known := t.Asked&part != 0
	t.Asked |= part
	return known
}

// Elem is what a Pointer points to, or an Array is of.
func (h *heardType) Elem() *ctype.Type {
	if !h.noted(AskedElem) {
		elem, id := h.l.hear(h.of.Parts.Elem())
		h.elem, h.l.a.Types[h.id-1].Elem = elem, id
	}
	return h.elem
}

// Members are those of a Struct or Union.
func (h *heardType) Members() []ctype.Member {
	if !h.noted(AskedMembers) {
		var noted []Member
		for _, m := range h.of.Parts.Members() {
			t, id := h.l.hear(m.Type)
			noted = append(noted, Member{m.Name, id, m.Offset, m.Bits})
			m.Type = t
			h.list = append(h.list, m)
		}
		h.l.a.Types[h.id-1].Members = noted
	}
	return h.list
}

// Names are those of an enumeration's values.
func (h *heardType) Names() []ctype.Name {
	if !h.noted(AskedNames) {
		h.names = h.of.Parts.Names()
		h.l.a.Types[h.id-1].Names = h.names
	}
	return h.names
}

func (l *Listener) params(list []ctype.Param) (heard []ctype.Param, noted []Param) {
	for _, p := range list {
		t, id := l.hear(p.Type)
		heard = append(heard, ctype.Param{Name: p.Name, Type: t})
		noted = append(noted, Param{p.Name, id})
	}
	return heard, noted
}

// Type is a type by its name.
func (l *Listener) Type(name string) *ctype.Type {
	t, id := l.hear(l.Machine.Type(name))
	l.a.Named[name] = id
	return t
}

// Tracepoint is the parameters of a tracepoint.
func (l *Listener) Tracepoint(name string) (params []ctype.Param, ok bool) {
	list, ok := l.Machine.Tracepoint(name)
	params, noted := l.params(list)
	l.a.Tracepoints[name] = Params{noted, ok}
	return params, ok
}

// Tracepoints are the names of all tracepoints.
func (l *Listener) Tracepoints() []string {
	l.a.TraceNames = l.Machine.Tracepoints()
	return l.a.TraceNames
}

// Functions are those that a query asks for.
func (l *Listener) Functions(q check.FunctionQuery) (found []check.Function, barred int) {
	list, barred := l.Machine.Functions(q)
	answer := Functions{Query: q, Barred: barred}
	for _, f := range list {
		g := Function{Function: f}
		f.Params, g.Params = l.params(f.Params)
		f.Result, g.Result = l.hear(f.Result)
		g.Function.Params, g.Function.Result = nil, nil
		found = append(found, f)
		answer.Found = append(answer.Found, g)
	}
	l.a.Functions = append(l.a.Functions, answer)
	return found, barred
}

// Variable is where a variable of the kernel lies.
func (l *Listener) Variable(name string) (address uint64, size int, err error) {
	address, size, err = l.Machine.Variable(name)
	l.a.Variables[name] = &Variable{address, size, textOf(err)}
	return address, size, err
}

// TicksPerSecond is how many jiffies a second has.
func (l *Listener) TicksPerSecond() int64 {
	l.a.Ticks = l.Machine.TicksPerSecond()
	return l.a.Ticks
}

// CanProbe reports whether functions of the kernel can be probed at all.
func (l *Listener) CanProbe() bool {
	l.a.CanProbe = l.Machine.CanProbe()
	return l.a.CanProbe
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// What programs are asked for by.
func programKey(name string) string { return "program " + name }
func libraryKey(name string) string { return "library " + name }
func processKey(pid int) string     { return fmt.Sprintf("process %d", pid) }

// Program is the program of a name.
func (l *Listener) Program(name string) (image.File, error) {
	f, err := l.Machine.Program(name)
	return l.file(programKey(name), f, err)
}

// Matches are the paths that a pattern matches.
func (l *Listener) Matches(pattern string) ([]string, error) {
	paths, err := l.Machine.Matches(pattern)
	if l.a.Matches == nil {
		l.a.Matches = map[string]Matches{}
	}
	l.a.Matches[pattern] = Matches{paths, textOf(err)}
	return paths, err
}

// Library is the library of a name.
func (l *Listener) Library(name string) (image.File, error) {
	f, err := l.Machine.Library(name)
	return l.file(libraryKey(name), f, err)
}

// Process is the program that a process runs.
func (l *Listener) Process(pid int) (image.File, error) {
	f, err := l.Machine.Process(pid)
	return l.file(processKey(pid), f, err)
}

func (l *Listener) file(key string, f image.File, err error) (image.File, error) {
	if err != nil {
		l.a.Programs[key] = Found{Err: err.Error()}
		return nil, err
	}
	h, ok := l.files[f.Path()]
	if !ok {
		device, inode := f.Identity()
		l.a.Files = append(l.a.Files, File{
			Path: f.Path(), Device: device, Inode: inode,
			Returns: map[string][]image.Site{}, Sites: map[uint64]*image.Site{}, Described: map[uint64]Described{},
			Variables: map[uint64]Variables{}, Globals: map[string][]Global{}, Results: map[uint64]Result{}, Types: map[string]int{},
		})
		h = &heardFile{File: f, l: l, id: len(l.a.Files)}
		l.files[f.Path()] = h
	}
	l.a.Programs[key] = Found{File: h.id}
	return h, nil
}

// heardFile is a file whose answers are noted.
type heardFile struct {
	image.File
	l  *Listener
	id int
}

func (h *heardFile) noted() *File { return &h.l.a.Files[h.id-1] }

// Functions are all functions that have code in the file.
func (h *heardFile) Functions() ([]image.Function, error) {
	list, err := h.File.Functions()
	h.noted().Functions = &Code{list, textOf(err)}
	return list, err
}

// Stripped reports whether names are gone.
func (h *heardFile) Stripped() bool {
	h.noted().Stripped = h.File.Stripped()
	return h.noted().Stripped
}

// functionKey names a function among those of a file.
func functionKey(f image.Function) string { return fmt.Sprintf("%x %s", f.Address, f.Name) }

// Returns are the places of a function's return instructions.
func (h *heardFile) Returns(f image.Function) ([]image.Site, error) {
	list, err := h.File.Returns(f)
	if err == nil {
		h.noted().Returns[functionKey(f)] = list
	}
	return list, err
}

// Linkage are the places through which the file calls functions of libraries.
func (h *heardFile) Linkage() ([]image.Function, error) {
	list, err := h.File.Linkage()
	h.noted().Linkage = &Code{list, textOf(err)}
	return list, err
}

// Marks are the statically defined marks.
func (h *heardFile) Marks() ([]image.Mark, error) {
	list, err := h.File.Marks()
	answer := &Marks{Err: textOf(err)}
	var heard []image.Mark
	for _, m := range list {
		n := Mark{Site: m.Site, Provider: m.Provider, Name: m.Name}
		var args []image.Argument
		for _, a := range m.Args {
			t, id := h.l.hear(a.Type)
			n.Args = append(n.Args, Argument{a.Location, id, a.Lost})
			a.Type = t
			args = append(args, a)
		}
		m.Args = args
		heard = append(heard, m)
		answer.List = append(answer.List, n)
	}
	h.noted().Marks = answer
	return heard, err
}

// Site is the place at an address.
func (h *heardFile) Site(address uint64) (image.Site, bool) {
	s, ok := h.File.Site(address)
	if h.noted().Sites[address] = nil; ok {
		h.noted().Sites[address] = &s
	}
	return s, ok
}

// Describe tells where the function at an address is defined.
func (h *heardFile) Describe(address uint64) (source string, line int, ok bool) {
	source, line, ok = h.File.Describe(address)
	h.noted().Described[address] = Described{source, line, ok}
	return source, line, ok
}

// Lines are the places where the statements of lines begin.
func (h *heardFile) Lines(source func(name string) bool) ([]image.Line, error) {
	list, err := h.File.Lines(source)
	h.noted().Lines = append(h.noted().Lines, Lines{list, textOf(err)})
	return list, err
}

func (l *Listener) variable(v image.Variable) (image.Variable, Local) {
	t, id := l.hear(v.Type)
	noted := Local{v.Location, v.Name, id, v.Param, v.Lost}
	v.Type = t
	return v, noted
}

// Variables are those of the code at an address.
func (h *heardFile) Variables(address uint64) ([]image.Variable, error) {
	list, err := h.File.Variables(address)
	answer := Variables{Err: textOf(err)}
	var heard []image.Variable
	for _, v := range list {
		v, noted := h.l.variable(v)
		heard = append(heard, v)
		answer.List = append(answer.List, noted)
	}
	h.noted().Variables[address] = answer
	return heard, err
}

// Global is a variable of the whole program.
func (h *heardFile) Global(name string, source func(name string) bool) (image.Variable, error) {
	var accepted []string
	v, err := h.File.Global(name, func(name string) bool {
		ok := source(name)
		if ok && len(accepted) < maxSources {
			accepted = append(accepted, name)
		}
		return ok
	})
	v, noted := h.l.variable(v)
	h.noted().Globals[name] = append(h.noted().Globals[name], Global{accepted, noted, textOf(err)})
	return v, err
}

// maxSources is how many source files are noted by which a variable is known.
const maxSources = 16

// Result is the type of what the function at an address returns.
func (h *heardFile) Result(address uint64) (*ctype.Type, error) {
	of, err := h.File.Result(address)
	t, id := h.l.hear(of)
	h.noted().Results[address] = Result{id, textOf(err)}
	return t, err
}

// Type is a type by its name.
func (h *heardFile) Type(name string) *ctype.Type {
	t, id := h.l.hear(h.File.Type(name))
	h.noted().Types[name] = id
	return t
}
