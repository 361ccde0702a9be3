package calls

import (
	"maps"
	"slices"
	"strings"
)

// programs are the programs that are traced, by subject.
func programs() []program {
	return []program{
		{"open", openCalls},
		{"path", pathCalls},
		{"buffer", bufferCalls},
		{"read", readCalls},
		{"seek", seekCalls},
		{"copy", copyCalls},
		{"fd", fdCalls},
		{"stat", statCalls},
		{"name", nameCalls},
		{"owner", ownerCalls},
		{"folder", folderCalls},
		{"attribute", attributeCalls},
		{"watch", watchCalls},
		{"mount", mountCalls},
		{"map", mapCalls},
		{"policy", policyCalls},
		{"fork", forkCalls},
		{"exec", execCalls},
		{"wait", waitCalls},
		{"identity", identityCalls},
		{"limit", limitCalls},
		{"sched", schedCalls},
		{"prctl", prctlCalls},
		{"ptrace", ptraceCalls},
		{"kill", killCalls},
		{"signal", signalCalls},
		{"clock", clockCalls},
		{"timer", timerCalls},
		{"socket", socketCalls},
		{"message", messageCalls},
		{"poll", pollCalls},
		{"ipc", ipcCalls},
		{"futex", futexCalls},
		{"key", keyCalls},
		{"machine", machineCalls},
		{"newest files", newestFileCalls},
		{"newest mounts", newestMountCalls},
		{"newest processes", newestProcessCalls},
		{"newest security", newestSecurityCalls},
	}
}

// joined is a set in words.
func joined(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}
