package exe

import (
	"errors"

	"tapir/bpf/callframe"
	"tapir/lang/image"
)

// maxFrameSection bounds the section .eh_frame, in bytes.
const maxFrameSection = 64 << 20

// Frames is what the file says about the frames of its code, and how many bytes that
// takes; nothing if it says nothing, or in more bytes than limit.
func (f *File) Frames(limit uint64) (table *callframe.Table, size uint64) {
	s := f.elf.Section(".eh_frame")
	if s == nil || s.Size > min(limit, maxFrameSection) {
		return nil, 0
	}
	data, err := section(f.elf, ".eh_frame")
	if err != nil {
		return nil, 0
	}
	return callframe.Parse(data, s.Addr), s.Size
}

var errFrame = errors.New("where the stack frame ends is not known there")

// callerFrame computes where the frame of the caller of the code at an address ends: the
// stack's address before the call's return address was pushed.
func (f *File) callerFrame(address uint64) ([]image.Step, error) {
	table := f.frames()
	if table == nil {
		return nil, errFrame
	}
	register, offset, ok := table.End(address)
	if !ok || register > regProgram {
		return nil, errFrame
	}
	return offsetFrom(int64(register), offset), nil
}

// offsetFrom is a register plus an offset.
func offsetFrom(register, offset int64) []image.Step {
	return []image.Step{{Code: image.Register, N: register}, {Code: image.Const, N: offset}, {Code: image.Add}}
}
