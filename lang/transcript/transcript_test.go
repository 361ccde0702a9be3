package transcript

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/ctype"
	"tapir/lang/image"
)

// parts are those of a type that knows itself.
type parts struct{ elem, self *ctype.Type }

func (p *parts) Elem() *ctype.Type { return p.elem }
func (p *parts) Members() []ctype.Member {
	number := &ctype.Type{Kind: ctype.Int, Name: "int", Size: 4, Signed: true}
	return []ctype.Member{{Name: "n", Type: number}, {Name: "next", Type: &ctype.Type{Kind: ctype.Pointer, Size: 8, Parts: &parts{elem: p.self}}, Offset: 64, Bits: 3}}
}
func (p *parts) Names() []ctype.Name { return []ctype.Name{{Name: "one", Value: 1}} }

// node is a type that points to itself.
func node() *ctype.Type {
	t := &ctype.Type{Kind: ctype.Struct, Name: "struct node", Size: 16}
	t.Parts = &parts{self: t}
	return t
}

// machine answers everything.
type machine struct{ node *ctype.Type }

func (machine) SyscallNumber(name string) (int, bool) { return 1, name == "write" }
func (machine) SyscallNames() []string                { return []string{"write"} }
func (m machine) Type(name string) *ctype.Type {
	if name == "node" {
		return m.node
	}
	return nil
}
func (m machine) Tracepoint(name string) ([]ctype.Param, bool) {
	return []ctype.Param{{Name: "p", Type: m.node}}, name == "known"
}
func (machine) Tracepoints() []string { return []string{"known", "other"} }
func (m machine) Functions(q check.FunctionQuery) ([]check.Function, int) {
	return []check.Function{{Name: q.Name, Means: builtin.Breakpoint, Typed: true, Params: []ctype.Param{{Name: "a", Type: m.node}}, Result: &ctype.Type{}}}, 3
}
func (machine) FunctionNames(string) []string { return []string{"f"} }
func (machine) Variable(name string) (uint64, int, error) {
	if name == "jiffies" {
		return 1 << 63, 8, nil
	}
	return 0, 0, errors.New("no variable")
}
func (machine) VariableNames() []string          { return []string{"jiffies"} }
func (machine) TicksPerSecond() int64            { return 100 }
func (machine) CanProbe() bool                   { return true }
func (machine) Matches(string) ([]string, error) { return nil, nil }
func (m machine) Program(name string) (image.File, error) {
	if name == "sh" {
		return file(m), nil
	}
	return nil, errors.New("no program")
}
func (m machine) Library(string) (image.File, error) { return file(m), nil }
func (m machine) Process(int) (image.File, error)    { return file(m), nil }

// file is the one program.
type file machine

func (file) Path() string { return "/bin/sh" }
func (file) Functions() ([]image.Function, error) {
	return []image.Function{{Site: image.Site{Address: 16, Offset: 16}, Name: "main", Plain: "main", Size: 4}}, nil
}
func (file) Stripped() bool                               { return true }
func (file) Returns(image.Function) ([]image.Site, error) { return []image.Site{{Address: 20}}, nil }
func (file) Linkage() ([]image.Function, error)           { return nil, errors.New("no linkage") }
func (file) Site(address uint64) (image.Site, bool) {
	if address != 16 {
		return image.Site{}, false
	}
	return image.Site{Address: 16}, true
}
func (file) Describe(uint64) (string, int, bool) { return "sh.c", 5, true }
func (file) Lines(accept func(string) bool) ([]image.Line, error) {
	if accept("sh.c") {
		return []image.Line{{Source: "sh.c", Line: 7}}, nil
	}
	return nil, nil
}
func (f file) Marks() ([]image.Mark, error) {
	return []image.Mark{{Provider: "p", Name: "m", Args: []image.Argument{{Type: f.node, Location: image.Location{Steps: []image.Step{{Code: image.Register, N: 5}}}}}}}, nil
}
func (f file) Variables(uint64) ([]image.Variable, error) {
	return []image.Variable{{Name: "v", Type: f.node, Param: true, Lost: "gone"}}, nil
}
func (f file) Global(name string, accept func(string) bool) (image.Variable, error) {
	if !accept("sh.c") {
		return image.Variable{}, errors.New("no such variable")
	}
	return image.Variable{Name: name, Type: f.node}, nil
}
func (f file) Result(uint64) (*ctype.Type, error) { return nil, nil }
func (f file) Type(name string) *ctype.Type       { return machine(f).Type(name) }
func (file) Identity() (uint64, uint64)           { return 8, 9 }

// seen describes a type as far as scripts look.
func seen(t *ctype.Type) any {
	if t == nil {
		return nil
	}
	m, ok := t.Find("next")
	if !ok {
		return "no member"
	}
	again, ok := m.Type.Elem().Find("n")
	return []any{t.String(), t.Size, t.MemberNames(), m.Offset, m.Bits, m.Type.String(), again.Type.Signed, again.Type.Size, ok}
}

// ask asks all that there is to ask, and gives the answers.
func ask(t *testing.T, m Machine) (answers []any) {
	t.Helper()
	note := func(list ...any) { answers = append(answers, list...) }
	text := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	number, ok := m.SyscallNumber("write")
	note(number, ok, seen(m.Type("node")), m.Type("none") == nil)
	params, ok := m.Tracepoint("known")
	note(seen(params[0].Type), params[0].Name, ok)
	_, ok = m.Tracepoint("missing")
	note(ok, m.Tracepoints(), m.TicksPerSecond())
	found, barred := m.Functions(check.FunctionQuery{Name: "f"})
	note(found[0].Name, found[0].Means, found[0].Typed, seen(found[0].Params[0].Type), found[0].Result.Kind, barred)
	for _, name := range []string{"jiffies", "none"} {
		address, size, err := m.Variable(name)
		note(address, size, text(err))
	}
	_, err := m.Program("none")
	note(text(err))
	for _, get := range []func() (image.File, error){
		func() (image.File, error) { return m.Program("sh") }, func() (image.File, error) { return m.Library("c") }, func() (image.File, error) { return m.Process(1) },
	} {
		f, err := get()
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, askFile(f, text)...)
	}
	return answers
}

func askFile(f image.File, text func(error) string) (answers []any) {
	note := func(list ...any) { answers = append(answers, list...) }
	device, inode := f.Identity()
	note(f.Path(), device, inode, f.Stripped())
	functions, err := f.Functions()
	note(functions, text(err))
	linkage, err := f.Linkage()
	note(len(linkage), text(err))
	returns, err := f.Returns(functions[0])
	note(returns, text(err))
	marks, err := f.Marks()
	note(marks[0].Name, marks[0].Args[0].Steps, seen(marks[0].Args[0].Type), text(err))
	for _, address := range []uint64{16, 17} {
		site, ok := f.Site(address)
		note(site, ok)
	}
	source, line, ok := f.Describe(16)
	note(source, line, ok)
	inSource := func(name string) bool { return name == "sh.c" }
	lines, err := f.Lines(inSource)
	note(lines, text(err))
	variables, err := f.Variables(16)
	note(variables[0].Name, variables[0].Param, variables[0].Lost, seen(variables[0].Type), text(err))
	v, err := f.Global("g", inSource)
	note(v.Name, seen(v.Type), text(err))
	result, err := f.Result(16)
	note(result == nil, text(err), seen(f.Type("node")))
	return answers
}

// TestAnswersAgain asks a machine, and then what has noted its answers.
func TestAnswersAgain(t *testing.T) {
	m := machine{node()}
	l := Listen(m)
	want := ask(t, m)
	if got := ask(t, l); !reflect.DeepEqual(got, want) {
		t.Fatalf("with somebody listening, the answers are\n%v\nnot\n%v", got, want)
	}
	data, err := json.Marshal(l.Answers())
	if err != nil {
		t.Fatal(err)
	}
	var a Answers
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	p := Play(&a, m)
	if got := ask(t, p); !reflect.DeepEqual(got, want) {
		t.Fatalf("played, the answers are\n%v\nnot\n%v", got, want)
	}
	if len(p.Missed()) > 0 {
		t.Errorf("answers are missing: %q", p.Missed())
	}
	again, err := json.Marshal(l.Answers())
	if err != nil || len(l.Answers().Types) > 20 {
		t.Errorf("%d types were noted, %v:\n%s", len(l.Answers().Types), err, again)
	}
}

// TestUnasked asks what nobody has asked before.
func TestUnasked(t *testing.T) {
	p := Play(&Answers{Types: []Type{{Kind: ctype.Struct, Name: "struct x", Asked: HasParts}}, Named: map[string]int{"x": 1, "y": 7}}, machine{})
	p.Type("x").Members()
	p.Type("y")
	p.Type("z")
	p.Tracepoint("t")
	p.Functions(check.FunctionQuery{Name: "f"})
	_, _, _ = p.Variable("v")
	if _, err := p.Program("sh"); !errors.Is(err, errUnasked) {
		t.Errorf("the error is %v", err)
	}
	if _, err := p.Matches("/bin/*"); !errors.Is(err, errUnasked) {
		t.Errorf("the error is %v", err)
	}
	want := "what is in struct x, the type z, the tracepoint t, the kernel's functions f, the kernel's variable v, the program sh, the programs that /bin/* matches"
	if got := strings.Join(slices.Clone(p.Missed()), ", "); got != want {
		t.Errorf("missing are %q, want %q", got, want)
	}
}

// TestNothingFound: that a question found nothing answers no other one that has an answer.
func TestNothingFound(t *testing.T) {
	a := &Answers{Programs: map[string]Found{programKey("p"): {File: 1}}, Files: []File{{
		Lines:   []Lines{{Err: "no a.c"}, {List: []image.Line{{Source: "b.c"}}}},
		Globals: map[string][]Global{"v": {{Err: "no a.c"}, {Sources: []string{"b.c"}, Local: Local{Name: "v"}}}},
	}}}
	f, err := Play(a, machine{}).Program("p")
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{"a.c": "no a.c", "b.c": ""} {
		accept := func(name string) bool { return name == source }
		if list, err := f.Lines(accept); textOf(err) != want || len(list) > 0 != (want == "") {
			t.Errorf("lines of %s: %v, %v", source, list, err)
		}
		if v, err := f.Global("v", accept); textOf(err) != want || (v.Name == "v") != (want == "") {
			t.Errorf("v of %s: %v, %v", source, v, err)
		}
	}
}
