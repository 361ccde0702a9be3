package attach

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"
)

// peekSize is how many bytes a Peek reads at most.
const peekSize = 4096

// Peek reads the kernel's memory at addresses that come to be known only outside of it.
// It is a program that is run on demand: /proc/kcore would do as well, but is not there
// on every machine.
type Peek struct {
	program *ebpf.Program
	memory  *ebpf.Map
	value   [peekSize]byte
}

// NewPeek loads the program.
func NewPeek() (*Peek, error) {
	memory, err := ebpf.NewMap(&ebpf.MapSpec{Name: "tapir_peek", Type: ebpf.Array, KeySize: 4, ValueSize: peekSize, MaxEntries: 1})
	if err != nil {
		return nil, fmt.Errorf("make a map to read the kernel's memory into: %w", err)
	}
	program, err := ebpf.NewProgram(&ebpf.ProgramSpec{Name: "tapir_peek", Type: ebpf.RawTracepoint, License: "GPL", Instructions: peekCode(memory.FD())})
	if err != nil {
		_ = memory.Close()
		return nil, fmt.Errorf("load a program that reads the kernel's memory: %w", err)
	}
	return &Peek{program: program, memory: memory}, nil
}

// peekCode copies what is at the address that is the first argument into the map: as many
// bytes as the second says, or a C string, if the third is not 0. It gives back what the
// helper does.
func peekCode(memory int) asm.Instructions {
	const key = -4
	return asm.Instructions{
		asm.LoadMem(asm.R6, asm.R1, 0, asm.DWord),
		asm.LoadMem(asm.R7, asm.R1, 8, asm.DWord),
		asm.LoadMem(asm.R8, asm.R1, 16, asm.DWord),
		asm.Mov.Imm(asm.R0, 0),
		asm.StoreMem(asm.RFP, key, asm.R0, asm.Word),
		asm.LoadMapPtr(asm.R1, memory),
		asm.Mov.Reg(asm.R2, asm.RFP),
		asm.Add.Imm(asm.R2, key),
		asm.FnMapLookupElem.Call(),
		asm.JEq.Imm(asm.R0, 0, "end"),
		asm.JGT.Imm(asm.R7, peekSize, "end"),
		asm.Mov.Reg(asm.R1, asm.R0),
		asm.Mov.Reg(asm.R2, asm.R7),
		asm.Mov.Reg(asm.R3, asm.R6),
		asm.JNE.Imm(asm.R8, 0, "text"),
		asm.FnProbeReadKernel.Call(),
		asm.Ja.Label("end"),
		asm.FnProbeReadKernelStr.Call().WithSymbol("text"),
		asm.Return().WithSymbol("end"),
	}
}

// Read gives the n bytes at an address, or the C string there, its NUL counted, that has
// at most n; they are good until the next call. Errno says why they can't be read.
func (p *Peek) Read(address uint64, n int, text bool) (b []byte, errno int64) {
	n = min(max(n, 0), peekSize)
	if n == 0 {
		return nil, 0
	}
	var context [24]byte
	binary.LittleEndian.PutUint64(context[:], address)
	binary.LittleEndian.PutUint64(context[8:], uint64(n))
	if text {
		context[16] = 1
	}
	result, err := p.program.Run(&ebpf.RunOptions{Context: context})
	if err == nil && int32(result) >= 0 {
		err = p.memory.Lookup(uint32(0), &p.value)
	}
	switch {
	case err != nil:
		return nil, int64(unix.EFAULT)
	case int32(result) < 0:
		return nil, -int64(int32(result))
	case text:
		n = min(n, int(result))
	}
	return p.value[:n], 0
}

// Close gives the program back.
func (p *Peek) Close() error { return errors.Join(p.program.Close(), p.memory.Close()) }
