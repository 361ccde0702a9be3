package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/ctype"
	"tapir/lang/library"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// listPoints lists the probe points that -l's or -L's pattern matches, one a line.
// Without a match it fails.
func (f *front) listPoints(o *runFlags) error {
	pattern := cmp.Or(o.list.Value, o.listVars.Value)
	f.flags.text = once{Given: true, Value: "probe " + pattern + " { exit() }"}
	f.flags.keepUnused = true
	files, err := f.parse(nil)
	if err != nil {
		return err
	}
	program, ds := check.Check(f.set, files, f.lib, f.kernel, f.checkOptions())
	if ds.HasErrors() {
		if f.flags.verbose > 0 {
			return f.diagnose(ds)
		}
		return exitStatus(statusFailed)
	}
	var lines []string
	for _, p := range program.Probes {
		line := p.Spelling
		if strings.HasPrefix(p.Point.Name, line[:strings.Index(line+"(", "(")]) && p.Point.Function != nil {
			line = p.Point.Name // the pattern's match
		}
		if o.listVars.Given {
			line += variables(p)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	w := bufio.NewWriter(f.out)
	for _, line := range slices.Compact(lines) {
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

// variables is the variables that a probe point's aliases set, each with a space
// before it.
func variables(p *check.Probe) string {
	var names []string
	for _, l := range p.Locals {
		if !strings.HasPrefix(l.Name, "__") && l.Type.Kind != types.Unknown {
			names = append(names, " "+l.Name+":"+l.Type.Kind.String())
		}
	}
	if p.Point.Kind.IsFile() {
		names = append(names, " $value:string")
	}
	if t := p.Point.Trace; t != nil {
		for _, param := range t.Params {
			names = append(names, " $"+param.Name+":"+param.Type.String())
		}
	}
	if f := p.Point.Function; f != nil && f.Typed && !f.Bare {
		if p.Point.Kind.IsReturn() && f.Result.Kind != ctype.Void {
			names = append(names, " $return:"+f.Result.String())
		}
		for _, param := range f.Params {
			names = append(names, " $"+param.Name+":"+param.Type.String())
		}
	}
	if u := p.Point.User; u != nil {
		names = append(names, userVariables(u, p.Point.Kind)...)
	}
	return strings.Join(names, "")
}

// userVariables is the variables at a place in a program, each with a space before it.
func userVariables(u *check.User, kind builtin.PointKind) []string {
	var names []string
	if u.Mark != nil {
		for i, a := range u.Mark.Args {
			names = append(names, fmt.Sprintf(" $arg%d:%s", i+1, a.Type))
		}
		return names
	}
	if kind == builtin.UserReturn {
		if t, err := u.File.Result(u.Function.Address); err == nil && t != nil {
			names = append(names, " $return:"+t.String())
		}
	}
	vars, err := u.File.Variables(u.Address)
	if err != nil {
		return names // without debug information there are none
	}
	for _, params := range []bool{true, false} {
		for _, v := range vars {
			if v.Param == params && v.Lost == "" {
				names = append(names, " $"+v.Name+":"+v.Type.String())
			}
		}
	}
	return names
}

// probeTypes is the probe points that are no aliases, with the kinds of their
// arguments.
var probeTypes = []string{
	"begin", "begin(number)", "end", "end(number)", "error", "error(number)", "never",
	"kernel.data(number).length(number).rw", "kernel.data(number).length(number).write", "kernel.data(number).rw", "kernel.data(number).write",
	"kernel.data(string).length(number).rw", "kernel.data(string).length(number).write", "kernel.data(string).rw", "kernel.data(string).write",
	"kernel.syscall(string)", "kernel.syscall(string).return", "kernel.trace(string)",
	"kernel.function(string)", "kernel.function(string).call", "kernel.function(string).exported", "kernel.function(string).return",
	"kprobe.function(string)", "kprobe.function(string).return", "kprobe.module(string).function(string)", "kprobe.module(string).function(string).return",
	"module(string).function(string)", "module(string).function(string).call", "module(string).function(string).return", "kernel.tracepoint(string)", "timer.hz(number)",
	"perf.type(number).config(number)", "perf.type(number).config(number).hz(number)", "perf.type(number).config(number).hz(number).process",
	"perf.type(number).config(number).hz(number).process(string)", "perf.type(number).config(number).process",
	"perf.type(number).config(number).process(string)", "perf.type(number).config(number).process(string).counter(string)",
	"perf.type(number).config(number).process.counter(string)", "perf.type(number).config(number).sample(number)",
	"perf.type(number).config(number).sample(number).process", "perf.type(number).config(number).sample(number).process(string)",
	"process.begin", "process.end", "process.function(string)", "process.function(string).call",
	"process.function(string).exported", "process.function(string).return",
	"process.library(string).function(string)", "process.mark(string)", "process.plt", "process.plt(string)",
	"process.plt(string).return", "process.provider(string).mark(string)", "process.statement(number)",
	"process.statement(string)", "process.syscall", "process.syscall.return", "process.thread.begin",
	"process.thread.end",
	"process(number).begin", "process(number).end", "process(number).function(string)",
	"process(number).function(string).call", "process(number).function(string).exported",
	"process(number).function(string).return", "process(number).library(string).function(string)",
	"process(number).mark(string)", "process(number).plt", "process(number).plt(string)",
	"process(number).plt(string).return", "process(number).provider(string).mark(string)",
	"process(number).statement(number)", "process(number).statement(string)", "process(number).syscall",
	"process(number).syscall.return", "process(number).thread.begin", "process(number).thread.end",
	"process(string).begin", "process(string).end", "process(string).function(string)",
	"process(string).function(string).call", "process(string).function(string).exported",
	"process(string).function(string).return", "process(string).library(string).function(string)",
	"process(string).mark(string)", "process(string).plt", "process(string).plt(string)",
	"process(string).plt(string).return", "process(string).provider(string).mark(string)",
	"process(string).statement(number)", "process(string).statement(string)", "process(string).syscall",
	"process(string).syscall.return", "process(string).thread.begin", "process(string).thread.end",
	"procfs.read", "procfs.read.maxsize(number)", "procfs.umask(number).read", "procfs.umask(number).read.maxsize(number)",
	"procfs.umask(number).write", "procfs.write",
	"procfs(string).read", "procfs(string).read.maxsize(number)", "procfs(string).umask(number).read",
	"procfs(string).umask(number).read.maxsize(number)", "procfs(string).umask(number).write", "procfs(string).write",
	"timer.jiffies(number)", "timer.jiffies(number).randomize(number)",
	"timer.ms(number)", "timer.ms(number).randomize(number)", "timer.msec(number)", "timer.msec(number).randomize(number)",
	"timer.ns(number)", "timer.ns(number).randomize(number)", "timer.nsec(number)", "timer.nsec(number).randomize(number)",
	"timer.profile", "timer.profile.freq.hz(number)", "timer.profile.tick",
	"timer.s(number)", "timer.s(number).randomize(number)", "timer.sec(number)", "timer.sec(number).randomize(number)",
	"timer.us(number)", "timer.us(number).randomize(number)", "timer.usec(number)", "timer.usec(number).randomize(number)",
}

// dumpNames lists what there is: probe types, aliases, functions.
func (f *front) dumpNames(d dumps) error {
	if err := f.prepare(nil, nil); err != nil {
		return err
	}
	w := bufio.NewWriter(f.out)
	if d.types {
		for _, name := range probeTypes {
			fmt.Fprintln(w, name)
		}
	}
	if d.aliases {
		for _, name := range f.lib.AliasNames() {
			fmt.Fprintln(w, aliasLine(f.lib, name))
		}
	}
	if d.functions {
		for _, line := range f.functionLines() {
			fmt.Fprintln(w, line)
		}
	}
	return w.Flush()
}

// aliasLine is an alias with the points that it stands for.
func aliasLine(lib *library.Library, name string) string {
	var points []string
	for _, d := range lib.Alias(name) {
		for _, p := range d.Points {
			points = append(points, syntax.PointString(p))
		}
	}
	return name + " = " + strings.Join(points, ", ")
}

// functionLines is the signatures of all functions but the internal ones, sorted.
func (f *front) functionLines() []string {
	var lines []string
	for i := range builtin.Functions {
		if b := &builtin.Functions[i]; !strings.HasPrefix(b.Name, "_") {
			lines = append(lines, builtinLine(b))
		}
	}
	for _, name := range f.lib.FunctionNames() {
		if strings.HasPrefix(name, "_") {
			continue
		}
		for _, d := range f.lib.Function(name) {
			lines = append(lines, functionLine(d))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func builtinLine(b *builtin.Func) string {
	var params []string
	for i, name := range strings.Fields(b.Names) {
		params = append(params, name+":"+b.Params[i].String())
	}
	result := b.Result
	if result == types.Void {
		result = types.Unknown // as SystemTap has it
	}
	return fmt.Sprintf("%s:%s (%s)", b.Name, result, strings.Join(params, ", "))
}

func functionLine(d *syntax.FuncDecl) string {
	var params []string
	for _, p := range d.Params {
		params = append(params, p.Name+":"+typeName(p.Type))
	}
	return fmt.Sprintf("%s:%s (%s)", d.Name, typeName(d.Result), strings.Join(params, ", "))
}

// typeName is a type as a signature has it.
func typeName(t syntax.TypeName) string {
	switch t {
	case syntax.LongType:
		return types.Long.String()
	case syntax.StringType:
		return types.String.String()
	}
	return types.Unknown.String()
}
