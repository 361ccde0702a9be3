package vm

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"tapir/bpf/callframe"
	facts "tapir/lang/builtin"
	"tapir/runtime/decode"
	"tapir/runtime/symbol"
	"tapir/runtime/unwind"
)

// stackFunctions tell about stacks and the addresses in them.
var stackFunctions = table{
	"backtrace":  {text: func(m *Machine) string { return m.remembered(m.kernelStack(), -1, origin{kernel: true}) }},
	"ubacktrace": {text: func(m *Machine) string { return m.programStack(-1) }},
	"callers": {text: func(m *Machine) string {
		return m.remembered(m.kernelStack(), m.args.ints[0], origin{kernel: true})
	}},
	"ucallers": {text: func(m *Machine) string { return m.programStack(m.args.ints[0]) }},
	"stack":    {long: func(m *Machine) int64 { return atDepth(m.kernelStack(), m.args.ints[0]) }},
	"ustack": {long: func(m *Machine) int64 {
		addresses, _ := m.userStack()
		return atDepth(addresses, m.args.ints[0])
	}},
	"uaddr": {long: func(m *Machine) int64 {
		addresses, _ := m.userStack()
		return atDepth(addresses, 0)
	}},

	"_backtrace_lines":  {text: func(m *Machine) string { return m.lines(m.kernelStack(), origin{kernel: true}) }},
	"_ubacktrace_lines": {text: func(m *Machine) string { return m.lines(m.userStack()) }},
	"sprint_backtrace":  {append: func(m *Machine, dst []byte) []byte { return m.brief(dst, m.kernelStack(), origin{kernel: true}) }},
	"sprint_ubacktrace": {append: func(m *Machine, dst []byte) []byte {
		addresses, o := m.userStack()
		return m.brief(dst, addresses, o)
	}},

	"_stack_lines":   {text: func(m *Machine) string { return m.lines(m.addresses(m.args.texts[0]), origin{kernel: true}) }},
	"_ustack_lines":  {text: func(m *Machine) string { return m.lines(m.addresses(m.args.texts[0]), m.originOf(m.args.texts[0])) }},
	"sprint_stack":   {append: briefKernel},
	"sprint_syms":    {append: briefKernel},
	"_sprint_ustack": {append: briefUser},

	"symname": {append: func(m *Machine, dst []byte) []byte {
		return m.atKernel().AppendName(dst, uint64(m.args.ints[0]))
	}},
	"symdata": {append: func(m *Machine, dst []byte) []byte {
		return m.atKernel().AppendData(dst, uint64(m.args.ints[0]))
	}},
	"modname": {text: func(m *Machine) string { return moduleOf(m.atKernel()) }},
	"_usymname": {append: func(m *Machine, dst []byte) []byte {
		return m.atUser().AppendName(dst, uint64(m.args.ints[0]))
	}},
	"_usymdata": {append: func(m *Machine, dst []byte) []byte {
		return m.atUser().AppendData(dst, uint64(m.args.ints[0]))
	}},
	"_umodname":     {text: func(m *Machine) string { return moduleOf(m.atUser()) }},
	"_usymfile":     {append: lineOf(true, false)},
	"_usymline":     {append: lineOf(false, true)},
	"_usymfileline": {append: lineOf(true, true)},
	"_symbol_address": {long: func(m *Machine) int64 {
		return int64(m.kernelNames().KernelAddress(m.args.texts[0]))
	}},
}

// origin is what the addresses of a stack mean something to.
type origin struct {
	kernel bool
	pid    int   // a program's
	at     int64 // time of the monotonic clock
}

// stackState is what is known of addresses and stacks.
type stackState struct {
	symbols   symbol.Names
	addresses []uint64          // of the stack at hand
	walked    []uint64          // the same, by the copy of a stack
	origins   map[string]origin // of the stacks that the script has as strings
	unowned   uint64            // stacks in strings that were too many to remember whose they are
	warned    bool              // that the kernel's symbols can't be had
}

// maxOrigins is how many stacks are remembered as strings.
const maxOrigins = 1 << 16

// UnownedStacks is how many times a program's stack became a string when there were too
// many different ones to remember whose it is: the end probe can't name it.
func (m *Machine) UnownedStacks() uint64 { return m.library.stacks.unowned }

// names are the symbols of the session.
func (m *Machine) names() symbol.Names {
	s := &m.library.stacks
	if s.symbols == nil {
		s.symbols = symbol.New(nil)
	}
	return s.symbols
}

// kernelNames are names for those of the kernel. That they can't be had is said once.
func (m *Machine) kernelNames() symbol.Names {
	if err := m.names().Err(); err != nil && !m.library.stacks.warned {
		m.library.stacks.warned = true
		if m.warn != nil {
			m.warn(err.Error())
		}
	}
	return m.names()
}

func (m *Machine) atKernel() symbol.Symbol {
	return m.kernelNames().InKernel(uint64(m.args.ints[0]))
}

// atUser is what lies at an address of a process at a time: the arguments.
func (m *Machine) atUser() symbol.Symbol {
	a := m.args.ints
	return m.names().User(int(a[1]), uint64(a[0]), a[2])
}

// at is what lies at the i-th address of a stack. All but the first are those to which
// calls return; the call before may be the last that a function does, and the address
// then lies in the next one.
func (m *Machine) at(i int, address uint64, o origin) symbol.Symbol {
	back := uint64(min(i, 1))
	var s symbol.Symbol
	if o.kernel {
		s = m.kernelNames().InKernel(address - back)
	} else {
		s = m.names().User(o.pid, address-back, o.at)
	}
	if s.Module != "" {
		s.Offset += back
	}
	return s
}

// lineOf is the file, the line, or both of code of a program.
func lineOf(file, line bool) func(*Machine, []byte) []byte {
	return func(m *Machine, dst []byte) []byte {
		a := m.args.ints
		source, n := m.names().Line(int(a[1]), uint64(a[0]), a[2])
		switch {
		case source == "":
			return decode.AppendAddress(dst, uint64(a[0]))
		case file && line:
			dst = append(append(dst, source...), ':')
		case file:
			return append(dst, source...)
		}
		return strconv.AppendInt(dst, int64(n), 10)
	}
}

func moduleOf(s symbol.Symbol) string {
	if s.Module == "" {
		return "<unknown>"
	}
	return s.Module
}

// kernelStack is the addresses of the kernel's stack that the event carries, without
// tapir's own. It is valid until the next stack.
func (m *Machine) kernelStack() []uint64 {
	b, errno := m.captured()
	if errno != 0 {
		return nil
	}
	return symbol.Trim(m.kernelNames(), m.words(b))
}

// userStack is kernelStack for the program's.
func (m *Machine) userStack() ([]uint64, origin) {
	b, errno := m.captured()
	if errno != 0 || len(b) < facts.StackHead {
		return nil, origin{}
	}
	at := func(offset int) uint64 { return binary.LittleEndian.Uint64(b[offset:]) }
	o := origin{at: int64(at(facts.StackTime)), pid: int(at(facts.StackProcess))}
	n := min(at(facts.StackBytes), uint64(len(b)-facts.StackHead))
	found := m.words(b[facts.StackHead:][:n])
	copied := b[facts.StackHead+n:]
	if len(copied) == 0 {
		return found, o
	}
	regs := unwind.Registers{Instruction: at(facts.StackIP), Stack: at(facts.StackSP), Base: at(facts.StackBP)}
	return m.walk(found, regs, unwind.Memory{Start: regs.Stack, Bytes: copied}, o), o
}

// walk is the calls that led to where the registers are. found are those that frame
// pointers lead to; they go on where the copy of the stack ends.
func (m *Machine) walk(found []uint64, at unwind.Registers, stack unwind.Memory, o origin) []uint64 {
	s := &m.library.stacks
	var complete bool
	s.walked, complete = unwind.Walk(s.walked[:0], at, stack, func(address uint64) (callframe.Row, bool, bool) {
		return m.names().Row(o.pid, address, o.at)
	})
	if complete {
		return s.walked
	}
	if len(s.walked) == 0 {
		return found
	}
	if i := slices.Index(found, s.walked[len(s.walked)-1]); i >= 0 {
		s.walked = append(s.walked, found[i+1:]...)
	}
	if len(found) > len(s.walked) {
		return found
	}
	return s.walked
}

// words is addresses as a stack has them, up to the first that is 0.
func (m *Machine) words(b []byte) []uint64 {
	list := m.library.stacks.addresses[:0]
	for ; len(b) >= 8; b = b[8:] {
		address := binary.LittleEndian.Uint64(b)
		if address == 0 {
			break
		}
		list = append(list, address)
	}
	m.library.stacks.addresses = list
	return list
}

// addresses is those in a string.
func (m *Machine) addresses(text string) []uint64 {
	list := m.library.stacks.addresses[:0]
	for word := range strings.FieldsSeq(text) {
		if address, err := strconv.ParseUint(word, 0, 64); err == nil {
			list = append(list, address)
		}
	}
	m.library.stacks.addresses = list
	return list
}

func atDepth(stack []uint64, n int64) int64 {
	if n < 0 || n >= int64(len(stack)) {
		return 0
	}
	return int64(stack[n])
}

func (m *Machine) programStack(n int64) string {
	addresses, o := m.userStack()
	return m.remembered(addresses, n, o)
}

// remembered is at most n addresses (negative: all) as a string, as many as fit, of
// which the machine knows from then on whose they are. Whatever lies there is looked up
// at once, while the process may still be there.
func (m *Machine) remembered(stack []uint64, n int64, o origin) string {
	if n >= 0 && n < int64(len(stack)) {
		stack = stack[:n]
	}
	m.buf = m.buf[:0]
	for _, address := range stack {
		end := len(m.buf)
		if end > 0 {
			m.buf = append(m.buf, ' ')
		}
		m.buf = strconv.AppendUint(append(m.buf, "0x"...), address, 16)
		if len(m.buf) > m.maxLen {
			m.buf = m.buf[:end]
			break
		}
	}
	s := &m.library.stacks
	if _, known := s.origins[string(m.buf)]; !known && len(m.buf) > 0 && len(s.origins) >= maxOrigins {
		s.unowned++
	} else if !known && len(m.buf) > 0 {
		if s.origins == nil {
			s.origins = map[string]origin{}
		}
		s.origins[string(m.buf)] = o
		for i, address := range stack {
			m.at(i, address, o)
		}
	}
	return m.keep(m.buf)
}

// originOf is whose the stack in a string is: if nobody knows, the process's that the
// other arguments tell.
func (m *Machine) originOf(stack string) origin {
	if o, ok := m.library.stacks.origins[stack]; ok {
		return o
	}
	return origin{pid: int(m.args.ints[0]), at: m.args.ints[1]}
}

// lines is a stack as print_stack has it, however long.
func (m *Machine) lines(stack []uint64, o origin) string {
	m.buf = m.buf[:0]
	for i, address := range stack {
		m.buf = m.at(i, address, o).AppendLine(append(m.buf, ' '), address)
		m.buf = append(m.buf, '\n')
	}
	return m.arena.keep(m.buf)
}

// brief is a stack as sprint_stack has it: as many lines as fit into a string.
func (m *Machine) brief(dst []byte, stack []uint64, o origin) []byte {
	for i, address := range stack {
		end := len(dst)
		if dst = append(m.at(i, address, o).AppendSimple(dst, address), '\n'); len(dst) > m.maxLen {
			return dst[:end]
		}
	}
	return dst
}

func briefKernel(m *Machine, dst []byte) []byte {
	return m.brief(dst, m.addresses(m.args.texts[0]), origin{kernel: true})
}

func briefUser(m *Machine, dst []byte) []byte {
	return m.brief(dst, m.addresses(m.args.texts[0]), m.originOf(m.args.texts[0]))
}
