package exe

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"

	"tapir/lang/image"
)

// frameDescription says how the stack frame of some code is found: an entry of the
// section .eh_frame.
type frameDescription struct {
	low, high    uint64
	common       *frameCommon
	instructions []byte
}

// frameCommon is what frame descriptions have in common.
type frameCommon struct {
	codeAlign    uint64
	dataAlign    int64
	encoding     byte // of addresses
	augmented    bool // descriptions have data of their own before the instructions
	instructions []byte
}

// Encodings of addresses in .eh_frame: the format in the low half, what it is relative to
// in the high half.
const (
	encodingAbsolute = 0x00
	encodingUdata4   = 0x03
	encodingSdata4   = 0x0b
	encodingUdata8   = 0x04
	encodingSdata8   = 0x0c
	relativeToPlace  = 0x10
	encodingOmitted  = 0xff
)

// maxFrames bounds the descriptions of a file.
const maxFrames = 1 << 21

// readFrames reads .eh_frame, which programs carry for exceptions and tracers, up to
// where it makes no sense. The result is sorted by address.
func (f *File) readFrames() []frameDescription {
	s := f.elf.Section(".eh_frame")
	if s == nil {
		return nil
	}
	data, err := section(f.elf, ".eh_frame")
	if err != nil {
		return nil
	}
	list := parseFrames(data, s.Addr, reader{order: f.elf.ByteOrder})
	slices.SortFunc(list, func(a, b frameDescription) int { return cmp.Compare(a.low, b.low) })
	return list
}

// parseFrames reads the bytes of .eh_frame that are loaded at an address.
func parseFrames(data []byte, address uint64, r reader) []frameDescription {
	var list []frameDescription
	commons := map[uint64]*frameCommon{}
	for at := uint64(0); at+8 <= uint64(len(data)) && len(list) < maxFrames; {
		r.data, r.torn = data[at:], false
		length := uint64(r.uint32())
		if length == 0 || length == math.MaxUint32 || length > uint64(len(r.data)) {
			break
		}
		start := at
		r.data = r.data[:length]
		at += 4 + length
		id := uint64(r.uint32())
		if id == 0 {
			commons[start] = parseCommon(&r)
			continue
		}
		common := commons[start+4-id]
		if common == nil {
			continue
		}
		if d, ok := parseDescription(&r, common, address+start+8); ok {
			list = append(list, d)
		}
	}
	return list
}

// parseCommon reads a common entry behind its head; nil if it is of an unknown form.
func parseCommon(r *reader) *frameCommon {
	version := r.uint8()
	augmentation := r.text()
	c := &frameCommon{codeAlign: r.uleb(), dataAlign: r.sleb()}
	if version == 1 {
		r.uint8() // the register of the return address
	} else {
		r.uleb()
	}
	if rest, ok := strings.CutPrefix(augmentation, "z"); ok {
		c.augmented = true
		extra := reader{data: r.bytes(r.uleb()), order: r.order}
		for _, letter := range rest {
			switch letter {
			case 'R':
				c.encoding = extra.uint8()
			case 'L':
				extra.uint8()
			case 'P':
				skipEncoded(&extra, extra.uint8())
			case 'S', 'B':
			default:
				return nil
			}
		}
	} else if augmentation != "" {
		return nil
	}
	c.instructions = r.data
	if r.torn || version != 1 && version != 3 {
		return nil
	}
	return c
}

// skipEncoded skips an address in an encoding.
func skipEncoded(r *reader, encoding byte) {
	switch encoding & 0x0f {
	case encodingUdata4, encodingSdata4:
		r.uint32()
	default:
		r.uint64()
	}
}

// parseDescription reads a description behind its head; place is where that is loaded.
func parseDescription(r *reader, c *frameCommon, place uint64) (d frameDescription, ok bool) {
	var length uint64
	switch c.encoding & 0x0f {
	case encodingSdata4:
		d.low = uint64(int64(int32(r.uint32())))
		length = uint64(r.uint32())
	case encodingUdata4:
		d.low, length = uint64(r.uint32()), uint64(r.uint32())
	case encodingAbsolute, encodingUdata8, encodingSdata8:
		d.low, length = r.uint64(), r.uint64()
	default:
		return d, false
	}
	switch c.encoding & 0x70 {
	case relativeToPlace:
		d.low += place
	case 0:
	default:
		return d, false
	}
	if c.augmented {
		r.bytes(r.uleb())
	}
	d.high, d.common, d.instructions = d.low+length, c, r.data
	return d, !r.torn && c.encoding != encodingOmitted && d.high > d.low
}

// Instructions of frame descriptions. The first three have an operand in their low bits.
const (
	cfaAdvance     = 0x40
	cfaOffset      = 0x80
	cfaRestore     = 0xc0
	cfaNop         = 0x00
	cfaSetLoc      = 0x01
	cfaAdvance1    = 0x02
	cfaAdvance2    = 0x03
	cfaAdvance4    = 0x04
	cfaRemember    = 0x0a
	cfaRecall      = 0x0b
	cfaDef         = 0x0c
	cfaDefRegister = 0x0d
	cfaDefOffset   = 0x0e
	cfaDefExpr     = 0x0f
	cfaDefSf       = 0x12
	cfaDefOffsetSf = 0x13
)

// cfaOperands is how many numbers of variable length follow the instructions that say
// nothing about the frame's end; a negative number: then a block.
var cfaOperands = map[byte]int{
	cfaNop: 0, 0x05: 2, 0x06: 1, 0x07: 1, 0x08: 1, 0x09: 2, 0x10: -1, 0x11: 2, 0x14: 2, 0x15: 2, 0x16: -1, 0x2d: 0, 0x2e: 1, 0x2f: 2,
}

// frameEnd is a rule: a register plus an offset.
type frameEnd struct {
	register uint64
	offset   int64
	other    bool // it is an expression
}

// frameMachine runs a description's instructions up to an address.
type frameMachine struct {
	common *frameCommon
	at     uint64 // the address that the rule holds from
	rule   frameEnd
	saved  []frameEnd
}

// maxSaved bounds the rules that are remembered.
const maxSaved = 64

var errFrame = errors.New("where the stack frame ends is not known there")

// run runs instructions as far as they hold at an address.
func (m *frameMachine) run(r reader, address uint64) error {
	for len(r.data) > 0 {
		op := r.uint8()
		var step uint64
		switch {
		case op&0xc0 == cfaAdvance:
			step = uint64(op & 0x3f)
		case op&0xc0 == cfaOffset:
			r.uleb()
		case op&0xc0 == cfaRestore:
		case op == cfaAdvance1:
			step = uint64(r.uint8())
		case op == cfaAdvance2:
			step = uint64(r.uint16())
		case op == cfaAdvance4:
			step = uint64(r.uint32())
		default:
			if err := m.define(op, &r); err != nil {
				return err
			}
		}
		m.at += step * m.common.codeAlign
		if m.at > address {
			return nil
		}
	}
	return nil
}

// define runs an instruction that says where the frame ends, or what is of no interest.
func (m *frameMachine) define(op byte, r *reader) error {
	switch op {
	case cfaDef:
		m.rule = frameEnd{register: r.uleb(), offset: int64(r.uleb())}
	case cfaDefSf:
		m.rule = frameEnd{register: r.uleb(), offset: r.sleb() * m.common.dataAlign}
	case cfaDefRegister:
		m.rule.register = r.uleb()
	case cfaDefOffset:
		m.rule.offset = int64(r.uleb())
	case cfaDefOffsetSf:
		m.rule.offset = r.sleb() * m.common.dataAlign
	case cfaDefExpr:
		r.bytes(r.uleb())
		m.rule.other = true
	case cfaRemember:
		if len(m.saved) == maxSaved {
			return errFrame
		}
		m.saved = append(m.saved, m.rule)
	case cfaRecall:
		if len(m.saved) == 0 {
			return errFrame
		}
		m.rule, m.saved = m.saved[len(m.saved)-1], m.saved[:len(m.saved)-1]
	default:
		n, ok := cfaOperands[op]
		if !ok {
			return errFrame
		}
		for range max(n, -n) {
			r.uleb()
		}
		if n < 0 {
			r.bytes(r.uleb())
		}
	}
	return nil
}

// callerFrame computes where the frame of the caller of the code at an address ends: the
// stack's address before the call's return address was pushed.
func (f *File) callerFrame(address uint64) ([]image.Step, error) {
	list := f.frames()
	i, _ := slices.BinarySearchFunc(list, address, func(d frameDescription, a uint64) int {
		if d.low <= a {
			return -1
		}
		return 1
	})
	if i == 0 || address >= list[i-1].high {
		return nil, errFrame
	}
	d := list[i-1]
	m := &frameMachine{common: d.common, at: d.low}
	for _, code := range [][]byte{d.common.instructions, d.instructions} {
		if err := m.run(reader{data: code, order: f.elf.ByteOrder}, address); err != nil {
			return nil, err
		}
	}
	if m.rule.other || m.rule.register > regProgram {
		return nil, errFrame
	}
	return offsetFrom(int64(m.rule.register), m.rule.offset), nil
}

// offsetFrom is a register plus an offset.
func offsetFrom(register, offset int64) []image.Step {
	return []image.Step{{Code: image.Register, N: register}, {Code: image.Const, N: offset}, {Code: image.Add}}
}
