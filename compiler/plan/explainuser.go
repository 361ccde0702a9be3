package plan

import (
	"fmt"

	"tapir/lang/builtin"
	"tapir/lang/check"
)

// maxPlaces is how many places in programs explain names of a group.
const maxPlaces = 8

// userLines say at which places in programs probes fire, and what sees them there.
func userLines(group []*Probe) []string {
	how := "uprobe"
	if group[0].IR.Point.User.Instruction {
		how = "uprobe, where it returns,"
	} else if group[0].IR.Point.Kind == builtin.UserReturn {
		how = "uretprobe"
	}
	var lines []string
	for _, p := range group {
		lines = append(lines, how+" at "+userPlace(p.IR.Point.User))
	}
	lines = unique(lines)
	if n := len(lines) - maxPlaces; n > 1 {
		lines = append(lines[:maxPlaces], fmt.Sprintf("… %d more places", n))
	}
	return lines
}

// userPlace names a place in a program.
func userPlace(u *check.User) string {
	text := fmt.Sprintf("%s+%#x", u.File.Path(), u.Offset)
	switch {
	case u.Mark != nil:
		text += fmt.Sprintf(", mark %s:%s", u.Mark.Provider, u.Mark.Name)
	case u.Function != nil:
		text += ", " + u.Function.Plain
	}
	if u.Semaphore != 0 {
		text += fmt.Sprintf(", counted at %#x", u.Semaphore)
	}
	if u.PID != 0 {
		text += fmt.Sprintf(", in process %d", u.PID)
	}
	return text
}
