package exe

import (
	"debug/dwarf"
	"encoding/binary"
	"errors"
	"fmt"

	"tapir/lang/image"
)

// Operations of expressions in DWARF.
const (
	opAddr         = 0x03
	opDeref        = 0x06
	opConst1u      = 0x08
	opConst1s      = 0x09
	opConst2u      = 0x0a
	opConst2s      = 0x0b
	opConst4u      = 0x0c
	opConst4s      = 0x0d
	opConst8u      = 0x0e
	opConst8s      = 0x0f
	opConstu       = 0x10
	opConsts       = 0x11
	opAnd          = 0x1a
	opMinus        = 0x1c
	opMul          = 0x1e
	opPlus         = 0x22
	opPlusUconst   = 0x23
	opShl          = 0x24
	opShr          = 0x25
	opLit0         = 0x30
	opReg0         = 0x50
	opBreg0        = 0x70
	opRegx         = 0x90
	opFbreg        = 0x91
	opBregx        = 0x92
	opPiece        = 0x93
	opDerefSize    = 0x94
	opNop          = 0x96
	opCallFrameCFA = 0x9c
	opBitPiece     = 0x9d
	opImplicit     = 0x9e
	opStackValue   = 0x9f
	opImplicitPtr  = 0xa0
	opAddrx        = 0xa1
	opEntryValue   = 0xa3
	opGNUImplicit  = 0xf2
	opGNUEntry     = 0xf3
	opGNUAddrIndex = 0xfb
)

var (
	errTorn       = errors.New("the debug information is torn")
	errOptimized  = errors.New("the compiler has optimized it away")
	errPieces     = errors.New("it lies in several pieces")
	errEntryValue = errors.New("only what the function was called with is known of it; probe the function's entry")
	errRegister   = errors.New("it is in a register that is not to be had")
	errDepth      = errors.New("its location is too complicated")
)

// maxSteps bounds what a location is computed of.
const maxSteps = 64

// evaluator turns an expression into the steps of a location.
type evaluator struct {
	d       *debug
	unit    *unit
	base    func() ([]image.Step, error) // the function's frame base
	cfa     func() ([]image.Step, error) // where the caller's frame ends
	atEntry bool                         // at the function's first instruction
	r       reader
	steps   []image.Step
	depth   int // of the stack
	value   bool
}

// location is what an expression computes.
func (v *evaluator) location(expr []byte) (image.Location, error) {
	v.r = reader{data: expr, order: v.d.order}
	if len(expr) == 0 {
		return image.Location{}, errOptimized
	}
	for len(v.r.data) > 0 {
		if err := v.step(); err != nil {
			return image.Location{}, err
		}
		if len(v.steps) > maxSteps {
			return image.Location{}, errDepth
		}
	}
	if v.r.torn || v.depth < 1 {
		return image.Location{}, errTorn
	}
	return image.Location{Steps: v.steps, Memory: !v.value}, nil
}

func (v *evaluator) push(code image.Code, n int64) {
	v.steps = append(v.steps, image.Step{Code: code, N: n})
	v.depth++
}

// pushAll pushes the value that steps compute.
func (v *evaluator) pushAll(steps []image.Step, err error) error {
	v.steps = append(v.steps, steps...)
	v.depth++
	return err
}

// fixed are the operations that push a number: how it is read.
var fixed = map[byte]func(*reader) int64{
	opConst1u: func(r *reader) int64 { return int64(r.uint8()) },
	opConst1s: func(r *reader) int64 { return int64(int8(r.uint8())) },
	opConst2u: func(r *reader) int64 { return int64(r.uint16()) },
	opConst2s: func(r *reader) int64 { return int64(int16(r.uint16())) },
	opConst4u: func(r *reader) int64 { return int64(r.uint32()) },
	opConst4s: func(r *reader) int64 { return int64(int32(r.uint32())) },
	opConst8u: func(r *reader) int64 { return int64(r.uint64()) },
	opConst8s: func(r *reader) int64 { return int64(r.uint64()) },
	opConstu:  func(r *reader) int64 { return int64(r.uleb()) },
	opConsts:  (*reader).sleb,
}

// binaries are the operations that replace two values by one.
var binaries = map[byte]image.Code{
	opAnd: image.And, opMinus: image.Sub, opMul: image.Mul, opPlus: image.Add, opShl: image.Shl, opShr: image.Shr,
}

// step reads one operation.
func (v *evaluator) step() error {
	op := v.r.uint8()
	if read, ok := fixed[op]; ok {
		v.push(image.Const, read(&v.r))
		return nil
	}
	if code, ok := binaries[op]; ok {
		return v.binary(code)
	}
	switch {
	case op >= opLit0 && op < opReg0:
		v.push(image.Const, int64(op-opLit0))
		return nil
	case op >= opReg0 && op < opBreg0:
		v.value = true
		return v.register(uint64(op-opReg0), 0)
	case op >= opBreg0 && op < opRegx:
		return v.register(uint64(op-opBreg0), v.r.sleb())
	}
	return v.special(op)
}

// special reads an operation that is like no other.
func (v *evaluator) special(op byte) error {
	switch op {
	case opAddr:
		v.push(image.Address, int64(v.r.uint64()))
	case opAddrx, opGNUAddrIndex:
		address, ok := v.d.addressAt(v.unit, v.r.uleb())
		if !ok {
			return errTorn
		}
		v.push(image.Address, int64(address))
	case opPlusUconst:
		v.push(image.Const, int64(v.r.uleb()))
		return v.binary(image.Add)
	case opRegx:
		v.value = true
		return v.register(v.r.uleb(), 0)
	case opBregx:
		n := v.r.uleb()
		return v.register(n, v.r.sleb())
	case opFbreg:
		offset := v.r.sleb()
		if v.base == nil {
			return errTorn
		}
		if err := v.pushAll(v.base()); err != nil {
			return err
		}
		v.push(image.Const, offset)
		return v.binary(image.Add)
	case opCallFrameCFA:
		if v.cfa == nil {
			return errTorn
		}
		return v.pushAll(v.cfa())
	case opDeref:
		return v.load(8)
	case opDerefSize:
		return v.load(int64(v.r.uint8()))
	case opStackValue:
		v.value = true
	case opNop:
	case opImplicit:
		return v.implicit()
	case opEntryValue, opGNUEntry:
		return v.entryValue()
	case opPiece, opBitPiece:
		return errPieces
	case opImplicitPtr, opGNUImplicit:
		return errOptimized
	default:
		return fmt.Errorf("%w (operation %#x)", errDepth, op)
	}
	return nil
}

func (v *evaluator) binary(code image.Code) error {
	if v.depth < 2 {
		return errTorn
	}
	v.steps = append(v.steps, image.Step{Code: code})
	v.depth--
	return nil
}

func (v *evaluator) load(size int64) error {
	if v.depth < 1 || size != 1 && size != 2 && size != 4 && size != 8 {
		return errTorn
	}
	v.steps = append(v.steps, image.Step{Code: image.Load, N: size})
	return nil
}

// register pushes a register's value plus an offset.
func (v *evaluator) register(n uint64, offset int64) error {
	if n > regProgram {
		return errRegister
	}
	v.push(image.Register, int64(n))
	if offset == 0 {
		return nil
	}
	v.push(image.Const, offset)
	return v.binary(image.Add)
}

// implicit pushes a value that stands in the expression itself.
func (v *evaluator) implicit() error {
	data := v.r.bytes(v.r.uleb())
	if len(data) > 8 {
		return errPieces
	}
	var word [8]byte
	copy(word[:], data)
	v.push(image.Const, int64(binary.LittleEndian.Uint64(word[:])))
	v.value = true
	return nil
}

// entryValue pushes what a register held when the function was called, which is what it
// holds if that is now.
func (v *evaluator) entryValue() error {
	inner := v.r.bytes(v.r.uleb())
	if !v.atEntry {
		return errEntryValue
	}
	nested := &evaluator{d: v.d, unit: v.unit, atEntry: true}
	where, err := nested.location(inner)
	if err != nil {
		return err
	}
	return v.pushAll(where.Steps, nil)
}

// addressAt is an address of a unit's by its index.
func (d *debug) addressAt(u *unit, index uint64) (uint64, bool) {
	at := uint64(u.addrBase) + 8*index
	if index > uint64(len(d.addr)) || at > uint64(len(d.addr)) || uint64(len(d.addr))-at < 8 {
		return 0, false
	}
	return d.order.Uint64(d.addr[at:]), true
}

// expression is the location of an entry that holds at an address; it holds everywhere if
// it stands in the entry itself.
func (d *debug) expression(u *unit, e *dwarf.Entry, address uint64) (expr []byte, everywhere bool, err error) {
	field := e.AttrField(dwarf.AttrLocation)
	if field == nil {
		return nil, false, errOptimized
	}
	switch at := field.Val.(type) {
	case []byte:
		return at, true, nil
	case int64:
		if field.Class == dwarf.ClassLocList {
			var ok bool
			if at, ok = d.listOffset(u, at); !ok {
				return nil, false, errTorn
			}
		}
		expr, err = d.listed(u, at, address)
		return expr, false, err
	case uint64:
		offset, ok := d.listOffset(u, int64(at))
		if !ok {
			return nil, false, errTorn
		}
		expr, err = d.listed(u, offset, address)
		return expr, false, err
	}
	return nil, false, errTorn
}
