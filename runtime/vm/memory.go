package vm

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"sync"

	"tapir/bpf/layout"
	"tapir/compiler/bytecode"
	facts "tapir/lang/builtin"
	"tapir/runtime/decode"
)

// efault is the kernel's EFAULT: what a read of memory fails with where the
// record does not say.
const efault = 14

// word is the value of long load n: from the record, or about tapir itself in a
// probe whose events don't carry it.
func (m *Machine) word(n int) int64 {
	l := &m.prog.Loads[n]
	if l.Capture >= 0 && l.Capture < len(m.slots) {
		if s := &m.slots[l.Capture]; s.Present {
			if n := m.faultOf(s); n >= 0 {
				m.fault, m.faulty = m.readFault(), n
			}
			return wordAt(m.recordOf(s), s)
		}
	}
	return m.self.Long(l.Name)
}

// faultOf is the number of the read for which the kernel could not have the value, or -1.
func (m *Machine) faultOf(s *bytecode.Slot) int {
	for i, f := range s.Faults {
		word := uint64(m.faults)
		if f.At > 0 {
			word = binary.LittleEndian.Uint64(m.record[f.At:])
		}
		if word&f.Bit != 0 {
			return i
		}
	}
	return -1
}

// kernelFault is the error of what can't be read in the kernel's memory.
const kernelFault = "kernel read fault"

// variableFault is the error of what can't be read of a program's variables.
const variableFault = "user read fault"

// readFault is the error of what can't be read of variables.
func (m *Machine) readFault() string {
	if m.running().Kind.IsUser() {
		return variableFault
	}
	return kernelFault
}

// recordOf is the record that has a slot: the event's, or that of the call's entry.
func (m *Machine) recordOf(s *bytecode.Slot) []byte {
	if s.AtEntry {
		return m.entry
	}
	return m.record
}

// wordAt is the number in a field of a record; 0 if it has none.
func wordAt(record []byte, s *bytecode.Slot) int64 {
	if len(record) < s.Offset+8 {
		return 0
	}
	switch s.Kind {
	case layout.Int:
		return int64(int32(binary.LittleEndian.Uint32(record[s.Offset:])))
	case layout.Uint:
		return int64(binary.LittleEndian.Uint32(record[s.Offset:]))
	}
	return int64(binary.LittleEndian.Uint64(record[s.Offset:]))
}

// name is word for a task's name.
func (m *Machine) name(n int) string {
	l := &m.prog.Loads[n]
	if l.Capture >= 0 && l.Capture < len(m.slots) {
		if s := &m.slots[l.Capture]; s.Present {
			record := m.recordOf(s)
			if len(record) < s.Offset+layout.CommSize {
				return ""
			}
			return m.cstring(record[s.Offset : s.Offset+layout.CommSize])
		}
	}
	text := m.self.Text(l.Name)
	return text[:min(len(text), m.maxLen)]
}

// read gives the bytes that the event carries for the function that runs. Where
// they could not be read, errno says why, and the failure is counted, unless the
// program named no address: of NULL nothing was lost. Functions call it only when they
// need the bytes.
func (m *Machine) read() (b []byte, errno int64) {
	if b, errno = m.captured(); errno != 0 && (m.args.call.Args == 0 || m.args.ints[0] != 0) {
		m.readErrors[m.probe]++
	}
	return b, errno
}

// captured is read for functions beside which another one counts the failure.
func (m *Machine) captured() (b []byte, errno int64) {
	c := m.args.call
	if c.Late != nil {
		return m.readLate(c.Late)
	}
	if c.Window != nil {
		return m.lookUp(c.Window, c.Size)
	}
	s, ok := m.field(c.Capture)
	if !ok {
		return nil, efault
	}
	return memoryAt(m.recordOf(s), s.Offset)
}

// readLate reads the kernel's memory now, for a handler that is at no event.
func (m *Machine) readLate(r *facts.Read) ([]byte, int64) {
	n := r.Size
	switch {
	case r.CString:
		n = r.Max
	case n == 0:
		n = int(min(max(m.args.ints[r.LenArg], 0), int64(r.Max)))
	}
	if m.kernel == nil {
		return nil, efault
	}
	b, errno := m.kernel(uint64(m.args.ints[0]), n, r.CString)
	return bytes.Clone(b), errno
}

// lookUp finds bytes that the event carries by the address that is wanted. It is an error
// of the script if they are not among them.
func (m *Machine) lookUp(w *bytecode.Window, size int) ([]byte, int64) {
	base, ok := m.field(w.Base)
	if !ok {
		return nil, efault
	}
	start, n := uint64(wordAt(m.recordOf(base), base)), uint64(size)
	from := uint64(m.args.ints[0]) - start
	if from > facts.PageSize-n {
		return m.unknown(start)
	}
	split := facts.PageSize - start%facts.PageSize // where the first part ends
	b := m.found[:0]
	for i, span := range [...][2]uint64{{0, split}, {split, facts.PageSize}} {
		if from >= span[1] || from+n <= span[0] {
			continue
		}
		s, ok := m.field(w.Parts[i])
		if !ok {
			return nil, efault
		}
		part, errno := memoryAt(m.recordOf(s), s.Offset)
		low, high := max(from, span[0])-span[0], min(from+n, span[1])-span[0]
		switch {
		case errno != 0:
			return nil, errno
		case high > uint64(len(part)):
			return m.unknown(start)
		}
		b = append(b, part[low:high]...)
	}
	m.found = b
	return b, 0
}

// unknown is the error of what is outside of the bytes from start on that the event
// carries.
func (m *Machine) unknown(start uint64) ([]byte, int64) {
	b := decode.AppendAddress([]byte("what was at "), uint64(m.args.ints[0]))
	b = append(b, " is not known: the event has what was at "...)
	b = append(decode.AppendAddress(b, start), " and in the "...)
	m.fault = string(append(strconv.AppendInt(b, facts.PageSize-1, 10), " bytes behind it"...))
	return nil, efault
}

// field is where the event has capture c.
func (m *Machine) field(c int) (s *bytecode.Slot, ok bool) {
	if c < 0 || c >= len(m.slots) || !m.slots[c].Present {
		return nil, false
	}
	return &m.slots[c], true
}

// memoryAt reads a Memory field whose fixed part is at off; see layout.Record.
func memoryAt(record []byte, off int) ([]byte, int64) {
	if len(record) < off+8 {
		return nil, efault
	}
	at := int64(binary.LittleEndian.Uint32(record[off:]))
	n := int64(int32(binary.LittleEndian.Uint32(record[off+4:])))
	switch {
	case n < 0:
		return nil, -n
	case at+n > int64(len(record)):
		return nil, efault // not what the kernel side writes
	}
	return record[at : at+n], 0
}

// cstring is what stands before the first NUL of b, cut to a string's length.
func (m *Machine) cstring(b []byte) string {
	b = b[:min(len(b), m.maxLen)]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return view(b)
}

// memory has the functions of what the traced program's memory holds. The
// address is their first argument.
var memory = table{
	"user_string":        {text: userString},
	"user_string_n":      {text: userStringN},
	"_string_nofault":    {text: stringNofault},
	"user_string_quoted": {append: quotedString},
	"user_buffer_quoted": {append: quotedBuffer},

	"user_string_n_quoted":     {append: quotedPart},
	"user_buffer_quoted_error": {append: quotedBufferOrError},
	"_user_fault":              {append: userFault},
	"_wide":                    {append: wideString},
	"_wide_fault":              {append: wideFault},

	"_string_vector": {append: stringVector},
	"_arguments":     {append: someArguments},
	"_variable":      {append: environment},
	"_user_memory":   {text: memoryDump("user")},
	"_kernel_memory": {text: memoryDump("kernel")},

	"user_int8":   {long: signed},
	"user_int16":  {long: signed},
	"user_int32":  {long: signed},
	"user_int64":  {long: signed},
	"user_uint8":  {long: unsigned},
	"user_uint16": {long: unsigned},
	"user_uint32": {long: unsigned},
	"user_uint64": {long: unsigned},
	"user_char":   {long: signed},
	"user_short":  {long: signed},
	"user_int":    {long: signed},
	"user_long":   {long: signed},

	"_ptrace_iovec":  {append: ptraceArgs(decode.AppendPtrace)},
	"_ptrace_iovec5": {append: ptraceArgs(decode.AppendPtrace5)},
}

// userString fails if the string cannot be read and no other is given for that.
func userString(m *Machine) string {
	b, errno := m.read()
	switch {
	case errno == 0:
		return m.cstring(b)
	case m.args.call.Args > 1:
		return m.args.texts[0]
	}
	m.stringFault(errno)
	return ""
}

func (m *Machine) stringFault(errno int64) {
	m.buf = m.appendFault(m.buf[:0], "string", errno)
	m.fault = string(m.buf)
}

// appendFault appends the message that something could not be read.
func (m *Machine) appendFault(dst []byte, what string, errno int64) []byte {
	return appendUserFault(dst, what, errno, uint64(m.args.ints[0]))
}

func appendUserFault(dst []byte, what string, errno int64, addr uint64) []byte {
	dst = append(append(append(dst, "user "...), what...), " copy fault -"...)
	dst = strconv.AppendInt(dst, errno, 10)
	return decode.AppendAddress(append(dst, " at "...), addr)
}

// userFault is the message alone: the function that reads the number counts.
func userFault(m *Machine, dst []byte) []byte {
	if _, errno := m.captured(); errno != 0 {
		return m.appendFault(dst, m.args.texts[0], errno)
	}
	return dst
}

func userStringN(m *Machine) string {
	b, errno := m.read()
	switch {
	case errno == 0:
		s := m.cstring(b)
		return s[:min(int64(len(s)), max(m.args.ints[1], 0))]
	case m.args.call.Args > 2:
		return m.args.texts[0]
	}
	m.stringFault(errno)
	return ""
}

func stringNofault(m *Machine) string {
	b, errno := m.read()
	if errno != 0 {
		return ""
	}
	return m.cstring(b)
}

func quotedString(m *Machine, dst []byte) []byte {
	b, errno := m.read()
	if errno != 0 {
		return decode.AppendAddress(dst, uint64(m.args.ints[0]))
	}
	return decode.AppendQuoted(dst, b, m.maxLen)
}

// wideString counts if the bytes could not be read; what is no Unicode is nothing.
func wideString(m *Machine, dst []byte) []byte {
	b, errno := m.read()
	if errno != 0 {
		return dst
	}
	if text, ok := decode.AppendWide(dst, b, m.args.ints[2]); ok {
		return text
	}
	return dst
}

// wideFault is the message alone.
func wideFault(m *Machine, dst []byte) []byte {
	b, errno := m.captured()
	if errno != 0 {
		return m.appendFault(dst, "string", errno)
	}
	text, ok := decode.AppendWide(dst, b, m.args.ints[2])
	if dst = text[:len(dst)]; !ok {
		dst = decode.AppendAddress(append(dst, "user string conversion error at "...), uint64(m.args.ints[0]))
	}
	return dst
}

// quotedPart: address, most bytes of the string, most bytes of text, for which the
// second number does if it stands alone.
func quotedPart(m *Machine, dst []byte) []byte {
	b, errno := m.read()
	if errno != 0 {
		return decode.AppendAddress(dst, uint64(m.args.ints[0]))
	}
	limit := m.textLimit(m.args.ints[m.args.call.Args-1])
	b = b[:min(int64(len(b)), max(m.args.ints[1], 0))]
	return decode.AppendQuoted(dst, b, limit)
}

// quotedBuffer: address, bytes wanted, most bytes of text.
func quotedBuffer(m *Machine, dst []byte) []byte {
	b, errno := m.read()
	if errno != 0 {
		return decode.AppendAddress(dst, uint64(m.args.ints[0]))
	}
	return decode.AppendQuotedBuffer(dst, b, m.args.ints[1], m.textLimit(m.args.ints[2]))
}

func quotedBufferOrError(m *Machine, dst []byte) []byte {
	b, errno := m.read()
	if errno != 0 {
		m.fault = string(m.appendFault(dst, "buffer", errno)[len(dst):])
		return dst
	}
	return decode.AppendQuotedBuffer(dst, b, m.args.ints[1], m.textLimit(m.args.ints[2]))
}

// textLimit is how long a text may be if the script wants at most n bytes.
func (m *Machine) textLimit(n int64) int {
	if n > 0 && n < int64(m.maxLen) {
		return int(n)
	}
	return m.maxLen
}

// stringVector takes no vector for an empty one, as execve does.
func stringVector(m *Machine, dst []byte) []byte {
	if m.args.ints[0] == 0 {
		return append(dst, "[]"...)
	}
	b, errno := m.read()
	if errno != 0 {
		return append(decode.AppendAddress(append(dst, '['), uint64(m.args.ints[0])), ']')
	}
	return decode.AppendVector(dst, b)
}

// someArguments: address, bytes, first, last and what stands between them. Nothing is
// there if it can't be read.
func someArguments(m *Machine, dst []byte) []byte {
	b, errno := m.read()
	if errno != 0 {
		return dst
	}
	return decode.AppendStrings(dst, b, m.args.ints[2], m.args.ints[3], m.args.texts[0])
}

// environment: address, bytes, and the name of a variable among them.
func environment(m *Machine, dst []byte) []byte {
	b, errno := m.read()
	if errno != 0 {
		return dst
	}
	value := decode.Variable(b, m.args.texts[0])
	return append(dst, value[:min(len(value), m.maxLen)]...)
}

// memoryDump gives the bytes at an address in one of the spaces, NULs and all: what
// it gives is printed at once.
func memoryDump(space string) func(*Machine) string {
	return func(m *Machine) string {
		if n := m.args.ints[1]; n > facts.PageSize {
			m.fault = strconv.FormatInt(n, 10) + " is too many bytes for a memory dump"
			return ""
		}
		b, errno := m.read()
		if errno != 0 {
			m.fault = string(decode.AppendAddress([]byte(space+" read fault at "), uint64(m.args.ints[0])))
			return ""
		}
		return view(b)
	}
}

// signed is the number that was read, or 0.
func signed(m *Machine) int64 {
	b, _ := m.read()
	switch len(b) {
	case 1:
		return int64(int8(b[0]))
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	case 8:
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

func unsigned(m *Machine) int64 {
	b, _ := m.read()
	switch len(b) {
	case 1:
		return int64(b[0])
	case 2:
		return int64(binary.LittleEndian.Uint16(b))
	case 4:
		return int64(binary.LittleEndian.Uint32(b))
	case 8:
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

var ptraceSets = sync.OnceValue(func() *decode.PtraceSets {
	return &decode.PtraceSets{
		Signals: flagSet("signals"), Options: flagSet("ptrace_options"),
		Notes: flagSet("elf_notes"), Arch: flagSet("arch_prctl"),
	}
})

// ptraceArgs is the code of a decoder of ptrace's arguments: data, request, pid,
// addr, and for the requests that have an iovec at data, what was read there.
func ptraceArgs(appendArgs func([]byte, *decode.PtraceSets, decode.Ptrace) []byte) func(*Machine, []byte) []byte {
	return func(m *Machine, dst []byte) []byte {
		a := m.args.ints
		p := decode.Ptrace{Request: a[1], Pid: a[2], Addr: uint64(a[3]), Data: uint64(a[0])}
		if s, ok := m.field(m.args.call.Capture); ok {
			p.Iovec, _ = memoryAt(m.recordOf(s), s.Offset)
		}
		return appendArgs(dst, ptraceSets(), p)
	}
}
