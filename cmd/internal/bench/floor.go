package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"tapir/bpf/target"
)

// A floor is programs made by hand, with the kernel's helpers, that do a row's job for
// one system call and nothing else: no counters, no limits, no other calls, and no look
// at whether the call is a 32-bit program's. It shows what the machine itself asks for.
type floor struct {
	maps        map[string]*ebpf.MapSpec
	enter, exit asm.Instructions // at the tracepoints of all calls; nil: none
	rare        asm.Instructions // at the tracepoint of acct(2) alone; nil: none
}

// floors are the makers of floors, by the names that variants have for them.
var floors = map[string]func(l *target.Layout) floor{
	"empty":           func(*target.Layout) floor { return floor{enter: leave("exit")} },
	"empty return":    func(*target.Layout) floor { return floor{exit: leave("exit")} },
	rareFloor:         func(*target.Layout) floor { return floor{rare: leave("exit")} },
	"other name":      otherName,
	"other pid":       otherPid,
	deliverFloor:      deliver,
	"count":           func(*target.Layout) floor { return countFloor(nil) },
	"count of 64-bit": func(l *target.Layout) floor { return countFloor(only64(l)) },
	"by name":         nameFloor,
	"histogram":       histogramFloor,
	"latency":         latencyFloor,
}

// attach loads and attaches the floor's programs.
func (f *floor) attach() (*attachedFloor, error) {
	spec := &ebpf.CollectionSpec{Maps: f.maps, Programs: map[string]*ebpf.ProgramSpec{}}
	for name, code := range map[string]asm.Instructions{"sys_enter": f.enter, "sys_exit": f.exit, rareCall: f.rare} {
		if code == nil {
			continue
		}
		kind := ebpf.RawTracepoint
		if name == rareCall {
			kind = ebpf.TracePoint
		}
		spec.Programs[name] = &ebpf.ProgramSpec{Name: name, Type: kind, License: "GPL", Instructions: code}
	}
	c, err := ebpf.NewCollection(spec)
	if err != nil {
		return nil, fmt.Errorf("load a floor: %w", err)
	}
	a := &attachedFloor{collection: c}
	for name, p := range c.Programs {
		l, err := attachAt(name, p)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("attach a floor: %w", err), a.Close())
		}
		a.links = append(a.links, l)
	}
	return a, nil
}

// rareCall is the tracepoint of a call that nobody makes.
const rareCall = "sys_enter_acct"

func attachAt(name string, p *ebpf.Program) (io.Closer, error) {
	if name == rareCall {
		return link.Tracepoint("syscalls", name, p, nil)
	}
	return link.AttachRawTracepoint(link.RawTracepointOptions{Name: name, Program: p})
}

type attachedFloor struct {
	collection *ebpf.Collection
	links      []io.Closer
}

// detach detaches the programs; their maps stay.
func (a *attachedFloor) detach() error {
	var errs []error
	for _, l := range a.links {
		errs = append(errs, l.Close())
	}
	a.links = nil
	return errors.Join(errs...)
}

// Close detaches the programs and gives all back.
func (a *attachedFloor) Close() error {
	err := a.detach()
	a.collection.Close()
	return err
}

// code joins pieces of a program.
func code(parts ...asm.Instructions) asm.Instructions {
	var all asm.Instructions
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func leave(label string) asm.Instructions {
	return asm.Instructions{asm.Mov.Imm(asm.R0, 0).WithSymbol(label), asm.Return()}
}

// onlyGetppid leaves at other calls, whose number is in R2.
func onlyGetppid() asm.Instructions {
	return asm.Instructions{asm.JNE.Imm(asm.R2, unix.SYS_GETPPID, "exit")}
}

// entered loads the number of the call that begins.
func entered() asm.Instructions {
	return asm.Instructions{asm.LoadMem(asm.R2, asm.R1, 8, asm.DWord)}
}

// add adds one to the 8 bytes at r.
func add(r asm.Register, off int16) asm.Instructions {
	return asm.Instructions{
		asm.LoadMem(asm.R1, r, off, asm.DWord), asm.Add.Imm(asm.R1, 1), asm.StoreMem(r, off, asm.R1, asm.DWord),
	}
}

func array(size int) *ebpf.MapSpec {
	return &ebpf.MapSpec{Type: ebpf.Array, KeySize: 4, ValueSize: uint32(size), MaxEntries: 1}
}

func value(r asm.Register, name string) asm.Instruction {
	return asm.LoadMapValue(r, 0, 0).WithReference(name)
}

// otherName compares the task's name with one that fits into a word.
func otherName(l *target.Layout) floor {
	const nobody = 0x79646f626f6e
	return floor{enter: code(entered(), onlyGetppid(), asm.Instructions{
		asm.FnGetCurrentTaskBtf.Call(),
		asm.LoadMem(asm.R1, asm.R0, int16(l.Task.Comm), asm.DWord),
		asm.LSh.Imm(asm.R1, 8), asm.LoadImm(asm.R2, nobody<<8, asm.DWord), asm.JNE.Reg(asm.R1, asm.R2, "exit"),
	}, leave("exit"))}
}

// otherPid compares the process's number.
func otherPid(*target.Layout) floor {
	return floor{enter: code(entered(), onlyGetppid(), asm.Instructions{
		asm.FnGetCurrentPidTgid.Call(), asm.RSh.Imm(asm.R0, 32), asm.JNE.Imm(asm.R0, 1, "exit"),
	}, leave("exit"))}
}

// only64 leaves at calls of 32-bit programs.
func only64(l *target.Layout) asm.Instructions {
	return asm.Instructions{
		asm.FnGetCurrentTaskBtf.Call(),
		asm.LoadMem(asm.R1, asm.R0, int16(l.Task.Status), asm.Word),
		asm.JSet.Imm(asm.R1, target.CompatStatus, "exit"),
	}
}

// deliverFloor is the floor that sends a record to the reader for each call.
const deliverFloor = "deliver"

// deliver sends the task's name, the process's number and the time in microseconds.
func deliver(l *target.Layout) floor {
	return floor{
		maps: map[string]*ebpf.MapSpec{"ring": {Type: ebpf.RingBuf, MaxEntries: handRing}},
		enter: code(entered(), onlyGetppid(), asm.Instructions{
			asm.FnGetCurrentTaskBtf.Call(), asm.Mov.Reg(asm.R6, asm.R0),
			asm.LoadMapPtr(asm.R1, 0).WithReference("ring"),
			asm.Mov.Imm(asm.R2, handRecord), asm.Mov.Imm(asm.R3, 0), asm.FnRingbufReserve.Call(),
			asm.JEq.Imm(asm.R0, 0, "exit"), asm.Mov.Reg(asm.R9, asm.R0),
			asm.LoadMem(asm.R1, asm.R6, int16(l.Task.Comm), asm.DWord), asm.StoreMem(asm.R9, 0, asm.R1, asm.DWord),
			asm.LoadMem(asm.R1, asm.R6, int16(l.Task.Comm)+8, asm.DWord), asm.StoreMem(asm.R9, 8, asm.R1, asm.DWord),
			asm.LoadMem(asm.R1, asm.R6, int16(l.Task.Tgid), asm.Word), asm.StoreMem(asm.R9, 16, asm.R1, asm.DWord),
			asm.FnKtimeGetNs.Call(), asm.Div.Imm(asm.R0, 1000), asm.StoreMem(asm.R9, 24, asm.R0, asm.DWord),
			asm.Mov.Reg(asm.R1, asm.R9), asm.Mov.Imm(asm.R2, unix.BPF_RB_NO_WAKEUP), asm.FnRingbufSubmit.Call(),
		}, leave("exit")),
	}
}

// countFloor adds to a number of each CPU, behind a check of the call.
func countFloor(check asm.Instructions) floor {
	return floor{
		maps: map[string]*ebpf.MapSpec{"count": array(64 * 64)},
		enter: code(entered(), onlyGetppid(), check, asm.Instructions{
			asm.FnGetSmpProcessorId.Call(), asm.And.Imm(asm.R0, 63), asm.LSh.Imm(asm.R0, 6),
			value(asm.R2, "count"), asm.Add.Reg(asm.R2, asm.R0),
		}, add(asm.R2, 0), leave("exit")),
	}
}

// nameFloor counts by the task's name, which it takes as it is.
func nameFloor(l *target.Layout) floor {
	const key, one = -16, -24
	return floor{
		maps: map[string]*ebpf.MapSpec{
			"names": {Type: ebpf.PerCPUHash, Flags: unix.BPF_F_NO_PREALLOC, KeySize: 16, ValueSize: 8, MaxEntries: 2048},
		},
		enter: code(entered(), onlyGetppid(), asm.Instructions{
			asm.FnGetCurrentTaskBtf.Call(),
			asm.LoadMem(asm.R1, asm.R0, int16(l.Task.Comm), asm.DWord), asm.StoreMem(asm.RFP, key, asm.R1, asm.DWord),
			asm.LoadMem(asm.R1, asm.R0, int16(l.Task.Comm)+8, asm.DWord), asm.StoreMem(asm.RFP, key+8, asm.R1, asm.DWord),
			asm.LoadMapPtr(asm.R1, 0).WithReference("names"),
			asm.Mov.Reg(asm.R2, asm.RFP), asm.Add.Imm(asm.R2, key),
			asm.FnMapLookupElem.Call(), asm.JNE.Imm(asm.R0, 0, "found"),
			asm.Mov.Imm(asm.R1, 1), asm.StoreMem(asm.RFP, one, asm.R1, asm.DWord),
			asm.LoadMapPtr(asm.R1, 0).WithReference("names"),
			asm.Mov.Reg(asm.R2, asm.RFP), asm.Add.Imm(asm.R2, key),
			asm.Mov.Reg(asm.R3, asm.RFP), asm.Add.Imm(asm.R3, one),
			asm.Mov.Imm(asm.R4, 0), asm.FnMapUpdateElem.Call(), asm.Ja.Label("exit"),
			asm.LoadMem(asm.R1, asm.R0, 0, asm.DWord).WithSymbol("found"), asm.Add.Imm(asm.R1, 1),
			asm.StoreMem(asm.R0, 0, asm.R1, asm.DWord),
		}, leave("exit")),
	}
}

// logarithm puts the length in bits of the number in R0 into R3. It uses R0.
func logarithm() asm.Instructions {
	list := asm.Instructions{asm.Mov.Imm(asm.R3, 0)}
	for bits, name := int32(16), 'a'; bits > 0; bits, name = bits/2, name+1 {
		label := "short_" + string(name)
		list = append(list, asm.JLT.Imm(asm.R0, 1<<bits, label), asm.Add.Imm(asm.R3, bits), asm.RSh.Imm(asm.R0, bits),
			asm.Mov.Reg(asm.R0, asm.R0).WithSymbol(label))
	}
	return append(list, asm.And.Imm(asm.R3, 63))
}

// bucket adds to the bucket in R3 of this CPU's histogram.
func bucket() asm.Instructions {
	return code(asm.Instructions{
		asm.FnGetSmpProcessorId.Call(), asm.And.Imm(asm.R0, 63), asm.LSh.Imm(asm.R0, 9),
		value(asm.R2, "buckets"), asm.Add.Reg(asm.R2, asm.R0),
		asm.Mov.Reg(asm.R3, asm.R7), asm.LSh.Imm(asm.R3, 3), asm.Add.Reg(asm.R2, asm.R3),
	}, add(asm.R2, 0))
}

func histogramFloor(*target.Layout) floor {
	return floor{
		maps: map[string]*ebpf.MapSpec{"buckets": array(64 * 512)},
		enter: code(entered(), onlyGetppid(), asm.Instructions{asm.FnKtimeGetNs.Call(), asm.And.Imm(asm.R0, 1023)},
			logarithm(), asm.Instructions{asm.Mov.Reg(asm.R7, asm.R3)}, bucket(), leave("exit")),
	}
}

// slotBits is enough for a slot for every thread that a machine of this kind has.
const slotBits = 16

// threadSlot puts the address of the thread's slot, 16 bytes, into R8 and its
// number into R9; R6 is the task.
func threadSlot(l *target.Layout) asm.Instructions {
	return asm.Instructions{
		asm.LoadMem(asm.R9, asm.R6, int16(l.Task.Pid), asm.Word),
		asm.Mov.Reg(asm.R1, asm.R9), asm.And.Imm(asm.R1, 1<<slotBits-1), asm.LSh.Imm(asm.R1, 4),
		value(asm.R8, "slots"), asm.Add.Reg(asm.R8, asm.R1),
	}
}

// latencyFloor keeps the time of the entry in a slot of the thread's, tagged with
// its number.
func latencyFloor(l *target.Layout) floor {
	return floor{
		maps: map[string]*ebpf.MapSpec{"slots": array(16 << slotBits), "buckets": array(64 * 512)},
		enter: code(entered(), onlyGetppid(), asm.Instructions{
			asm.FnGetCurrentTaskBtf.Call(), asm.Mov.Reg(asm.R6, asm.R0),
		}, threadSlot(l), asm.Instructions{
			asm.FnKtimeGetNs.Call(),
			asm.StoreMem(asm.R8, 8, asm.R0, asm.DWord), asm.StoreMem(asm.R8, 0, asm.R9, asm.DWord),
		}, leave("exit")),
		exit: code(asm.Instructions{
			asm.FnGetCurrentTaskBtf.Call(), asm.Mov.Reg(asm.R6, asm.R0),
			asm.Mov.Reg(asm.R1, asm.R6), asm.FnTaskPtRegs.Call(),
			asm.LoadMem(asm.R2, asm.R0, int16(l.Regs.Number), asm.DWord),
		}, onlyGetppid(), threadSlot(l), asm.Instructions{
			asm.LoadMem(asm.R1, asm.R8, 0, asm.DWord), asm.JNE.Reg(asm.R1, asm.R9, "exit"),
			asm.FnKtimeGetNs.Call(),
			asm.LoadMem(asm.R1, asm.R8, 8, asm.DWord), asm.Sub.Reg(asm.R0, asm.R1),
			asm.Mov.Imm(asm.R1, 0), asm.StoreMem(asm.R8, 0, asm.R1, asm.DWord),
		}, logarithm(), asm.Instructions{asm.Mov.Reg(asm.R7, asm.R3)}, bucket(), leave("exit")),
	}
}
