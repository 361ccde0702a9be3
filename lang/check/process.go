package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/image"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// Programs is what a Target may know besides: the programs whose code is probed.
type Programs interface {
	// Program is the program of a name: a path, or what the shell finds for it.
	Program(name string) (image.File, error)
	// Library is the library of a name: a path, or what the linker finds for it.
	Library(name string) (image.File, error)
	// Process is the program that a process runs.
	Process(pid int) (image.File, error)
	// Matches are the paths of the programs and libraries that a pattern stands for, each
	// file once, without symbolic links; * ? and [ do not stand for slashes.
	Matches(pattern string) ([]string, error)
}

// User is the place of a UserEntry or UserReturn.
type User struct {
	File image.File
	image.Site
	Function *image.Function // that it is in; nil if that is not known
	Mark     *image.Mark     // at it, or nil
	PID      int             // of the only process in which it counts; 0: all
	// Instruction is set for a UserReturn whose place is the instruction that returns.
	Instruction bool
}

// processPoint is a point that begins with process, as far as it has been resolved.
type processPoint struct {
	*checker
	file   image.File          // nil: every program
	pid    int                 // 0: all processes, or those of the target
	head   []*syntax.Component // in the canonical spelling
	tail   []*syntax.Component // what follows
	guards []syntax.Expr       // without which the handler does not run
	e      expansion           // on the way
	about  source.Token        // for messages
}

// isProcess reports whether a point is about a program.
func isProcess(comps []*syntax.Component) bool {
	return comps[0].Name == "process" && len(comps) > 1
}

// resolveProcess finds the handlers of a point that begins with process.
func (c *checker) resolveProcess(comps []*syntax.Component, e expansion) ([]handler, *failure) {
	if pattern := stringOf(comps[0]); strings.ContainsAny(pattern, "*?[") {
		return c.resolvePrograms(comps, e, pattern)
	}
	p := &processPoint{checker: c, e: e, about: comps[0].Token()}
	hs, cause := p.resolve(comps)
	if cause != nil {
		return nil, &failure{about: p.about, cause: cause}
	}
	return hs, nil
}

// resolvePrograms finds the handlers in every program whose path a pattern matches; of
// these, some may not have what is asked for.
func (c *checker) resolvePrograms(comps []*syntax.Component, e expansion, pattern string) (hs []handler, fail *failure) {
	programs, ok := c.target.(Programs)
	if !ok {
		return nil, &failure{about: comps[0].Token(), cause: plain("programs are not known here")}
	}
	paths, err := programs.Matches(pattern)
	if err != nil {
		return nil, &failure{about: comps[0].Token(), cause: because(comps[0].Token(), "%s", err)}
	}
	for _, path := range paths {
		got, failed := c.resolveProcess(concat([]*syntax.Component{named(comps[0], path)}, comps[1:]), e)
		hs = append(hs, got...)
		fail = cmp.Or(fail, failed)
	}
	if len(hs) > 0 {
		return hs, nil
	}
	return nil, fail
}

func (p *processPoint) resolve(comps []*syntax.Component) ([]handler, *source.Diagnostic) {
	programs, ok := p.target.(Programs)
	if !ok {
		return nil, plain("programs are not known here")
	}
	p.tail = comps[1:]
	form := processForm(p.tail)
	if form == nil {
		return nil, p.unknown()
	}
	if form.whole && p.tail[0].Name == "library" {
		return nil, because(p.tail[1].Token(), "this happens to a program, not to a library: leave .library(…) out")
	}
	if cause := p.choose(programs, comps[0], form.whole); cause != nil {
		return nil, cause
	}
	if p.tail[0].Name == "library" {
		if cause := p.chooseLibrary(programs); cause != nil {
			return nil, cause
		}
	}
	if cause := p.guard(comps[0].Base, form.whole); cause != nil {
		return nil, cause
	}
	return form.resolve(p)
}

// A tailForm is what may follow process.
type tailForm struct {
	names   string // the components' names, and ( behind those with an argument
	whole   bool   // it is about a program as a whole, which need not be named
	resolve func(*processPoint) ([]handler, *source.Diagnostic)
}

// tailForms are what may follow process, and process.library.
var tailForms = []tailForm{
	{"function(", false, (*processPoint).functions},
	{"function(.call", false, (*processPoint).functions},
	{"function(.exported", false, (*processPoint).functions},
	{"function(.return", false, (*processPoint).functions},
	{"function(.return.maxactive(", false, (*processPoint).functions},
	{"statement(", false, (*processPoint).statements},
	{"statement(.nearest", false, (*processPoint).statements},
	{"statement(.absolute", false, (*processPoint).statements},
	{"plt", false, (*processPoint).linkage},
	{"plt(", false, (*processPoint).linkage},
	{"plt.return", false, (*processPoint).linkage},
	{"plt(.return", false, (*processPoint).linkage},
	{"begin", true, (*processPoint).begins},
	{"end", true, (*processPoint).ends},
	{"thread.begin", true, (*processPoint).begins},
	{"thread.end", true, (*processPoint).ends},
	{"syscall", true, (*processPoint).calls},
	{"syscall.return", true, (*processPoint).calls},
	{"mark(", false, (*processPoint).marks},
	{"provider(.mark(", false, (*processPoint).marks},
}

// refusedTails are what SystemTap has and this version has not, with the reason.
var refusedTails = []struct{ name, reason string }{
	{"inline", "inlined functions have no place of their own to be probed: probe the function that they are in, or a statement"},
	{"callee", "callees can't be told apart: probe the function itself"},
	{"callees", "callees can't be told apart: probe the function itself"},
	{"label", "labels are not supported by this version: probe the statement by its line"},
	{"insn", "single steps are not to be had without a debugger"},
	{"data", "watchpoints in programs are not supported by this version"},
}

// processForm is the form of what follows process, or nil.
func processForm(tail []*syntax.Component) *tailForm {
	if tail[0].Name == "library" && tail[0].Arg != nil && len(tail) > 1 {
		tail = tail[1:]
	}
	var names []string
	for _, comp := range tail {
		name := comp.Name
		if comp.Arg != nil {
			name += "("
		}
		names = append(names, name)
	}
	text := strings.Join(names, ".")
	i := slices.IndexFunc(tailForms, func(f tailForm) bool { return f.names == text })
	if i < 0 {
		return nil
	}
	return &tailForms[i]
}

// unknown says what is wrong with a tail of no known form.
func (p *processPoint) unknown() *source.Diagnostic {
	var next []string // what may stand at a component that may not
	for n, comp := range p.tail {
		for _, r := range refusedTails {
			if comp.Name == r.name {
				return because(comp.Token(), "%s", r.reason)
			}
		}
		next = next[:0]
		for _, f := range tailForms {
			parts := strings.Split(strings.ReplaceAll(f.names, "(", ""), ".")
			if len(parts) > n && slices.EqualFunc(parts[:n], p.tail[:n], func(s string, c *syntax.Component) bool { return s == c.Name }) {
				next = append(next, parts[n])
			}
		}
		if len(next) > 0 && !slices.Contains(next, comp.Name) && comp.Name != "library" {
			slices.Sort(next)
			return because(comp.Token(), "probe point mismatch%s", similarNote(similar(comp.Name, slices.Compact(next))))
		}
		if comp.Name == "library" {
			return because(comp.Token(), `a library has a name and something in it: process("PATH").library("libc.so.6").function("puts")`)
		}
	}
	last := p.tail[len(p.tail)-1]
	return because(last.Token(), `probe point mismatch: say which, such as process("PATH").function("main") or process("PATH").mark("name")`)
}

// choose finds the program: by its path, by a process, or the target's.
func (p *processPoint) choose(programs Programs, head *syntax.Component, whole bool) *source.Diagnostic {
	var err error
	switch arg := head.Arg.(type) {
	case *syntax.StringLit:
		p.file, err = programs.Program(arg.Value)
	case *syntax.IntLit:
		p.pid = int(arg.Value)
		p.file, err = programs.Process(p.pid)
	default:
		return p.chooseTarget(programs, head, whole)
	}
	if err != nil {
		return because(head.Token(), "%s", err)
	}
	p.spellHead(head)
	return nil
}

// chooseTarget finds the program of -c's command or of -x's process.
func (p *processPoint) chooseTarget(programs Programs, head *syntax.Component, whole bool) *source.Diagnostic {
	var err error
	switch command, _, _ := strings.Cut(strings.TrimSpace(p.options.Command), " "); {
	case whole:
		p.head = []*syntax.Component{head}
		return nil
	case p.options.PID != 0:
		p.pid = p.options.PID
		p.file, err = programs.Process(p.pid)
	case command != "":
		p.file, err = programs.Program(command)
	default:
		return because(head.Token(), `say which program: process("PATH"), process(PID), or -c COMMAND or -x PID beside the script`)
	}
	if err != nil {
		return because(head.Token(), "%s", err)
	}
	p.spellHead(head)
	return nil
}

// spellHead spells the program by its path.
func (p *processPoint) spellHead(head *syntax.Component) {
	p.head = append(p.head, &syntax.Component{Base: head.Base, Name: head.Name, Arg: &syntax.StringLit{Base: head.Base, Value: p.file.Path()}})
}

// chooseLibrary finds the library in which the place is.
func (p *processPoint) chooseLibrary(programs Programs) *source.Diagnostic {
	comp := p.tail[0]
	name, ok := comp.Arg.(*syntax.StringLit)
	if !ok {
		return because(comp.Token(), "a library has a name, not a number")
	}
	library, err := programs.Library(name.Value)
	if err != nil {
		return because(comp.Token(), "%s", err)
	}
	if p.file != nil && p.pid == 0 {
		is, cause := p.runs(comp.Base, p.file)
		if cause != nil {
			return cause
		}
		p.guards = append(p.guards, is)
	}
	p.file, p.tail = library, p.tail[1:]
	p.spellHead(comp)
	return nil
}

// guard keeps a point that is about one process, or the target's, to that.
func (p *processPoint) guard(b syntax.Base, whole bool) *source.Diagnostic {
	switch {
	case p.pid != 0:
		p.guards = append(p.guards, equal(b, call(b, "pid"), number(b, int64(p.pid))))
	case whole && p.file == nil && (p.options.PID != 0 || p.options.Command != ""):
		p.guards = append(p.guards, call(b, "_in_target"))
	case whole && p.file != nil:
		is, cause := p.runs(b, p.file)
		if cause != nil {
			return cause
		}
		p.guards = append(p.guards, is)
	}
	return nil
}

// runs is the condition that the current task runs a program: its file is that of the
// task's memory. Tasks of the kernel have none.
func (p *processPoint) runs(b syntax.Base, file image.File) (syntax.Expr, *source.Diagnostic) {
	data, ok := p.target.(Data)
	if !ok || data.Type("task_struct") == nil {
		return nil, plain("this kernel does not tell which program a task runs: it needs BTF (CONFIG_DEBUG_INFO_BTF)")
	}
	device, inode := file.Identity()
	at := func(fields ...string) syntax.Expr {
		op := &syntax.AtOp{Base: b, Name: "cast", Args: []syntax.Expr{call(b, "_current_task"), &syntax.StringLit{Base: b, Value: "task_struct"}}}
		for _, f := range fields {
			op.Path = append(op.Path, syntax.Selector{Field: f})
		}
		return op
	}
	user := &syntax.Binary{Base: b, Op: "!=", X: at("mm"), Y: number(b, 0)}
	node := equal(b, at("mm", "exe_file", "f_inode", "i_ino"), number(b, int64(inode)))
	where := equal(b, at("mm", "exe_file", "f_inode", "i_sb", "s_dev"), number(b, kernelDevice(device)))
	return both(b, both(b, user, node), where), nil
}

// kernelDevice is a device's number as the kernel has it: 12 bits of the major number,
// 20 of the minor one.
func kernelDevice(device uint64) int64 {
	major := device>>8&0xfff | device>>32&^0xfff
	minor := device&0xff | device>>12&^0xff
	return int64(major<<20 | minor&0xfffff)
}

func equal(b syntax.Base, x, y syntax.Expr) syntax.Expr {
	return &syntax.Binary{Base: b, Op: "==", X: x, Y: y}
}

func both(b syntax.Base, x, y syntax.Expr) syntax.Expr {
	return &syntax.Binary{Base: b, Op: "&&", X: x, Y: y}
}

// at is the handler at a place, spelled with tail behind the program.
func (p *processPoint) at(kind builtin.PointKind, u *User, tail []*syntax.Component) handler {
	u.File, u.PID = p.file, p.pid
	name := spell(concat(p.head, tail))
	return handler{
		point:    Point{Kind: kind, Name: name, User: u, Number: p.siteNumber(u)},
		spelling: name, layers: p.e.layers, conds: p.e.conds, guards: p.guards,
	}
}

// userSite is what tells places in programs apart.
type userSite struct {
	path              string
	offset, semaphore uint64
}

// siteNumber numbers the places in programs, in the order in which they are met.
func (c *checker) siteNumber(u *User) int {
	if c.sites == nil {
		c.sites = map[userSite]int{}
	}
	key := userSite{u.File.Path(), u.Offset, u.Semaphore}
	n, ok := c.sites[key]
	if !ok {
		n = len(c.sites)
		c.sites[key] = n
	}
	return n
}

// text is the argument of the tail's component of a name.
func (p *processPoint) text(name string) string {
	for _, comp := range p.tail {
		if lit, ok := comp.Arg.(*syntax.StringLit); ok && comp.Name == name {
			return lit.Value
		}
	}
	return ""
}

// with is the tail with another argument of its component of a name.
func (p *processPoint) with(name, argument string) []*syntax.Component {
	return replaced(p.tail, name, argument)
}

// replaced is a copy of comps with another argument of the component of a name.
func replaced(comps []*syntax.Component, name, argument string) []*syntax.Component {
	comps = slices.Clone(comps)
	for i, comp := range comps {
		if comp.Name == name {
			comps[i] = &syntax.Component{Base: comp.Base, Name: name, Arg: &syntax.StringLit{Base: comp.Base, Value: argument}}
		}
	}
	return comps
}

// has reports whether the tail has a component of a name.
func (p *processPoint) has(name string) bool {
	return slices.ContainsFunc(p.tail, func(c *syntax.Component) bool { return c.Name == name })
}

// isPattern reports whether a name stands for all that it matches.
func isPattern(name string) bool { return strings.Contains(name, "*") }

// placeOf names a function with where it is defined, if that is known.
func placeOf(f *image.Function) string {
	name := f.Plain
	if f.Source == "" {
		return name
	}
	return fmt.Sprintf("%s@%s:%d", name, f.Source, f.Line)
}
