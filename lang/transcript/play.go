package transcript

import (
	"errors"
	"slices"

	"tapir/lang/check"
	"tapir/lang/ctype"
	"tapir/lang/image"
)

// Player gives the answers once more.
type Player struct {
	check.Target // answers about system calls
	a            *Answers
	types        []*ctype.Type
	missed       []string
}

// Play answers as a was answered. Base knows the system calls.
func Play(a *Answers, base check.Target) *Player {
	p := &Player{Target: base, a: a, types: make([]*ctype.Type, len(a.Types))}
	for i := range a.Types {
		t := &a.Types[i]
		p.types[i] = &ctype.Type{Kind: t.Kind, Name: t.Name, Size: t.Size, Signed: t.Signed, Char: t.Char, User: t.User, Len: t.Len}
		if t.Asked != 0 {
			p.types[i].Parts = &playedType{p, t}
		}
	}
	return p
}

// Missed is what was asked that has no answer.
func (p *Player) Missed() []string { return p.missed }

func (p *Player) miss(what string) {
	if !slices.Contains(p.missed, what) {
		p.missed = append(p.missed, what)
	}
}

// typ is a type by its number. A number that none has is nil's.
func (p *Player) typ(id int) *ctype.Type {
	if id < 1 || id > len(p.types) {
		return nil
	}
	return p.types[id-1]
}

// part is typ for what must be there.
func (p *Player) part(id int) *ctype.Type {
	if t := p.typ(id); t != nil {
		return t
	}
	return &ctype.Type{}
}

type playedType struct {
	p *Player
	t *Type
}

func (t *playedType) ask(part Asked) {
	if t.t.Asked&part == 0 {
		name := t.t.Name
		if name == "" {
			name = "a type without a name"
		}
		t.p.miss("what is in " + name)
	}
}

// Elem is what a Pointer points to, or an Array is of.
func (t *playedType) Elem() *ctype.Type {
	t.ask(AskedElem)
	return t.p.part(t.t.Elem)
}

// Members are those of a Struct or Union.
func (t *playedType) Members() []ctype.Member {
	t.ask(AskedMembers)
	var list []ctype.Member
	for _, m := range t.t.Members {
		list = append(list, ctype.Member{Name: m.Name, Type: t.p.part(m.Type), Offset: m.Offset, Bits: m.Bits})
	}
	return list
}

// Names are those of an enumeration's values.
func (t *playedType) Names() []ctype.Name {
	t.ask(AskedNames)
	return t.t.Names
}

func (p *Player) params(noted []Param) []ctype.Param {
	var list []ctype.Param
	for _, n := range noted {
		list = append(list, ctype.Param{Name: n.Name, Type: p.part(n.Type)})
	}
	return list
}

// Type is a type by its name.
func (p *Player) Type(name string) *ctype.Type {
	id, ok := p.a.Named[name]
	if !ok {
		p.miss("the type " + name)
	}
	return p.typ(id)
}

// Tracepoint is the parameters of a tracepoint.
func (p *Player) Tracepoint(name string) (params []ctype.Param, ok bool) {
	t, ok := p.a.Tracepoints[name]
	if !ok {
		p.miss("the tracepoint " + name)
	}
	return p.params(t.List), t.Known
}

// Tracepoints are the names of tracepoints: of all of them, or of those that were asked for.
func (p *Player) Tracepoints() []string {
	if p.a.TraceNames != nil {
		return p.a.TraceNames
	}
	var names []string
	for name, t := range p.a.Tracepoints {
		if t.Known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Functions are those that a query asks for.
func (p *Player) Functions(q check.FunctionQuery) (found []check.Function, barred int) {
	i := slices.IndexFunc(p.a.Functions, func(f Functions) bool { return f.Query == q })
	if i < 0 {
		p.miss("the kernel's functions " + q.Name)
		return nil, 0
	}
	for _, g := range p.a.Functions[i].Found {
		f := g.Function
		f.Params, f.Result = p.params(g.Params), p.part(g.Result)
		found = append(found, f)
	}
	return found, p.a.Functions[i].Barred
}

// FunctionNames are not noted.
func (p *Player) FunctionNames(string) []string { return nil }

// errUnasked is why what was not asked for is not known.
var errUnasked = errors.New("the recording does not tell, since its script did not ask for it")

func errorOf(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}

// Variable is where a variable of the kernel lies.
func (p *Player) Variable(name string) (address uint64, size int, err error) {
	v := p.a.Variables[name]
	if v == nil {
		p.miss("the kernel's variable " + name)
		return 0, 0, errUnasked
	}
	return v.Address, v.Size, errorOf(v.Err)
}

// VariableNames are not noted.
func (p *Player) VariableNames() []string { return nil }

// CanProbe reports whether functions of the kernel could be probed at all.
func (p *Player) CanProbe() bool { return p.a.CanProbe }

// TicksPerSecond is how many jiffies a second has; what most kernels have, if that was
// not asked for.
func (p *Player) TicksPerSecond() int64 {
	if p.a.Ticks <= 0 || p.a.Ticks > 1e9 {
		return usualTicks
	}
	return p.a.Ticks
}

const usualTicks = 250

// Program is the program of a name.
func (p *Player) Program(name string) (image.File, error) { return p.file(programKey(name)) }

// Matches are the paths that a pattern matched.
func (p *Player) Matches(pattern string) ([]string, error) {
	m, ok := p.a.Matches[pattern]
	if !ok {
		p.miss("the programs that " + pattern + " matches")
		return nil, errUnasked
	}
	return m.Paths, errorOf(m.Err)
}

// Library is the library of a name.
func (p *Player) Library(name string) (image.File, error) { return p.file(libraryKey(name)) }

// Process is the program that a process runs.
func (p *Player) Process(pid int) (image.File, error) { return p.file(processKey(pid)) }

func (p *Player) file(key string) (image.File, error) {
	f, ok := p.a.Programs[key]
	switch {
	case !ok:
		p.miss("the " + key)
		return nil, errUnasked
	case f.Err != "":
		return nil, errors.New(f.Err)
	case f.File < 1 || f.File > len(p.a.Files):
		return nil, errUnasked
	}
	return &playedFile{p, &p.a.Files[f.File-1]}, nil
}

// playedFile is a file as far as it was looked at.
type playedFile struct {
	p *Player
	f *File
}

func (f *playedFile) unasked(what string) error {
	f.p.miss(what + " of " + f.f.Path)
	return errUnasked
}

func (f *playedFile) code(c *Code, what string) ([]image.Function, error) {
	if c == nil {
		return nil, f.unasked(what)
	}
	return c.List, errorOf(c.Err)
}

// Path is the file's path.
func (f *playedFile) Path() string { return f.f.Path }

// Functions are all functions that have code in the file.
func (f *playedFile) Functions() ([]image.Function, error) {
	return f.code(f.f.Functions, "the functions")
}

// Stripped reports whether names are gone.
func (f *playedFile) Stripped() bool { return f.f.Stripped }

// Returns are the places of a function's return instructions.
func (f *playedFile) Returns(fn image.Function) ([]image.Site, error) {
	list, ok := f.f.Returns[functionKey(fn)]
	if !ok {
		return nil, f.unasked("the returns from " + fn.Name)
	}
	return list, nil
}

// Linkage are the places through which the file calls functions of libraries.
func (f *playedFile) Linkage() ([]image.Function, error) {
	return f.code(f.f.Linkage, "the calls of libraries")
}

// Marks are the statically defined marks.
func (f *playedFile) Marks() ([]image.Mark, error) {
	if f.f.Marks == nil {
		return nil, f.unasked("the marks")
	}
	var list []image.Mark
	for _, n := range f.f.Marks.List {
		m := image.Mark{Site: n.Site, Provider: n.Provider, Name: n.Name}
		for _, a := range n.Args {
			m.Args = append(m.Args, image.Argument{Location: a.Location, Type: f.p.part(a.Type), Lost: a.Lost})
		}
		list = append(list, m)
	}
	return list, errorOf(f.f.Marks.Err)
}

// Site is the place at an address.
func (f *playedFile) Site(address uint64) (image.Site, bool) {
	s, ok := f.f.Sites[address]
	if !ok {
		_ = f.unasked("an address")
	}
	if s == nil {
		return image.Site{}, false
	}
	return *s, true
}

// Describe tells where the function at an address is defined.
func (f *playedFile) Describe(address uint64) (source string, line int, ok bool) {
	d, asked := f.f.Described[address]
	if !asked {
		_ = f.unasked("the sources")
	}
	return d.Source, d.Line, d.OK
}

// Lines are the places where the statements of lines begin.
func (f *playedFile) Lines(source func(name string) bool) ([]image.Line, error) {
	answered := func(l Lines) bool {
		return len(l.List) > 0 && !slices.ContainsFunc(l.List, func(line image.Line) bool { return !source(line.Source) })
	}
	i := slices.IndexFunc(f.f.Lines, answered)
	if i < 0 { // somebody asked for what is not there
		i = slices.IndexFunc(f.f.Lines, func(l Lines) bool { return len(l.List) == 0 })
	}
	if i < 0 {
		return nil, f.unasked("the lines")
	}
	return f.f.Lines[i].List, errorOf(f.f.Lines[i].Err)
}

func (f *playedFile) variable(n Local) image.Variable {
	return image.Variable{Name: n.Name, Type: f.p.part(n.Type), Param: n.Param, Location: n.Location, Lost: n.Lost}
}

// Variables are those of the code at an address.
func (f *playedFile) Variables(address uint64) ([]image.Variable, error) {
	v, ok := f.f.Variables[address]
	if !ok {
		return nil, f.unasked("the variables of other code")
	}
	var list []image.Variable
	for _, n := range v.List {
		list = append(list, f.variable(n))
	}
	return list, errorOf(v.Err)
}

// Global is a variable of the whole program.
func (f *playedFile) Global(name string, source func(name string) bool) (image.Variable, error) {
	list := f.f.Globals[name]
	i := slices.IndexFunc(list, func(g Global) bool {
		return len(g.Sources) > 0 && !slices.ContainsFunc(g.Sources, func(name string) bool { return !source(name) })
	})
	if i < 0 { // somebody asked for what is not there
		i = slices.IndexFunc(list, func(g Global) bool { return len(g.Sources) == 0 })
	}
	if i < 0 {
		return image.Variable{}, f.unasked("the variable " + name)
	}
	return f.variable(list[i].Local), errorOf(list[i].Err)
}

// Result is the type of what the function at an address returns.
func (f *playedFile) Result(address uint64) (*ctype.Type, error) {
	r, ok := f.f.Results[address]
	if !ok {
		return nil, f.unasked("the result of another function")
	}
	return f.p.typ(r.Type), errorOf(r.Err)
}

// Type is a type by its name.
func (f *playedFile) Type(name string) *ctype.Type {
	id, ok := f.f.Types[name]
	if !ok {
		_ = f.unasked("the type " + name)
	}
	return f.p.typ(id)
}

// Identity is the device and the number of the file's inode.
func (f *playedFile) Identity() (device, inode uint64) { return f.f.Device, f.f.Inode }
