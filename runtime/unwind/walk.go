// Package unwind follows the calls on a copy of a program's stack, by what package callframe
// knows of the code, and by frame pointers where that is nothing. Start with Walk.
package unwind

import (
	"encoding/binary"

	"tapir/bpf/callframe"
)

// Registers are those that frames are found by.
type Registers struct {
	Instruction, Stack, Base uint64
}

// Memory is a copy of some of a program's memory.
type Memory struct {
	Start uint64
	Bytes []byte
}

// word is the number at an address.
func (m Memory) word(address uint64) (uint64, bool) {
	at := address - m.Start
	if address < m.Start || at > uint64(len(m.Bytes)) || uint64(len(m.Bytes))-at < 8 {
		return 0, false
	}
	return binary.LittleEndian.Uint64(m.Bytes[at:]), true
}

// Code says what is known about the code at an address: its row, if it has one, and
// whether there is code at all.
type Code func(address uint64) (row callframe.Row, known, mapped bool)

// MaxFrames is the most calls that are followed.
const MaxFrames = 127

// Walk appends the addresses of the calls that led to where the registers are, the
// innermost first. It is complete if it came to a call that has no caller.
func Walk(dst []uint64, at Registers, stack Memory, code Code) (addresses []uint64, complete bool) {
	start := len(dst)
	for len(dst)-start < MaxFrames {
		place := at.Instruction
		if len(dst) > start {
			place-- // the call lies before what it returns to
		}
		row, known, mapped := code(place)
		if !mapped && len(dst) > start {
			return dst, false // that was no address of a call
		}
		dst = append(dst, at.Instruction)
		if known && row.Outermost {
			return dst, true
		}
		next, ok := at.caller(row, known, stack)
		if !ok || next.Stack <= at.Stack || next.Instruction == 0 {
			return dst, ok && next.Instruction == 0
		}
		at = next
	}
	return dst, false
}

// caller is the registers in the caller.
func (at Registers) caller(row callframe.Row, known bool, stack Memory) (next Registers, ok bool) {
	if !known { // two words: the caller's base, the address to return to
		row = callframe.Row{ByBase: true, End: 16, Return: -8, Base: -16, BaseSaved: true}
	}
	end := at.Stack
	if row.ByBase {
		end = at.Base
	}
	end += uint64(row.End)
	next = Registers{Stack: end, Base: at.Base}
	if next.Instruction, ok = stack.word(end + uint64(row.Return)); !ok {
		return next, false
	}
	if row.BaseSaved {
		next.Base, ok = stack.word(end + uint64(row.Base))
	}
	return next, ok
}
