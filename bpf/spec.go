package bpf

import (
	"slices"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"
	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
)

// License is what the kernel is told; most tracing helpers ask for it.
const License = "GPL"

// Spec is the object in the library's form, ready to be loaded: the programs by
// their names, the maps by theirs. ringBytes is the size of the ring buffer: a
// power of two and a multiple of the page size.
func (o *Object) Spec(ringBytes int) *ebpf.CollectionSpec {
	s := &ebpf.CollectionSpec{
		Maps: map[string]*ebpf.MapSpec{
			EventsMap:   {Name: EventsMap, Type: ebpf.RingBuf, MaxEntries: uint32(ringBytes)},
			StateMap:    mapped(StateMap, max(o.StateSize, layout.StateParams)),
			CountersMap: mapped(CountersMap, o.Counters.Size()),
		},
		Programs: make(map[string]*ebpf.ProgramSpec, len(o.Programs)),
	}
	if o.Scratch > 0 {
		s.Maps[ScratchMap] = &ebpf.MapSpec{
			Name: ScratchMap, Type: ebpf.PerCPUArray,
			KeySize: 4, ValueSize: uint32(o.Scratch), MaxEntries: uint32(len(o.Programs)),
		}
	}
	if o.Texts > 0 {
		s.Maps[TextsMap] = &ebpf.MapSpec{
			Name: TextsMap, Type: ebpf.PerCPUArray,
			KeySize: 4, ValueSize: uint32(o.Texts), MaxEntries: uint32(len(o.Programs)),
		}
	}
	for _, a := range o.Arrays {
		s.Maps[a.Name] = &ebpf.MapSpec{
			Name: a.Name, Type: ebpf.Hash, Flags: unix.BPF_F_NO_PREALLOC,
			KeySize: uint32(a.Key.Size()), ValueSize: 8, MaxEntries: uint32(a.MaxEntries),
		}
	}
	for _, t := range o.Tables {
		s.Maps[t.Name] = &ebpf.MapSpec{
			Name: t.Name, Type: ebpf.Array, Flags: unix.BPF_F_RDONLY_PROG,
			KeySize: 4, ValueSize: uint32(len(t.Data)), MaxEntries: 1,
			Contents: []ebpf.MapKV{{Key: uint32(0), Value: t.Data}},
		}
	}
	for _, e := range o.Entries {
		s.Maps[e.Name] = e.spec()
	}
	for _, t := range o.Hashes {
		s.Maps[t.Name] = t.spec(o.entries(t.Entries))
	}
	for _, name := range o.Slots {
		s.Maps[name] = mapped(name, layout.SlotsSize)
	}
	o.counted(s.Maps)
	if o.Zeros > 0 {
		s.Maps[ZerosMap] = &ebpf.MapSpec{
			Name: ZerosMap, Type: ebpf.Array, KeySize: 4, ValueSize: uint32(o.Zeros), MaxEntries: 1,
		}
	}
	for _, p := range o.Programs {
		s.Programs[p.Name] = p.spec()
	}
	return s
}

// counted adds the maps of the events that programs read.
func (o *Object) counted(maps map[string]*ebpf.MapSpec) {
	n := uint32(len(o.Counted))
	if n == 0 {
		return
	}
	for _, c := range o.Counted {
		maps[c.Map] = &ebpf.MapSpec{Name: c.Map, Type: ebpf.PerfEventArray, KeySize: 4, ValueSize: 4, MaxEntries: uint32(o.Counters.CPUs)}
	}
	maps[CountsMap] = &ebpf.MapSpec{Name: CountsMap, Type: ebpf.PerCPUArray, KeySize: 4, ValueSize: 8 * (n + 1), MaxEntries: 1}
	maps[SumsMap] = &ebpf.MapSpec{Name: SumsMap, Type: ebpf.Hash, KeySize: 8, ValueSize: 8 * n, MaxEntries: maxThreads}
}

// MapEntries is the language's usual MAXMAPENTRIES.
const MapEntries = 2048

// entries is the size of an array that asks for n.
func (o *Object) entries(n int) int {
	switch {
	case n > 0:
		return n
	case o.MapEntries > 0:
		return o.MapEntries
	}
	return MapEntries
}

// mostSetAside is the most memory in bytes that is set aside for one array. Elements of
// a larger one take it when they are made, and those are lost for which there is none.
const mostSetAside = 64 << 20

func (t *Hash) spec(entries int) *ebpf.MapSpec {
	m := &ebpf.MapSpec{
		Name: t.Name, Type: ebpf.Hash,
		KeySize: uint32(t.Key.Size()), ValueSize: uint32(t.Value()), MaxEntries: uint32(entries),
	}
	if t.PerCPU {
		m.Type = ebpf.PerCPUHash
	}
	if !t.Exact || entries*(t.Key.Size()+t.Value()) > mostSetAside {
		m.Flags = unix.BPF_F_NO_PREALLOC
	}
	return m
}

// mapped is an array of one value that user space maps into its memory.
func mapped(name string, size int) *ebpf.MapSpec {
	return &ebpf.MapSpec{
		Name: name, Type: ebpf.Array, Flags: unix.BPF_F_MMAPABLE,
		KeySize: 4, ValueSize: uint32(size), MaxEntries: 1,
	}
}

// taskStorage is a map of a value per task, which goes with the task. The kernel
// wants to know the value's type.
func taskStorage(name string, size int) *ebpf.MapSpec {
	key := &btf.Int{Name: "int", Size: 4, Encoding: btf.Signed}
	return &ebpf.MapSpec{
		Name: name, Type: ebpf.TaskStorage, Flags: unix.BPF_F_NO_PREALLOC,
		KeySize: 4, ValueSize: uint32(size), Key: key,
		Value: &btf.Array{Index: key, Type: &btf.Int{Name: "unsigned char", Size: 1}, Nelems: uint32(size)},
	}
}

func (e *Entries) spec() *ebpf.MapSpec {
	if !e.ByFrame {
		return taskStorage(e.Name, EntryHead+e.Size)
	}
	// A call that never returns, since the program jumped out of it, makes room in time.
	return &ebpf.MapSpec{
		Name: e.Name, Type: ebpf.LRUHash,
		KeySize: FrameKey, ValueSize: uint32(EntryHead + e.Size), MaxEntries: maxFrames,
	}
}

// kinds are the library's words for the ways to attach.
var kinds = [...]struct {
	program ebpf.ProgramType
	attach  ebpf.AttachType // AttachNone: the kernel need not know when it is loaded
	multi   ebpf.AttachType // the same, if the program goes to many places at once
	named   bool            // the program is loaded for one place
}{
	RawTracepoint: {program: ebpf.RawTracepoint},
	PerfEvent:     {program: ebpf.PerfEvent},
	OnDemand:      {program: ebpf.RawTracepoint},
	FEntry:        {program: ebpf.Tracing, attach: ebpf.AttachTraceFEntry, named: true},
	FExit:         {program: ebpf.Tracing, attach: ebpf.AttachTraceFExit, named: true},
	KProbe:        {program: ebpf.Kprobe, multi: ebpf.AttachTraceKprobeMulti},
	KRetProbe:     {program: ebpf.Kprobe, multi: ebpf.AttachTraceKprobeMulti},
	Uprobe:        {program: ebpf.Kprobe, multi: ebpf.AttachTraceUprobeMulti},
	Uretprobe:     {program: ebpf.Kprobe, multi: ebpf.AttachTraceUprobeMulti},
}

func (p *Program) spec() *ebpf.ProgramSpec {
	kind := kinds[p.Attach.Kind]
	s := &ebpf.ProgramSpec{
		Name: p.Name, Type: kind.program, AttachType: kind.attach,
		Instructions: slices.Clone(p.Instructions), License: License,
	}
	if kind.named {
		s.AttachTo = p.Attach.Name
	}
	if p.Attach.Multi {
		s.AttachType = kind.multi
	}
	return s
}

// LineOf is the last mark at or before an instruction, counted in 8-byte slots as
// the verifier does.
func (p *Program) LineOf(slot int) (Line, bool) {
	i, found := slices.BinarySearchFunc(p.Lines, slot, func(l Line, slot int) int { return l.Instruction - slot })
	if !found {
		i--
	}
	if i < 0 {
		return Line{Probe: -1}, false
	}
	return p.Lines[i], true
}

// Slots is the length of the program as the kernel counts it.
func (p *Program) Slots() int { return int(p.Instructions.Size()) / asm.InstructionSize }
