package vm

import (
	"strings"

	"tapir/compiler/bytecode"
	points "tapir/lang/builtin"
)

// probeFunctions tell about the probe whose handler runs.
var probeFunctions = table{
	"pp":         {text: func(m *Machine) string { return m.running().Point }},
	"pn":         {text: func(m *Machine) string { return m.running().Name }},
	"ppfunc":     {text: func(m *Machine) string { return probedFunction(m.running().Point) }},
	"probe_type": {text: func(m *Machine) string { return probeTypes[m.running().Kind] }},
	"is_return":  {long: func(m *Machine) int64 { return truth(m.running().Kind.IsReturn()) }},
	"_stp_uid":   {long: func(m *Machine) int64 { return m.self.Long("_stp_uid") }},
	"stp_pid":    {long: func(m *Machine) int64 { return m.self.Long("stp_pid") }},

	"asmlinkage": {act: nothing},
	"fastcall":   {act: nothing},
	"regparm":    {act: nothing},
}

func nothing(*Machine) {}

func (m *Machine) running() *bytecode.Probe { return &m.prog.Probes[m.probe] }

// probeTypes are SystemTap's names for how probes are made.
var probeTypes = map[points.PointKind]string{
	points.Begin: "begin_end", points.End: "begin_end", points.Error: "begin_end", points.Never: "never",
	points.Timer: "hrtimer", points.SyscallEnter: "tracepoint", points.SyscallExit: "tracepoint",
	points.Profile: "perf", points.Watch: "hwbkpt", points.Counter: "perf", points.Trace: "tracepoint",
	points.FunctionEnter: "kprobe", points.FunctionReturn: "kprobe",
	points.UserEntry: "uprobe", points.UserReturn: "uretprobe",
}

// probedFunction is the function that a point is in, by its name in the point: the
// kernel's function of a system call bears the call's name.
func probedFunction(point string) string {
	if name, ok := argumentOf(point, `kernel.syscall("`); ok {
		return "__x64_sys_" + name
	}
	for _, component := range []string{`.function("`, `.statement("`} {
		if name, ok := argumentOf(point, component); ok {
			name, _, _ = strings.Cut(name, "@")
			return name
		}
	}
	return ""
}

// argumentOf is the text behind what opens a component's argument.
func argumentOf(point, opening string) (string, bool) {
	_, rest, ok := strings.Cut(point, opening)
	name, _, end := strings.Cut(rest, `"`)
	return name, ok && end
}
