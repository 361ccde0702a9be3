package main

import (
	"os"
	"os/exec"
)

// A job is something to be done about each of the load's calls, in several ways.
type job struct {
	name   string
	floor  string // the name of the programs made by hand; "": none
	script string // tapir's
	peer   string // bpftrace's; "": none
	hand   aim    // aims of the cost in the call
	other  aim
	// delivers says that every call prints a line. Then there are rows for the reader
	// and for the events a second too.
	delivers bool
}

// delivering is the script of what prints a line a call.
const delivering = `probe kernel.syscall("getppid") { printf("%s %d %d\n", execname(), pid(), gettimeofday_us()) }`

var jobs = []job{
	{
		name: "rejected by number", floor: "empty", hand: 1.05, other: 0.22,
		script: `probe kernel.syscall("acct") { printf("%d\n", pid()) }`,
		peer:   `tracepoint:raw_syscalls:sys_enter /args->id == 9999/ { printf("%d\n", pid) }`,
	},
	{
		name: "rejected by execname", floor: "other name", hand: 1.1, other: 0.22,
		script: `probe kernel.syscall("getppid") { if (execname() == "nobody") printf("%d\n", pid()) }`,
		peer:   `tracepoint:raw_syscalls:sys_enter /comm == "nobody"/ { printf("%d\n", pid) }`,
	},
	{
		name: "rejected by pid", floor: "other pid", hand: 1.1, other: 0.22,
		script: `probe kernel.syscall("getppid") { if (pid() == 1) printf("%d\n", pid()) }`,
		peer:   `tracepoint:raw_syscalls:sys_enter /pid == 1/ { printf("%d\n", pid) }`,
	},
	{
		name: "the other calls, one rare call probed", floor: rareFloor, hand: 1.1,
		script: `global n probe kernel.syscall("acct") { n++ }`,
		peer:   `tracepoint:syscalls:sys_enter_acct { @ = count() }`,
	},
	{
		name: "the other calls, one rare call's return probed", floor: "empty return",
		script: `global n probe kernel.syscall("acct").return { n++ }`,
		peer:   `tracepoint:syscalls:sys_exit_acct { @ = count() }`,
	},
	{
		name: "count", floor: "count", hand: 1.05, other: 0.2,
		script: `global n probe kernel.syscall("getppid") { n++ }`,
		peer:   `tracepoint:syscalls:sys_enter_getppid { @ = count() }`,
	},
	{
		name: "count, of 64-bit programs alone", floor: "count of 64-bit",
		script: `global n probe kernel.syscall("getppid") { n++ }`,
	},
	{
		name: "count, that a timer reads", floor: "count",
		script: `global n probe kernel.syscall("getppid") { n++ } probe timer.s(1) { println(n) }`,
	},
	{
		name: "count by execname", floor: "by name", hand: 1.1, other: 0.24,
		script: `global n probe kernel.syscall("getppid") { n[execname()]++ }`,
		peer:   `tracepoint:syscalls:sys_enter_getppid { @[comm] = count() }`,
	},
	{
		name: "histogram", floor: "histogram", hand: 1.1, other: 0.25,
		script: `global h probe kernel.syscall("getppid") { h <<< cpu_clock_ns() & 1023 } probe end { print(@hist_log(h)) }`,
		peer:   `tracepoint:syscalls:sys_enter_getppid { @ = hist(nsecs & 1023) }`,
	},
	{
		name: "latency histogram, entry to return", floor: "latency", hand: 1.2, other: 0.4,
		script: `global start, h
probe kernel.syscall("getppid") { start[tid()] = cpu_clock_ns() }
probe kernel.syscall("getppid").return { if (tid() in start) { h <<< cpu_clock_ns() - start[tid()]; delete start[tid()] } }
probe end { print(@hist_log(h)) }`,
		peer: `tracepoint:syscalls:sys_enter_getppid { @s[tid] = nsecs } tracepoint:syscalls:sys_exit_getppid /@s[tid]/ { @ = hist(nsecs - @s[tid]); delete(@s[tid]) }`,
	},
	{
		name: "printf of three values", floor: deliverFloor, hand: 1.2, other: 0.05, delivers: true,
		script: delivering,
		peer:   `tracepoint:syscalls:sys_enter_getppid { printf("%s %d %d\n", comm, pid, nsecs / 1000) }`,
	},
}

// rareFloor is the floor of the calls that are not probed: the tracepoint of another
// call. It needs tracefs.
const rareFloor = "tracepoint of another call"

// hasPeer reports whether the peer is there. It finds system calls in tracefs.
func hasPeer() bool {
	_, err := exec.LookPath(peer)
	return err == nil && hasTracefs()
}

func hasTracefs() bool {
	_, err := os.Stat(tracefs + "/events/syscalls")
	return err == nil
}

const tracefs = "/sys/kernel/tracing"

// can reports whether the job can be done in a way here.
func (j *job) can(w way) bool {
	switch w {
	case byHand:
		return j.floor != "" && (j.floor != rareFloor || hasTracefs())
	case byTapir:
		return true
	case byPeer:
		return j.peer != "" && hasPeer()
	}
	return false
}
