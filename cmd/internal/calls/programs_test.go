package calls

import (
	"maps"
	"slices"
	"strings"
)

// programs are the programs that are traced, by subject.
func programs() []program {
	return []program{
		{name: "open", run: openCalls},
		{name: "path", run: pathCalls},
		{name: "buffer", run: bufferCalls},
		{name: "read", run: readCalls},
		{name: "seek", run: seekCalls},
		{name: "copy", run: copyCalls},
		{name: "fd", run: fdCalls},
		{name: "stat", run: statCalls},
		{name: "name", run: nameCalls},
		{name: "owner", run: ownerCalls},
		{name: "folder", run: folderCalls},
		{name: "attribute", run: attributeCalls},
		{name: "watch", run: watchCalls},
		{name: "mount", run: mountCalls},
		{name: "map", run: mapCalls},
		{name: "policy", run: policyCalls},
		{name: "fork", run: forkCalls},
		{name: "exec", run: execCalls},
		{name: "wait", run: waitCalls},
		{name: "identity", run: identityCalls},
		{name: "limit", run: limitCalls},
		{name: "sched", run: schedCalls},
		{name: "prctl", run: prctlCalls},
		{name: "ptrace", run: ptraceCalls},
		{name: "ptrace as stap", run: ptraceAsStap, asStap: true},
		{name: "kill", run: killCalls},
		{name: "signal", run: signalCalls},
		{name: "clock", run: clockCalls},
		{name: "timer", run: timerCalls},
		{name: "socket", run: socketCalls},
		{name: "message", run: messageCalls},
		{name: "poll", run: pollCalls},
		{name: "ipc", run: ipcCalls},
		{name: "futex", run: futexCalls},
		{name: "key", run: keyCalls},
		{name: "machine", run: machineCalls},
		{name: "filled", run: filledCalls, atReturn: true},
		{name: "filled answers", run: filledAnswers, atReturn: true},
		{name: "filled addresses", run: filledAddresses, atReturn: true},
		{name: "newest files", run: newestFileCalls},
		{name: "newest mounts", run: newestMountCalls},
		{name: "newest processes", run: newestProcessCalls},
		{name: "newest security", run: newestSecurityCalls},
	}
}

// joined is a set in words.
func joined(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}
