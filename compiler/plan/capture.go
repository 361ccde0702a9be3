package plan

import (
	"fmt"
	"slices"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/types"
)

// Codes of what can be neither captured nor computed.
const (
	NoArgument   source.Code = "no-argument"    // outside of a probed call
	NoResult     source.Code = "no-result"      // before the call returned
	NoCycles     source.Code = "no-cycles"      // get_cycles in the kernel
	NotLiteral   source.Code = "not-literal"    // the number of an argument
	NoMemory     source.Code = "no-memory"      // of a traced program, in begin and its like
	NotFixed     source.Code = "address-in-vm"  // an address that only the VM knows
	BadArgNumber source.Code = "argument-range" // a system call has six
)

// A moment is what a call of a built-in function needs of the event: a capture,
// or the reason why there can be none.
type moment struct {
	capture *Capture // without an index
	reason  string   // "" if capture is good
	culprit ir.Expr  // what the reason is about
	window  *Window  // what will do in spite of the reason; its captures are without an index
}

// moment notes what x, in a body with definitions d, needs of the event.
func (p *planner) moment(x *ir.Builtin, d *definitions) {
	if p.plan.words[x] != nil {
		return // noted when it was made
	}
	switch x.Fn.Class {
	case builtin.Context, builtin.Argument:
		v := p.closedForm(x, d).(*ir.Builtin)
		kind := layout.Word
		if x.Fn.Result == types.String {
			kind = layout.Comm
		}
		p.moments[x] = moment{capture: &Capture{Text: ir.ExprString(v), Kind: kind, Value: v}}
	case builtin.Memory:
		p.moments[x] = p.memory(x, d)
	}
}

func (p *planner) memory(x *ir.Builtin, d *definitions) moment {
	if x.Fn.Read.Stack {
		c := &Capture{Kind: layout.Memory, Read: x.Fn.Read, Cond: p.guards[x]}
		c.Text = memoryText(c, ir.ExprString)
		return moment{capture: c}
	}
	c := &Capture{Kind: layout.Memory, Read: x.Fn.Read, Addr: p.closedForm(x.Args[0], d), Cond: p.guards[x]}
	m := moment{capture: c, culprit: x.Args[0], reason: p.uncomputable(c.Addr, d)}
	if m.reason == "" && hasLen(x.Fn.Read) {
		arg := x.Args[x.Fn.Read.LenArg]
		c.Len = p.closedForm(arg, d)
		m.culprit, m.reason = arg, p.uncomputable(c.Len, d)
	}
	if m.reason == "" {
		c.Text = memoryText(c, ir.ExprString)
	} else if m.culprit == x.Args[0] {
		m.window = p.window(x, c.Cond, d)
	}
	return m
}

// uncomputable is "" if the kernel can compute x, in closed form.
func (p *planner) uncomputable(x ir.Expr, d *definitions) string {
	return computable{fixed: p.fixed, local: d.reason, call: p.callReason, entry: p.entryReason, asked: p.effects.matches, automata: p.known, names: p.onlyNames(), short: p.mode == Names}.long(x)
}

// memoryText names the bytes, with expressions as show has them: `string at
// pointer_arg(1)`, `16 bytes at …`.
func memoryText(c *Capture, show func(ir.Expr) string) string {
	if c.Read.Stack {
		return stackText(c, show)
	}
	what := "string"
	switch {
	case c.Read.Vector:
		what = "strings"
	case c.Read.Path:
		what = "path in mount " + show(c.Len)
	case c.Read.Task:
		what = "task"
	case c.Read.Size > 0:
		what = fmt.Sprintf("%d bytes", c.Read.Size)
	case c.Len != nil:
		what = show(c.Len) + " bytes"
	}
	if c.Read.Space == builtin.Kernel {
		what = "kernel " + what
	}
	text := what + " at " + show(c.Addr)
	if c.Read.Size == 0 && c.Read.Max != maxString && !c.Read.Vector && !c.Read.Path {
		text += fmt.Sprintf(", at most %d", c.Read.Max)
	}
	if c.Cond != nil {
		text += " if " + show(c.Cond)
	}
	return text
}

// stackText is memoryText for a stack.
func stackText(c *Capture, show func(ir.Expr) string) string {
	text := "kernel stack"
	if c.Read.Space == builtin.User {
		text = "user stack"
	}
	if c.Read.Frames == 1 {
		text += ", one address"
	}
	if c.Cond != nil {
		text += " if " + show(c.Cond)
	}
	return text
}

// maxString is the usual bound of what is read, in bytes.
const maxString = 512

// capture collects what the events of an event probe carry: what its body and the
// functions that it calls need of the moment.
func (p *planner) capture(out *Probe) {
	for n := range reach(out.Body) {
		x, ok := n.(*ir.Builtin)
		if !ok || !p.checkInEvent(x, out.IR.Point.Kind) {
			continue
		}
		m, ok := p.moments[x]
		if !ok {
			continue
		}
		for _, part := range p.partsOf(x) {
			p.checkInEvent(part, out.IR.Point.Kind)
		}
		switch {
		case m.reason == "":
			p.plan.CaptureOf[x] = p.carry(out, m.capture)
		case m.window != nil:
			p.plan.Windows[x] = m.window.carry(func(c *Capture) *Capture { return p.carry(out, c) })
		default:
			p.refuseAddress(x, m)
		}
	}
}

// carry lets the probe's events have c, and is the plan's capture that is the same.
func (p *planner) carry(out *Probe, c *Capture) *Capture {
	c = p.shared(c)
	if !slices.Contains(out.Captures, c) {
		out.Captures = append(out.Captures, c)
	}
	return c
}

// partsOf are the calls in the number that x stands for, if it stands for one.
func (p *planner) partsOf(x *ir.Builtin) []*ir.Builtin {
	if p.plan.words[x] == nil {
		return nil
	}
	var parts []*ir.Builtin
	for n := range ir.All(p.moments[x].capture.Value) {
		if b, ok := n.(*ir.Builtin); ok {
			parts = append(parts, b)
		}
	}
	return parts
}

// shared is the plan's capture that is the same as c.
func (p *planner) shared(c *Capture) *Capture {
	if known, ok := p.byText[c.Text]; ok {
		return known
	}
	c.Index = len(p.plan.Captures)
	p.byText[c.Text] = c
	p.plan.Captures = append(p.plan.Captures, c)
	return c
}

// checkInEvent reports what x can't be in a probe that fires in the kernel.
func (p *planner) checkInEvent(x *ir.Builtin, kind builtin.PointKind) bool {
	name := x.Fn.Name
	switch {
	case name == "get_cycles":
		p.refuse(x, NoCycles, "the kernel offers no cycle counter to get_cycles() in this probe", "cpu_clock_ns() counts nanoseconds")
	case x.Fn.Class != builtin.Argument:
		return true
	case name == "returnval" && !kind.IsReturn() && kind != builtin.Trace:
		p.refuse(x, NoResult, name+"() has no value before the call returns", "probe the call's .return")
	case isRegister(x):
		return true
	case len(x.Args) > 0 && (kind.IsSyscall() || kind.IsFunction() || kind.IsUser()):
		return p.checkNumber(x)
	default:
		return true
	}
	return false
}

// checkUpdate reports what can't be in a handler that the kernel runs.
func (h *handler) checkUpdate() {
	for n := range reach(h.out.Update) {
		if x, ok := n.(*ir.Builtin); ok {
			h.checkInEvent(x, h.out.IR.Point.Kind)
		}
	}
}

// maxArguments is how many arguments a system call has at most.
const maxArguments = 6

// maxParams is how many words a tracepoint hands over at most.
const maxParams = 12

// checkNumber reports an argument's number that is no literal from 1 to 6.
func (p *planner) checkNumber(x *ir.Builtin) bool {
	arg := x.Args[0]
	if m, ok := p.moments[x]; ok {
		arg = m.capture.Value.(*ir.Builtin).Args[0]
	}
	n, ok := arg.(*ir.Int)
	switch {
	case !ok:
		p.refuse(x, NotLiteral, "the number of the argument in "+x.Fn.Name+"() is not a literal", "arguments are read by fixed numbers: "+x.Fn.Name+"(1)")
	case n.Value < 1 || n.Value > maxArguments:
		p.refuse(x, BadArgNumber, fmt.Sprintf("%s(%d): a call has arguments 1 to %d in registers", x.Fn.Name, n.Value, maxArguments), "")
	default:
		return true
	}
	return false
}

// checkHere reports what can't be in a probe that fires in tapir itself.
func (p *planner) checkHere(out *Probe) {
	for n := range reach(out.Body) {
		x, ok := n.(*ir.Builtin)
		if !ok {
			continue
		}
		p.checkCallHere(x, out.IR.Point.Kind)
		for _, part := range p.partsOf(x) {
			p.checkCallHere(part, out.IR.Point.Kind)
		}
	}
}

// checkMoment reports what can't be in a probe that fires in the kernel, but at no
// call: it may interrupt anything, and so there is nobody to be asked.
func (p *planner) checkMoment(in *ir.Probe) bool {
	before := len(p.diags.List)
	for n := range reach(in.Body) {
		if x, ok := n.(*ir.Builtin); ok {
			p.checkCallHere(x, in.Point.Kind)
		}
	}
	return len(p.diags.List) == before
}

func (p *planner) checkCallHere(x *ir.Builtin, kind builtin.PointKind) {
	where := kind.String() + " probe"
	switch x.Fn.Class {
	case builtin.Argument:
		p.refuse(x, NoArgument, x.Fn.Name+"() has no value in this "+where, "it belongs into a probe of a system call")
	case builtin.Memory:
		if x.Fn.Read.Space == builtin.Kernel || x.Fn.Read.Stack {
			return
		}
		p.refuse(x, NoMemory, x.Fn.Name+"() reads a traced program's memory, and a "+where+" has none", "it belongs into a probe of a system call")
	}
}

func (p *planner) refuseAddress(x *ir.Builtin, m moment) {
	what, article := "address", "an "
	if m.culprit != x.Args[0] {
		what, article = "length", "a "
	}
	p.refuse(x, NotFixed,
		fmt.Sprintf("%s() has %s that is not known when the event happens: %s", x.Fn.Name, article+what, m.reason),
		"memory is read in the kernel, at the moment of the event: compute the "+what+" from arguments, literals and globals that only begin sets")
}

// refuse reports an error at a call, once however often the call was copied.
func (p *planner) refuse(x *ir.Builtin, code source.Code, message, hint string) {
	span := x.Span()
	if span.IsValid() {
		span.End = span.Start + source.Pos(len(x.Fn.Name))
	}
	p.refuseAt(source.Token{Kind: source.Identifier, Text: x.Fn.Name, Span: span}, code, message, hint)
}

// refuseAt reports an error at a token, once.
func (p *planner) refuseAt(tok source.Token, code source.Code, message, hint string) {
	for _, d := range p.diags.List {
		if d.Token == tok && d.Message == message {
			return
		}
	}
	p.diags.Add(&source.Diagnostic{
		Severity: source.SemanticError, Code: code, Message: message, Token: tok, Hint: hint,
	})
}

// isRegister reports whether x asks for a register of a program, or for a counter, by its
// number.
func isRegister(x *ir.Builtin) bool { return x.Fn.Name == "_uregister" || x.Fn.IsCounter() }
