package symbol

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Kernel is the symbols of the kernel and its modules, by address.
type Kernel struct {
	list    []kernelSymbol
	text    []byte // of all names, one behind the other
	modules []string
}

type kernelSymbol struct {
	address uint64
	name    uint32 // where in the text it begins
	length  uint16
	module  uint16
}

// ErrHidden is the error of a list without addresses.
var ErrHidden = errors.New("the kernel hides its symbols' addresses (kernel.kptr_restrict)")

// Bounds of what is read.
const (
	maxKallsyms   = 256 << 20 // bytes
	maxSymbolName = 1024      // bytes of a name
	maxGap        = 16 << 20  // bytes behind a symbol that may be its own
)

// lowestKernel is the lowest address of the kernel's half.
const lowestKernel = 1 << 63

// ReadKernel reads a text in the form of /proc/kallsyms.
func ReadKernel(r io.Reader) (*Kernel, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxKallsyms))
	if err != nil {
		return nil, fmt.Errorf("read the kernel's symbols: %w", err)
	}
	k := &Kernel{modules: []string{"kernel"}}
	numbers := map[string]uint16{}
	zeros := 0
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		text = rest
		address, name, module, ok := parseKallsym(line)
		if ok && address == 0 {
			zeros++
		}
		if !ok || address < lowestKernel {
			continue
		}
		k.add(address, name, k.module(numbers, module))
	}
	if len(k.list) == 0 && zeros > 0 {
		return nil, ErrHidden
	}
	slices.SortStableFunc(k.list, func(a, b kernelSymbol) int { return cmp.Compare(a.address, b.address) })
	return k, nil
}

// parseKallsym takes a line apart: address, type, name and perhaps a module in brackets.
func parseKallsym(line []byte) (address uint64, name, module []byte, ok bool) {
	number, rest, _ := bytes.Cut(line, []byte{' '})
	_, rest, _ = bytes.Cut(rest, []byte{' '})
	name, module, _ = bytes.Cut(rest, []byte{'\t'})
	address, err := strconv.ParseUint(string(number), 16, 64)
	module = bytes.Trim(module, "[] ")
	return address, name, module, err == nil && len(name) > 0 && len(name) <= maxSymbolName && len(module) <= maxSymbolName
}

// module is the number of a module's name.
func (k *Kernel) module(numbers map[string]uint16, name []byte) uint16 {
	if len(name) == 0 {
		return 0
	}
	if n, ok := numbers[string(name)]; ok {
		return n
	}
	if len(k.modules) > 1<<15 {
		return 0
	}
	n := uint16(len(k.modules))
	numbers[string(name)] = n
	k.modules = append(k.modules, Harmless(string(name)))
	return n
}

func (k *Kernel) add(address uint64, name []byte, module uint16) {
	k.list = append(k.list, kernelSymbol{address, uint32(len(k.text)), uint16(len(name)), module})
	k.text = append(k.text, name...)
}

// Find is what lies at an address.
func (k *Kernel) Find(address uint64) Symbol {
	i := k.index(address)
	if i < 0 {
		return Symbol{}
	}
	// The first of those with the same address; the next one is where it ends.
	at := k.list[i].address
	for i > 0 && k.list[i-1].address == at {
		i--
	}
	size := uint64(0)
	for j := i + 1; j < len(k.list); j++ {
		if next := k.list[j].address; next > at {
			size = next - at
			break
		}
	}
	if address-at > maxGap {
		return Symbol{}
	}
	s := &k.list[i]
	return Symbol{Name: k.name(s), Offset: address - at, Size: size, Module: k.modules[s.module]}
}

// index is that of the last symbol not behind an address, or -1.
func (k *Kernel) index(address uint64) int {
	i, _ := slices.BinarySearchFunc(k.list, address, func(s kernelSymbol, address uint64) int {
		if s.address <= address {
			return -1
		}
		return 1
	})
	return i - 1
}

func (k *Kernel) name(s *kernelSymbol) string {
	return Harmless(string(k.text[s.name:][:s.length]))
}

// Address is that of a symbol, 0 if there is none of the name.
func (k *Kernel) Address(name string) uint64 {
	for i := range k.list {
		if s := &k.list[i]; int(s.length) == len(name) && string(k.text[s.name:][:s.length]) == name {
			return s.address
		}
	}
	return 0
}

// machinery are the functions by which a probe's program comes to run, by how their names
// begin. They are no part of what a stack tells.
var machinery = [...]string{"bpf_prog_", "bpf_trace_run", "__bpf_trace_", "__traceiter_", "bpf_get_stack", "bpf_trampoline_", "trace_call_bpf", "perf_trace_", "kprobe_multi_link_", "kprobe_perf_func", "kretprobe_perf_func", "bpf_overflow_handler"}

// maxMachinery is how many calls deep a probe's program may lie.
const maxMachinery = 16

// Trim is a stack without the calls by which the probe's own program came to run.
func Trim(names Names, stack []uint64) []uint64 {
	last := 0
	for i, address := range stack[:min(len(stack), maxMachinery)] {
		name := names.InKernel(address).Name
		for _, prefix := range machinery {
			if strings.HasPrefix(name, prefix) {
				last = i + 1
			}
		}
	}
	return stack[last:]
}
