package bpf

import (
	"bufio"
	"fmt"
	"io"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
)

// Print lists the object's maps and programs, instructions with their numbers in
// 8-byte slots. where names a position in the script; nil leaves positions out.
func (o *Object) Print(w io.Writer, where func(Line) string) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "map %s: %d bytes\n", StateMap, o.StateSize)
	fmt.Fprintf(b, "map %s: %d bytes, %d probes on %d CPUs\n", CountersMap, o.Counters.Size(), o.Counters.Probes, o.Counters.CPUs)
	if o.Scratch > 0 {
		fmt.Fprintf(b, "map %s: %d bytes\n", ScratchMap, o.Scratch)
	}
	for _, a := range o.Arrays {
		fmt.Fprintf(b, "map %s: keys of %d bytes, %d entries\n", a.Name, a.Key.Size(), a.MaxEntries)
	}
	for _, t := range o.Tables {
		fmt.Fprintf(b, "map %s: a table of %d bytes\n", t.Name, len(t.Data))
	}
	for _, e := range o.Entries {
		fmt.Fprintf(b, "map %s: %d bytes per task\n", e.Name, EntryHead+e.Size)
	}
	for _, t := range o.Hashes {
		fmt.Fprintf(b, "map %s: keys of %d bytes, values of %d%s\n", t.Name, t.Key.Size(), t.Value(), t.form())
	}
	for _, name := range o.Slots {
		fmt.Fprintf(b, "map %s: %d slots\n", name, 1<<layout.SlotBits)
	}
	for _, p := range o.Programs {
		fmt.Fprintf(b, "program %s: %d instructions\n", p.Name, p.Slots())
		p.print(b, where)
	}
	return b.Flush()
}

func (t *Hash) form() string {
	if t.PerCPU {
		return " per CPU"
	}
	return ""
}

func (p *Program) print(w io.Writer, where func(Line) string) {
	lines, slot := p.Lines, 0
	for _, ins := range p.Instructions {
		for ; len(lines) > 0 && lines[0].Instruction <= slot; lines = lines[1:] {
			if where != nil {
				fmt.Fprintf(w, "; %s\n", where(lines[0]))
			}
		}
		if s := ins.Symbol(); s != "" {
			fmt.Fprintf(w, "%s:\n", s)
		}
		fmt.Fprintf(w, "%5d: %s\n", slot, emit.Text(ins))
		slot += int(ins.Size()) / asm.InstructionSize
	}
}
