package vm

import (
	"bytes"
	"strconv"
	"sync"

	"tapir/bpf/target"
)

// numberFunctions give numbers their names, and random ones.
var numberFunctions = table{
	"randint": {long: func(m *Machine) int64 {
		if n := m.args.ints[0]; n > 0 {
			return m.self.Random(n)
		}
		return 0
	}},
	"syscall_name": {text: func(m *Machine) string { return systemCalls().names[m.args.ints[0]] }},
	"syscall_num": {long: func(m *Machine) int64 {
		if number, ok := systemCalls().numbers[m.args.texts[0]]; ok {
			return number
		}
		return -1
	}},
	"sigset_mask_str": {append: func(m *Machine, dst []byte) []byte { return appendSignals(dst, uint64(m.args.ints[0])) }},
}

// appendSignals appends the numbers of a set of signals, of which the lowest bit
// is signal 1.
func appendSignals(dst []byte, set uint64) []byte {
	for n := int64(1); set != 0; n++ {
		if set&1 != 0 {
			dst = append(strconv.AppendInt(dst, n, 10), ',')
		}
		set >>= 1
	}
	return bytes.TrimSuffix(dst, []byte(","))
}

// callNames is the table of system calls in both directions.
type callNames struct {
	names   map[int64]string
	numbers map[string]int64
}

// systemCalls has every call of the machine's architecture, whether or not the
// running kernel knows it.
var systemCalls = sync.OnceValue(func() callNames {
	k := target.Fixed()
	c := callNames{map[int64]string{}, map[string]int64{}}
	for _, name := range k.SyscallNames() {
		if number, ok := k.SyscallNumber(name); ok {
			c.names[int64(number)] = name
			c.numbers[name] = int64(number)
		}
	}
	return c
})
