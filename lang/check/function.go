package check

import (
	"fmt"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/ctype"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// Functions is what a Target may know besides: the kernel's functions.
type Functions interface {
	// Functions are those that a query asks for, sorted by module and name. Barred is
	// how many more there are that the kernel does not let anyone probe.
	Functions(q FunctionQuery) (found []Function, barred int)
	// FunctionNames are those of a module, or of the kernel proper.
	FunctionNames(module string) []string
	// CanProbe reports whether the kernel has any means to probe functions.
	CanProbe() bool
}

// FunctionQuery asks for functions; in its patterns * stands for any text.
type FunctionQuery struct {
	Module string // pattern; "" is the kernel proper
	Name   string // pattern
	Global bool   // only those that other files of the kernel's source can call
}

// Function is one of the kernel's.
type Function struct {
	Module string // "": the kernel proper
	Name   string
	Means  builtin.Means
	// Together is set if the kernel makes the breakpoints of many functions by one call.
	Together bool
	// Typed is set if it is known what the function takes and returns.
	Typed  bool
	Params []ctype.Param
	Result *ctype.Type // Void: nothing
	// Bare is set if the probe asks for no more than registers.
	Bare bool
}

// maxFunctions bounds what one point may stand for.
const maxFunctions = 4096

// functionPoint is a point at functions of the kernel, taken apart.
type functionPoint struct {
	FunctionQuery
	at   int // the component with the function's name
	bare bool
	kind builtin.PointKind
}

// resolveFunctions resolves kernel.function("PATTERN"), module("PATTERN").function and
// kprobe.function with what may follow them; ok is false for any other point.
func (c *checker) resolveFunctions(comps []*syntax.Component, e expansion) (hs []handler, fail *failure, ok bool) {
	p, cause, ok := splitFunction(comps)
	if !ok {
		return nil, nil, false
	}
	if cause == nil {
		hs, cause = c.functionHandlers(p, comps, e)
	}
	if cause != nil {
		return nil, &failure{about: comps[0].Token(), cause: cause}, true
	}
	return hs, nil, true
}

// splitFunction takes a point apart; ok is false if it is about no function.
func splitFunction(comps []*syntax.Component) (p functionPoint, cause *source.Diagnostic, ok bool) {
	switch first := comps[0]; {
	case first.Name == "kprobe" && first.Arg == nil:
		p.bare, p.at = true, 1
		if len(comps) > 2 && comps[1].Name == "module" {
			p.Module, p.at = stringOf(comps[1]), 2
		} else {
			p.Module = "*"
		}
	case first.Name == "kernel" && first.Arg == nil:
		p.at = 1
	case first.Name == "module" && stringOf(first) != "":
		p.Module, p.at = stringOf(first), 1
	default:
		return p, nil, false
	}
	if len(comps) <= p.at || comps[p.at].Name != "function" || stringOf(comps[p.at]) == "" {
		return p, nil, false
	}
	name, file, _ := strings.Cut(stringOf(comps[p.at]), "@")
	if strings.Trim(file, "*") != "" {
		return p, because(comps[p.at].Arg.Token(), "the kernel's types do not tell that a function is in %q: write %q", file, name), true
	}
	p.Name, p.kind = name, builtin.FunctionEnter
	cause, ok = p.variant(comps[p.at+1:])
	return p, cause, ok
}

// variant reads what follows the function's name.
func (p *functionPoint) variant(rest []*syntax.Component) (cause *source.Diagnostic, ok bool) {
	for _, comp := range rest {
		refuse := func(why string) (*source.Diagnostic, bool) {
			return because(comp.Token(), "%s probes are not possible: %s", comp.Name, why), true
		}
		_, number := comp.Arg.(*syntax.IntLit)
		switch comp.Name {
		case "call":
		case "exported":
			p.Global = true
		case "return":
			p.kind = builtin.FunctionReturn
		case "maxactive":
			if p.kind != builtin.FunctionReturn || !number {
				return nil, false
			}
			continue // the kernel finds room by itself
		case "inline":
			return refuse("where the compiler has put a function's code into others, only the kernel's debugging information tells")
		case "label", "callee", "callees", "statement":
			return refuse("only the kernel's debugging information tells where that is")
		default:
			return nil, false
		}
		if comp.Arg != nil {
			return nil, false
		}
	}
	return nil, true
}

// stringOf is a component's argument, if that is a text.
func stringOf(comp *syntax.Component) string {
	if arg, ok := comp.Arg.(*syntax.StringLit); ok {
		return arg.Value
	}
	return ""
}

// functionHandlers finds the functions of a point. Spelling stays what the script has.
func (c *checker) functionHandlers(p functionPoint, comps []*syntax.Component, e expansion) ([]handler, *source.Diagnostic) {
	target, ok := c.target.(Functions)
	if !ok {
		return nil, plain("the kernel's functions are not known here")
	}
	if e.optional && !target.CanProbe() { // else the start says it, with what it can do
		return nil, plain("this kernel has no means to probe its functions")
	}
	found, barred := target.Functions(p.FunctionQuery)
	switch {
	case len(found) == 0:
		return nil, noFunction(target, p, barred)
	case len(found) > maxFunctions:
		return nil, plain("%q matches %d functions; at most %d can be probed at once", p.Name, len(found), maxFunctions)
	}
	if barred > 0 {
		c.warning(codeBarred, comps[p.at].Arg.Token(), "%s %q matches can't be probed, as the kernel has it; %s", counted(barred, "function that", "functions that"), p.Name, counted(len(found), "is left", "are left"))
	}
	var hs []handler
	for _, f := range found {
		f.Bare = p.bare
		points := concat(comps[:p.at], []*syntax.Component{named(comps[p.at], f.Name)})
		if comps[0].Name == "module" {
			points[0] = named(comps[0], f.Module)
		}
		point := Point{Kind: p.kind, Name: spell(concat(points, comps[p.at+1:])), Number: c.functionNumber(f), Function: &f}
		hs = append(hs, handler{point: point, spelling: spell(comps), layers: e.layers, conds: e.conds})
	}
	return hs, nil
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// named is a component with another text as its argument.
func named(comp *syntax.Component, name string) *syntax.Component {
	return &syntax.Component{Base: comp.Base, Name: comp.Name, Arg: &syntax.StringLit{Base: comp.Arg.(*syntax.StringLit).Base, Value: name}}
}

// functionNumber numbers the functions that are probed, by which handlers tell them.
func (c *checker) functionNumber(f Function) int {
	key := [2]string{f.Module, f.Name}
	n, ok := c.functionNumbers[key]
	if !ok {
		n = len(c.functionNumbers)
		c.functionNumbers[key] = n
	}
	return n
}

// noFunction says why a point has no functions.
func noFunction(target Functions, p functionPoint, barred int) *source.Diagnostic {
	if barred > 0 {
		return plain("no match: the kernel does not let anyone probe %s", counted(barred, "function of that name", "functions of such names"))
	}
	module := p.Module
	if module == "*" {
		module = ""
	}
	names := target.FunctionNames(module)
	switch {
	case len(names) == 0 && module != "":
		return plain("no match: there is no module %q at the moment", module)
	case len(names) == 0:
		return plain("this kernel does not tell what functions it has: it needs BTF (CONFIG_DEBUG_INFO_BTF) or /proc/kallsyms")
	}
	note := ""
	if near := similar(p.Name, names); len(near) > 0 {
		note = " (similar functions: " + strings.Join(near, ", ") + ")"
	}
	return plain("no match%s", note)
}

// functionArguments checks what a body in a probe of a function asks about its call:
// the registers of the arguments are there only when it begins.
func (w *rules) functionArguments(b *body, p *Probe) {
	syntax.Walk(b.block, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AtOp:
			if n.Name == atEntry {
				w.argumentNumbers(n.Args[0])
				return false
			}
		case *syntax.Call:
			w.functionArgument(n, p)
		}
		return true
	})
}

// argumentNumbers checks which arguments an @entry asks for.
func (w *rules) argumentNumbers(e syntax.Expr) {
	syntax.Walk(e, func(n syntax.Node) bool {
		if e, ok := n.(*syntax.Call); ok && w.isArgument(e) && len(e.Args) == 1 && isNumberAbove(e.Args[0], maxRegisters) {
			w.error(codeArguments, e.Args[0].Token(), "argument number out of range (1, %d)", maxRegisters)
		}
		return true
	})
}

func (w *rules) isArgument(e *syntax.Call) bool {
	o, ok := w.prog.Uses[e].(*Builtin)
	return ok && o.Class == builtin.Argument
}

func (w *rules) functionArgument(e *syntax.Call, p *Probe) {
	switch returns := p.Point.Kind == builtin.FunctionReturn; {
	case !w.isArgument(e) || e.Name == "returnval" && returns:
	case len(e.Args) == 0:
		w.error(codeEventOnly, e.Token(), "%s is not known in this probe", e.Name).WithHint("the probe is " + p.Spelling)
	case returns:
		w.error(codeEventOnly, e.Token(), "%s is known when the function begins", e.Name).
			WithHint("@entry(" + e.Name + "(…)) keeps it for the return")
	default:
		w.argumentNumbers(e)
	}
}
