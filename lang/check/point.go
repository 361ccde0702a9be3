package check

import (
	"fmt"
	"slices"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// primitiveHeads is what a point that is no alias begins with.
var primitiveHeads = []string{"begin", "end", "error", "input", "kernel", "kprobe", "module", "never", "perf", "process", "procfs", "timer"}

// primitiveNames is the names of the points that are no aliases.
var primitiveNames = func() []string {
	names := []string{"begin", "end", "error", "never", "kernel.syscall", "kernel.syscall.return", "kernel.trace", "kernel.tracepoint",
		"kernel.function", "kernel.function.call", "kernel.function.exported", "kernel.function.return", "kprobe.function", "kprobe.function.return",
		"module.function", "module.function.return", "kernel.data.rw", "kernel.data.write", "kernel.data.length.rw", "kernel.data.length.write",
		"perf.type.config", "perf.type.config.sample", "perf.type.config.hz", "perf.type.config.process", "perf.type.config.process.counter",
		"timer.hz", "timer.profile", "timer.profile.tick", "timer.profile.freq.hz"}
	names = append(names, filePoints...)
	for _, u := range timerUnits {
		names = append(names, "timer."+u.name, "timer."+u.name+".randomize")
	}
	return names
}()

// unsupportedPoints is what SystemTap has and this version has not, by the first
// components.
var unsupportedPoints = []string{
	"java", "kernel.lsm", "kernel.mark", "kernel.statement",
	"kprobe.statement", "module.statement", "netfilter.hook",
	"python2", "python3",
}

func unsupportedPoint(comps []*syntax.Component) string {
	for _, name := range unsupportedPoints {
		head, next, two := strings.Cut(name, ".")
		if comps[0].Name == head && (!two || len(comps) > 1 && comps[1].Name == next) {
			return name
		}
	}
	return ""
}

// priorities is the kinds of point that have one.
var priorities = map[string]builtin.PointKind{"begin": builtin.Begin, "end": builtin.End, "error": builtin.Error}

// primitive resolves a point that is no alias; nil and no cause if it is none.
func (c *checker) primitive(comps []*syntax.Component) (*Point, *source.Diagnostic) {
	first := comps[0]
	arg, isInt := first.Arg.(*syntax.IntLit)
	if kind, ok := priorities[first.Name]; ok && len(comps) == 1 && (isInt || first.Arg == nil) {
		p := &Point{Kind: kind, Name: spell(comps)}
		if isInt {
			p.Priority = arg.Value
		}
		return p, nil
	}
	switch {
	case first.Name == "never" && len(comps) == 1 && first.Arg == nil:
		return &Point{Kind: builtin.Never, Name: "never"}, nil
	case first.Name == "timer" && first.Arg == nil && len(comps) > 1:
		return c.timer(comps)
	case first.Name == "procfs":
		return c.file(comps)
	case first.Name == "_input" && first.Arg == nil && len(comps) == 2 && comps[1].Arg == nil:
		return input(comps[1].Name), nil
	case first.Name == "kernel" && first.Arg == nil && len(comps) > 1 && comps[1].Name == "syscall":
		return c.syscall(comps)
	case first.Name == "kernel" && first.Arg == nil && len(comps) == 2 && (comps[1].Name == "trace" || comps[1].Name == "tracepoint"):
		return c.trace(comps)
	}
	return nil, nil
}

// trace resolves kernel.trace("NAME"), kernel.trace("SYSTEM:NAME"), and
// kernel.tracepoint("NAME"), in which what the tracepoint hands over is $arg1 and so
// on. The kernel's types do not say which system a tracepoint belongs to.
func (c *checker) trace(comps []*syntax.Component) (*Point, *source.Diagnostic) {
	arg, ok := comps[1].Arg.(*syntax.StringLit)
	if !ok {
		return nil, nil
	}
	data, ok := c.target.(Data)
	if !ok {
		return nil, plain("tracepoints are not known here")
	}
	name := traceName(arg.Value)
	params, ok := data.Tracepoint(name)
	if !ok {
		all := data.Tracepoints()
		if len(all) == 0 {
			return nil, plain("this kernel does not tell what tracepoints it has: it needs BTF (CONFIG_DEBUG_INFO_BTF)")
		}
		note := ""
		if near := similar(name, all); len(near) > 0 {
			note = " (similar tracepoints: " + strings.Join(near, ", ") + ")"
		}
		return nil, plain("no match: this kernel has no tracepoint '%s'%s", name, note)
	}
	params = slices.Clone(params)
	if comps[1].Name == "tracepoint" {
		for i := range params {
			params[i].Name = fmt.Sprintf("arg%d", i+1)
		}
	}
	return &Point{Kind: builtin.Trace, Name: spell(comps), Trace: &Tracepoint{Name: name, Params: params}}, nil
}

// traceName is a tracepoint's name without its system.
func traceName(name string) string {
	if _, rest, ok := strings.Cut(name, ":"); ok {
		return rest
	}
	return name
}

// syscall resolves kernel.syscall("NAME"), kernel.syscall("NAME").return, and both
// without a name, which stand for every call.
func (c *checker) syscall(comps []*syntax.Component) (*Point, *source.Diagnostic) {
	arg, ok := comps[1].Arg.(*syntax.StringLit)
	if !ok && comps[1].Arg != nil {
		return nil, nil
	}
	p := &Point{Kind: builtin.SyscallEnter, Name: spell(comps), Number: builtin.AnyCall}
	switch {
	case len(comps) == 3 && comps[2].Name == "return" && comps[2].Arg == nil:
		p.Kind = builtin.SyscallExit
	case len(comps) > 2:
		return nil, nil
	}
	if arg == nil {
		return p, nil
	}
	p.Syscall = arg.Value
	nr, ok := c.target.SyscallNumber(arg.Value)
	if !ok {
		note := ""
		if near := similar(arg.Value, c.target.SyscallNames()); len(near) > 0 {
			note = " (similar system calls: " + strings.Join(near, ", ") + ")"
		}
		return nil, &source.Diagnostic{Severity: source.SemanticError, Message: "no match" + note}
	}
	p.Number = nr
	return p, nil
}

type timerUnit struct {
	name string
	unit int64
}

// timerUnits is the units of timer points in nanoseconds. Those of jiffies depend
// on the kernel.
var timerUnits = []timerUnit{
	{"s", 1e9}, {"sec", 1e9}, {"ms", 1e6}, {"msec", 1e6}, {"us", 1e3}, {"usec", 1e3}, {"ns", 1}, {"nsec", 1}, {"jiffies", 0},
}

// The bounds of a timer's interval in nanoseconds, and of its jiffies.
const (
	minInterval = 100_000
	maxInterval = 86400 * 1e9
	maxJiffies  = 1_000_000
	maxHertz    = 1e9 / minInterval
)

// Ticker is what a Target may know besides: how many jiffies a second has.
type Ticker interface {
	TicksPerSecond() int64
}

// profilePeriod is how often timer.profile fires on each CPU, in nanoseconds.
const profilePeriod = 1e6

// profile resolves timer.profile, timer.profile.tick and timer.profile.freq.hz(n).
func (c *checker) profile(comps []*syntax.Component) (*Point, *source.Diagnostic) {
	p := &Point{Kind: builtin.Profile, Name: spell(comps), Interval: profilePeriod}
	last := comps[len(comps)-1]
	switch tail := spell(comps[2:]); {
	case comps[1].Arg != nil:
		return nil, nil
	case tail == "":
		return p, nil
	case tail == "tick":
		ticker, ok := c.target.(Ticker)
		if !ok {
			return nil, plain("timer.profile.tick is not supported here: the kernel's tick is not known")
		}
		p.Interval = 1e9 / ticker.TicksPerSecond()
		return p, nil
	case len(comps) == 4 && comps[2].Name == "freq" && comps[2].Arg == nil && last.Name == "hz":
		if n, ok := last.Arg.(*syntax.IntLit); ok {
			return p, p.setFrequency(n.Value)
		}
	}
	return nil, nil
}

// setFrequency gives a timer its interval by how often it fires in a second.
func (p *Point) setFrequency(hertz int64) *source.Diagnostic {
	if hertz < 1 || hertz > maxHertz {
		return plain("frequency out of range (1, %d)", int64(maxHertz))
	}
	p.Interval = (1e9 + hertz - 1) / hertz
	return nil
}

// timer resolves timer.UNIT(n), timer.UNIT(n).randomize(m) and timer.hz(n).
func (c *checker) timer(comps []*syntax.Component) (*Point, *source.Diagnostic) {
	if comps[1].Name == "profile" {
		return c.profile(comps)
	}
	n, ok := comps[1].Arg.(*syntax.IntLit)
	if !ok {
		return nil, nil
	}
	p := &Point{Kind: builtin.Timer, Name: spell(comps)}
	if comps[1].Name == "hz" && len(comps) == 2 {
		return p, p.setFrequency(n.Value)
	}
	i := slices.IndexFunc(timerUnits, func(u timerUnit) bool { return u.name == comps[1].Name })
	if i < 0 {
		return nil, nil
	}
	unit, low, high := timerUnits[i].unit, int64(1), int64(maxJiffies)
	if unit == 0 {
		ticker, ok := c.target.(Ticker)
		if !ok {
			return nil, plain("timer.jiffies is not supported here: the kernel's tick is not known")
		}
		unit = 1e9 / ticker.TicksPerSecond()
	} else {
		low, high = max(1, minInterval/unit), maxInterval/unit
	}
	if n.Value < low || n.Value > high {
		return nil, plain("interval value out of range (%d, %d)", low, high)
	}
	p.Interval = n.Value * unit
	return p, randomize(p, comps[2:], n.Value, unit)
}

// randomize adds what follows a timer's interval.
func randomize(p *Point, comps []*syntax.Component, interval, unit int64) *source.Diagnostic {
	if len(comps) == 0 {
		return nil
	}
	m, ok := comps[0].Arg.(*syntax.IntLit)
	if comps[0].Name != "randomize" || !ok || len(comps) > 1 {
		at := comps[len(comps)-1]
		return because(at.Token(), "probe point mismatch%s", similarNote(similar(at.Name, []string{"randomize"})))
	}
	if m.Value < 0 || m.Value > interval {
		return plain("randomize value out of range (0, %d)", interval)
	}
	p.Random = m.Value * unit
	return nil
}

// plain is a cause without a place of its own.
func plain(format string, args ...any) *source.Diagnostic {
	return &source.Diagnostic{Severity: source.SemanticError, Message: fmt.Sprintf(format, args...)}
}

// needsArgument reports whether a point's last component is one that must have
// an argument.
func needsArgument(comps []*syntax.Component) bool {
	last := comps[len(comps)-1]
	switch {
	case last.Arg != nil || len(comps) < 2:
		return false
	case comps[0].Name == "timer":
		return !slices.Contains([]string{"profile", "tick", "freq"}, last.Name)
	}
	if comps[0].Name == "procfs" {
		return last.Name == "umask" || last.Name == "maxsize"
	}
	return comps[0].Name == "kernel" && (last.Name == "trace" || last.Name == "tracepoint")
}

// argumentHint says what a component's argument should be.
func argumentHint(comps []*syntax.Component) string {
	last := comps[len(comps)-1]
	_, priority := priorities[last.Name]
	switch {
	case len(comps) == 1 && priority:
		return fmt.Sprintf("the argument is a priority, such as %s(10)", last.Name)
	case comps[0].Name == "timer" && slices.Contains([]string{"profile", "tick", "freq"}, last.Name):
	case comps[0].Name == "timer" && comps[1].Name == "profile":
		return "say how often a second: hz(100)"
	case comps[0].Name == "timer" && len(comps) == 2:
		return fmt.Sprintf("say how often: timer.%s(10)", last.Name)
	case comps[0].Name == "timer":
		return fmt.Sprintf("say by how much: %s(10)", last.Name)
	case comps[0].Name == "procfs":
		return fileHint(last.Name)
	case comps[0].Name == "kernel" && last.Name != "syscall":
		return `say which tracepoint: kernel.trace("sched_switch")`
	case comps[0].Name == "kernel":
		return `say which call: kernel.syscall("openat")`
	}
	return fmt.Sprintf("%s has no argument", last.Name)
}
