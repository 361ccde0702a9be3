package vm

import (
	"tapir/compiler/bytecode"
	points "tapir/lang/builtin"
)

// probeFunctions tell about the probe whose handler runs.
var probeFunctions = table{
	"pp":         {text: func(m *Machine) string { return m.running().Point }},
	"pn":         {text: func(m *Machine) string { return m.running().Name }},
	"ppfunc":     {text: func(m *Machine) string { return points.ProbedFunction(m.running().Point) }},
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
	points.FileRead: "procfs", points.FileWrite: "procfs", points.InputChar: "procfs", points.InputLine: "procfs",
	points.Profile: "perf", points.Watch: "hwbkpt", points.Counter: "perf", points.Trace: "tracepoint",
	points.FunctionEnter: "kprobe", points.FunctionReturn: "kprobe",
	points.UserEntry: "uprobe", points.UserReturn: "uretprobe",
}
