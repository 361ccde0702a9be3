package check

import (
	"tapir/lang/builtin"
	"tapir/lang/ctype"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// What happens to a process as a whole is told by the kernel's tracepoints and system
// calls, with guards that say whose: a program begins when it is executed, or when a fork
// of it returns to it; it ends with its last thread.

// forks are the system calls that make processes and threads. They return 0 in what they
// have made.
var forks = []string{"clone", "clone3", "fork", "vfork"}

// begins resolves process.begin and process.thread.begin.
func (p *processPoint) begins() ([]handler, *source.Diagnostic) {
	b := p.tail[0].Base
	thread := equal(b, call(b, "tid"), call(b, "pid"))
	var hs []handler
	if p.has("thread") {
		thread.(*syntax.Binary).Op = "!="
	} else {
		exec, cause := p.traced("sched_process_exec")
		if cause != nil {
			return nil, cause
		}
		hs = append(hs, exec)
	}
	child := both(b, equal(b, call(b, "returnval"), number(b, 0)), thread)
	for _, name := range forks {
		nr, ok := p.target.SyscallNumber(name)
		if !ok {
			continue
		}
		h := p.whole(builtin.SyscallExit, child)
		h.point.Syscall, h.point.Number = name, nr
		hs = append(hs, h)
	}
	return hs, nil
}

// ends resolves process.end and process.thread.end.
func (p *processPoint) ends() ([]handler, *source.Diagnostic) {
	h, cause := p.traced("sched_process_exit")
	if cause != nil {
		return nil, cause
	}
	params := h.point.Trace.Params
	if len(params) < 2 {
		// The tracepoint got its second parameter when it moved to where the task still
		// has its memory, and so its program.
		if p.file != nil {
			return nil, because(p.tail[0].Token(), "this kernel (before 6.16) no longer knows the program when a process ends: leave the path away and use -c or -x")
		}
		return nil, because(p.tail[0].Token(), "this kernel (before 6.16) does not tell which thread of a process is the last")
	}
	b := p.tail[0].Base
	last := syntax.Expr(&syntax.Target{Base: b, Name: "$" + params[1].Name})
	if p.has("thread") {
		last = &syntax.Binary{Base: b, Op: "!=", X: call(b, "tid"), Y: call(b, "pid")}
	}
	h.guards = concat([]syntax.Expr{last}, h.guards)
	return []handler{h}, nil
}

// calls resolves process.syscall and process.syscall.return.
func (p *processPoint) calls() ([]handler, *source.Diagnostic) {
	kind := builtin.SyscallEnter
	if p.has("return") {
		kind = builtin.SyscallExit
	}
	h := p.whole(kind, nil)
	h.point.Number = builtin.AnyCall
	return []handler{h}, nil
}

// traced is the handler at a tracepoint of the kernel.
func (p *processPoint) traced(name string) (handler, *source.Diagnostic) {
	data, ok := p.target.(Data)
	if !ok {
		return handler{}, plain("tracepoints are not known here")
	}
	params, ok := data.Tracepoint(name)
	if !ok {
		return handler{}, plain("this kernel has no tracepoint %s, or does not tell (CONFIG_DEBUG_INFO_BTF)", name)
	}
	h := p.whole(builtin.Trace, nil)
	h.point.Trace = &Tracepoint{Name: name, Params: params}
	return h, nil
}

// whole is a handler about a program as a whole, with a guard before the others.
func (p *processPoint) whole(kind builtin.PointKind, guard syntax.Expr) handler {
	name := spell(concat(p.head, p.tail))
	h := handler{
		point:    Point{Kind: kind, Name: name, Process: true},
		spelling: name, layers: p.e.layers, conds: p.e.conds, guards: p.guards,
	}
	if guard != nil {
		h.guards = concat([]syntax.Expr{guard}, h.guards)
	}
	return h
}

// processVariable is the value of `$syscall`, `$arg1` and `$return` in the probes of a
// program's system calls.
func (l *lowering) processVariable(e *syntax.Target) (value, error) {
	plainLong := func(name string, args ...syntax.Expr) (value, error) {
		if len(e.Path) > 0 || e.Address || e.Pretty > 0 {
			return value{}, errNoType
		}
		return value{x: call(e.Base, name, args...), typ: longType()}, nil
	}
	exit := l.probe.Point.Kind == builtin.SyscallExit
	names := []string{"$syscall", "$arg1", "$arg2", "$arg3", "$arg4", "$arg5", "$arg6"}
	if exit {
		names = []string{"$syscall", "$return"}
	}
	for i, name := range names {
		switch {
		case name != e.Name:
		case i == 0:
			return plainLong("_stp_syscall_nr")
		case exit:
			return plainLong("returnval")
		default:
			return plainLong("long_arg", number(e.Base, int64(i)))
		}
	}
	return value{}, unknownError{"unable to find variable '" + e.Name + "'", e.Name, names}
}

// longType is C's long.
func longType() *ctype.Type { return &ctype.Type{Kind: ctype.Int, Name: "long", Size: 8, Signed: true} }
