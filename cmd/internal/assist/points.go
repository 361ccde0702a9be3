package assist

import "slices"

// PointTypes is the probe points that are no aliases, with the kinds of their arguments.
func PointTypes() []string { return slices.Clone(pointTypes[:]) }

var pointTypes = [...]string{
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
	"timer.jiffies(number)", "timer.jiffies(number).randomize(number)",
	"timer.ms(number)", "timer.ms(number).randomize(number)", "timer.msec(number)", "timer.msec(number).randomize(number)",
	"timer.ns(number)", "timer.ns(number).randomize(number)", "timer.nsec(number)", "timer.nsec(number).randomize(number)",
	"timer.profile", "timer.profile.freq.hz(number)", "timer.profile.tick",
	"timer.s(number)", "timer.s(number).randomize(number)", "timer.sec(number)", "timer.sec(number).randomize(number)",
	"timer.us(number)", "timer.us(number).randomize(number)", "timer.usec(number)", "timer.usec(number).randomize(number)",
}
