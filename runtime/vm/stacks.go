package vm

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"tapir/lang/types"
	"tapir/runtime/flame"
)

// Stacks is the elements of the first array that has a stack among its keys, counted by
// their values, and the array's name; "" if there is none. The other keys stand before
// the stack, as if they had called it.
func (m *Machine) Stacks() (name string, stacks []flame.Stack) {
	for g := range m.prog.Globals {
		global := &m.prog.Globals[g]
		if !slices.Contains(global.Type.Keys, types.String) || global.Type.Kind == types.String {
			continue
		}
		found := false
		stacks = stacks[:0]
		for keys, v := range m.Array(g) {
			frames, isStack := m.stackFrames(keys)
			found = found || isStack
			count := v.Long
			if v.stat != nil {
				count = v.stat.sum
			}
			stacks = append(stacks, flame.Stack{Frames: frames, Count: count})
		}
		if found {
			return global.Name, stacks
		}
	}
	return "", nil
}

// stackFrames is the calls that an element's keys stand for, the outermost first, and whether
// any of the keys is a stack. The program's calls come before the kernel's.
func (m *Machine) stackFrames(keys []Value) (frames []string, isStack bool) {
	var kernel []string
	for _, k := range keys {
		o, ok := m.library.stacks.origins[k.Text]
		switch {
		case k.Kind != types.String:
			frames = append(frames, strconv.FormatInt(k.Long, 10))
		case ok && o.kernel:
			isStack = true
			kernel = m.appendFrames(kernel, k.Text, o)
		case ok:
			isStack = true
			frames = m.appendFrames(frames, k.Text, o)
		case k.Text != "":
			frames = append(frames, strings.Clone(k.Text))
		}
	}
	return append(frames, kernel...), isStack
}

// appendFrames names a stack's addresses, the outermost first.
func (m *Machine) appendFrames(dst []string, stack string, o origin) []string {
	addresses := slices.Clone(m.addresses(stack))
	for i, address := range slices.Backward(addresses) {
		s := m.at(i, address, o)
		name := s.Name
		switch {
		case name != "" && o.kernel:
			name = flame.Kernel(name)
		case name != "":
		case s.Module != "":
			name = "[" + path.Base(s.Module) + "]"
		default:
			name = "[unknown]"
		}
		dst = append(dst, name)
	}
	return dst
}
