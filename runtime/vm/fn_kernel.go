package vm

import (
	"cmp"

	"tapir/runtime/decode"
)

// kernelFunctions read the kernel's memory, or variables of programs. Unlike with other
// reads of a program's memory, what can't be read is an error.
var kernelFunctions = table{
	"kernel_string":        {text: kernelString(1)},
	"kernel_string_n":      {text: kernelString(2)},
	"kernel_string_quoted": {append: quotedString},

	"_path":    {append: entryPath},
	"_task_of": {long: unsigned},

	"kernel_int8":   {long: orFault(kernelFault, signed)},
	"kernel_int16":  {long: orFault(kernelFault, signed)},
	"kernel_int32":  {long: orFault(kernelFault, signed)},
	"kernel_int64":  {long: orFault(kernelFault, signed)},
	"kernel_uint8":  {long: orFault(kernelFault, unsigned)},
	"kernel_uint16": {long: orFault(kernelFault, unsigned)},
	"kernel_uint32": {long: orFault(kernelFault, unsigned)},
	"kernel_uint64": {long: orFault(kernelFault, unsigned)},
	"_user_int8":    {long: orFault(variableFault, signed)},
	"_user_int16":   {long: orFault(variableFault, signed)},
	"_user_int32":   {long: orFault(variableFault, signed)},
	"_user_int64":   {long: orFault(variableFault, signed)},
	"_user_uint8":   {long: orFault(variableFault, unsigned)},
	"_user_uint16":  {long: orFault(variableFault, unsigned)},
	"_user_uint32":  {long: orFault(variableFault, unsigned)},
	"_user_uint64":  {long: orFault(variableFault, unsigned)},

	"kernel_char":    {long: orFault(kernelFault, signed)},
	"kernel_short":   {long: orFault(kernelFault, signed)},
	"kernel_int":     {long: orFault(kernelFault, signed)},
	"kernel_long":    {long: orFault(kernelFault, signed)},
	"kernel_pointer": {long: orFault(kernelFault, unsigned)},
}

// entryPath is nothing if the entry itself can't be read.
func entryPath(m *Machine, dst []byte) []byte {
	b, errno := m.read()
	if errno != 0 || len(b) == 0 {
		return dst
	}
	return decode.AppendPath(dst, b)
}

// orFault is a function that raises an error where there is nothing to read.
func orFault(fault string, read func(*Machine) int64) func(*Machine) int64 {
	return func(m *Machine) int64 {
		if _, errno := m.captured(); errno != 0 {
			m.readErrors[m.probe]++
			m.fault = cmp.Or(m.fault, fault)
			return 0
		}
		return read(m)
	}
}

// kernelString is a function of n numbers, of which the second, if it has two, bounds
// the string, and perhaps a text for what can't be read.
func kernelString(n int) func(*Machine) string {
	return func(m *Machine) string {
		b, errno := m.read()
		switch {
		case errno == 0:
			s := m.cstring(b)
			if n == 2 {
				s = s[:min(int64(len(s)), max(m.args.ints[1], 0))]
			}
			return s
		case m.args.call.Args > n:
			return m.args.texts[0]
		}
		m.fault = string(appendKernelTextFault(nil, uint64(m.args.ints[0])))
		return ""
	}
}

func appendKernelTextFault(dst []byte, addr uint64) []byte {
	return decode.AppendAddress(append(dst, "kernel string copy fault at "...), addr)
}
