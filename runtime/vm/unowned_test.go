package vm

import (
	"strconv"
	"testing"

	"tapir/compiler/bytecode"
)

// TestUnownedStacks: when there are too many stacks to remember whose they are, those that
// come are counted.
func TestUnownedStacks(t *testing.T) {
	m := New(&bytecode.Program{}, Options{})
	s := &m.library.stacks
	s.origins = map[string]origin{}
	for i := range maxOrigins - 1 {
		s.origins[strconv.Itoa(i)] = origin{}
	}
	known := m.remembered([]uint64{0x1000}, -1, origin{})
	if n := m.UnownedStacks(); n != 0 {
		t.Errorf("%d of %d", n, maxOrigins)
	}
	m.remembered([]uint64{0x2000}, -1, origin{})
	m.remembered([]uint64{0x1000}, -1, origin{})
	if n := m.UnownedStacks(); n != 1 || known != "0x1000" || len(s.origins) != maxOrigins {
		t.Errorf("%d of %d, %q; want 1, 0x1000", n, len(s.origins), known)
	}
}
