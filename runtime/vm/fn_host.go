package vm

import "strings"

// host is what the session does for a script, as Options has it.
type host struct {
	system     func(command string)
	switchFile func()
}

// hostFunctions ask the session for something.
var hostFunctions = table{
	"system": {act: func(m *Machine) {
		if m.host.system != nil {
			m.host.system(strings.Clone(m.args.texts[0])) // it outlives the handler
		}
	}},
	"switch_file": {act: func(m *Machine) {
		if m.host.switchFile != nil {
			m.host.switchFile()
		}
	}},
}
