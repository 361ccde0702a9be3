package check

import (
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// Options of a check.
type Options struct {
	// Globals has the values of -G by the global's name. A value that reads as a
	// number is one, unless the script initialises the global with a string.
	Globals map[string]string
	// Known has the types of globals of the script that have values already, by name.
	Known map[string]types.Type
	// Unoptimized keeps what has no effect: unread variables, pure statements and
	// handlers that do nothing (-u).
	Unoptimized bool
	// Verbose reports, of the user's own declarations, also those that are unused.
	Verbose bool
	// HistBuckets is how many buckets a @hist_linear may have; 0: 128.
	HistBuckets int
	// SkipBadVars takes variables of the probed code ($…) that are not known for 0.
	SkipBadVars bool
	// Command is the command of -c, and PID the process of -x: what a process without a
	// path or number means.
	Command string
	PID     int
	// Keep is what a recording keeps of events besides what the script asks for.
	Keep []syntax.Expr
}

// Check makes a program of parsed scripts. What a script does not declare itself
// is looked for in lib and then among the built-in functions. The program is of
// use only if the diagnostics have no errors; all that can be found in one go is
// reported, in the order of the passes: points, names, types.
func Check(set *source.Set, files []*syntax.File, lib *library.Library, t Target, o Options) (*Program, *source.Diagnostics) {
	c := newChecker(set, lib, t, o)
	for _, f := range files {
		c.declare(f)
	}
	c.override()
	for _, f := range files {
		c.expand(f)
	}
	c.bindFunctions(files)
	c.checkCounters()
	c.reach()
	if o.SkipBadVars {
		c.skipBadVars()
	}
	c.optimize()
	c.checkKept()
	c.inferTypes()
	if !c.diags.HasErrors() {
		c.checkRules()
	}
	if lib != nil {
		c.diags.List = append(lib.Diagnostics().List, c.diags.List...)
	}
	if len(c.prog.Probes) == 0 && !c.diags.HasErrors() {
		c.error(codeNoProbes, source.Token{}, "no probes found")
	}
	if !c.diags.HasErrors() {
		c.diags.List = append(c.diags.List, c.late.List...)
	}
	return c.prog, &c.diags
}

func newChecker(set *source.Set, lib *library.Library, t Target, o Options) *checker {
	return &checker{
		set:       set,
		lib:       lib,
		target:    t,
		options:   o,
		globals:   make(map[string]*Global),
		private:   make(map[*source.File]map[string]*Global),
		aliases:   make(map[string][]*syntax.ProbeDecl),
		functions: make(map[string][]*syntax.FuncDecl),
		funcs:     make(map[*syntax.FuncDecl]*Func),
		bodyOf:    make(map[*Func]*body),
		infos:     make(map[Object]*info),
		reported:  make(map[report]*source.Diagnostic),
		reasons:   make(map[syntax.Expr]error),
		arrays:    make(map[string]bool),

		functionNumbers: make(map[[2]string]int),
		prog: &Program{
			Sources: set,
			Types:   make(map[syntax.Expr]types.Type),
			Uses:    make(map[syntax.Expr]Object),
		},
	}
}

// checker is the state of one Check.
type checker struct {
	set     *source.Set
	lib     *library.Library
	target  Target
	options Options
	diags   source.Diagnostics
	late    source.Diagnostics // what is reported only if nothing else is wrong
	// reported has what was said already: a body that is there several times, or
	// is gone through several times, gives each message once.
	reported map[report]*source.Diagnostic

	globals   map[string]*Global                  // the script's, and those of the library that were met
	private   map[*source.File]map[string]*Global // by the file that declares them
	aliases   map[string][]*syntax.ProbeDecl      // the script's, by dotted name
	functions map[string][]*syntax.FuncDecl       // the script's
	funcs     map[*syntax.FuncDecl]*Func          // those that were met
	infos     map[Object]*info
	bodies    []*body // the probes' and the reached functions', in order of first use
	bodyOf    map[*Func]*body
	// functionBodies is those of all functions that were met, in that order.
	functionBodies []*body
	// shadowed is the functions that an overload in front of them hides.
	shadowed []*syntax.FuncDecl
	names    nameLists
	// arrays are the script's globals that it uses as arrays. A variable of an alias in
	// the tapset that has such a name is another one: `global start` must not keep
	// syscall.mlock, which sets a number of that name, from being probed. A scalar is
	// shared, as in SystemTap.
	arrays map[string]bool
	// reasons says why what a body says about the kernel's data stayed as it is.
	reasons  map[syntax.Expr]error
	counters map[string]*counter // by name
	// watching is the watchpoints that were asked for, each once.
	watching []Watched
	// sites numbers the places in programs.
	sites map[userSite]int
	// brought is the files of the library that the script uses functions or globals
	// of.
	brought []*syntax.File

	files    map[string]bool // paths of the session's files
	resolved int             // points looked at
	// functionNumbers are the numbers of the kernel's functions that are probed, by
	// module and name.
	functionNumbers map[[2]string]int

	prog    *Program
	changed bool // inference has learnt something in this round
	final   bool // inference is over: record types, complain about unknown ones
}

// body is a handler or a function with its scope.
type body struct {
	block  *syntax.Block
	conds  []syntax.Expr
	probe  *Probe // or
	fn     *Func
	bound  bool
	locals map[string]*Local
	order  []*Local // of first mention, without parameters
}

// info is what the passes learn about an object besides its type.
type info struct {
	kindTok  source.Token // where its kind was first inferred
	arity    int          // globals: number of keys; -1 unknown
	arityTok source.Token
	keys     []types.Kind
	keyToks  []source.Token
	read     source.Token // where its value was first used
	written  bool
	returns  bool // functions: there is a return with a value
	told     bool // that its type is unresolved
	// searched says that passesOn is known: whether a function has a `next`.
	searched, passesOn bool
}

func (c *checker) info(o Object) *info {
	in := c.infos[o]
	if in == nil {
		in = &info{arity: -1}
		c.infos[o] = in
	}
	return in
}

// fileOf is the file in which tok was written.
func (c *checker) fileOf(tok source.Token) *source.File {
	f := c.set.FileOf(tok.Span.Start)
	for f != nil && f.Expansion != nil {
		f = c.set.FileOf(f.Expansion.Body.Start)
	}
	return f
}

// inLibrary reports whether tok is part of the tapset.
func (c *checker) inLibrary(tok source.Token) bool {
	f := c.set.FileOf(tok.Span.Start)
	return f != nil && f.Library
}
