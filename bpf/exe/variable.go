package exe

import (
	"debug/dwarf"
	"fmt"
	"slices"

	"tapir/lang/ctype"
	"tapir/lang/image"
)

// place is some code whose variables are asked for.
type place struct {
	*debug
	file    *File
	unit    *unit
	sub     *subprogram
	address uint64
}

// entry reports whether it is the function's first instruction.
func (p *place) entry() bool { return p.address == p.sub.low() }

// maxScope bounds how deep blocks may lie in each other.
const maxScope = 256

// Variables are those of the code at an address, inner ones before outer ones.
func (f *File) Variables(address uint64) ([]image.Variable, error) {
	d, err := f.debug()
	if err != nil {
		return nil, err
	}
	u, s, err := d.subprogramAt(address)
	if err != nil {
		return nil, err
	}
	p := &place{d, f, u, s, address}
	var scopes [maxScope][]image.Variable
	params := p.callingConvention()
	n := 0 // of the function's parameters
	d.walk(s.entry.Offset, func(e *dwarf.Entry, depth int) (bool, bool) {
		if depth >= maxScope {
			return false, true
		}
		switch e.Tag {
		case dwarf.TagFormalParameter, dwarf.TagVariable:
			var convention *image.Location
			if depth == 1 && e.Tag == dwarf.TagFormalParameter {
				if n < len(params) {
					convention = params[n]
				}
				n++
			}
			if name := d.nameOf(e); name != "" {
				scopes[depth] = append(scopes[depth], p.variable(e, name, depth == 1, convention))
			}
			return false, true
		case dwarf.TagLexDwarfBlock, dwarf.TagInlinedSubroutine:
			ranges, err := d.data.Ranges(e)
			return err == nil && contains(ranges, address), true
		}
		return false, true
	})
	var list []image.Variable
	for _, scope := range slices.Backward(scopes[:]) {
		list = append(list, scope...)
	}
	return list, nil
}

// variable is one variable. In a function's first instruction a parameter whose place is
// in the frame is not there yet: then it is where the calling convention has it.
func (p *place) variable(e *dwarf.Entry, name string, outermost bool, convention *image.Location) image.Variable {
	v := image.Variable{Name: name, Type: p.typeOf(e), Param: outermost && e.Tag == dwarf.TagFormalParameter}
	expr, everywhere, err := p.expression(p.unit, e, p.address)
	switch {
	case p.entry() && v.Param && everywhere:
		if convention == nil {
			v.Lost = "how it is handed over is not known"
			return v
		}
		v.Location = *convention
		return v
	case err != nil:
		v.Lost = err.Error()
		if constant, ok := e.Val(dwarf.AttrConstValue).(int64); ok {
			v.Location, v.Lost = image.Location{Steps: []image.Step{{Code: image.Const, N: constant}}}, ""
		}
		return v
	}
	if v.Location, err = p.evaluator().location(expr); err != nil {
		v.Lost = err.Error()
	}
	return v
}

func (p *place) evaluator() *evaluator {
	cfa := func() ([]image.Step, error) {
		if p.entry() {
			return offsetFrom(regStack, 8), nil
		}
		return p.file.callerFrame(p.address)
	}
	base := func() ([]image.Step, error) {
		expr, ok := p.sub.entry.Val(dwarf.AttrFrameBase).([]byte)
		if !ok {
			return nil, errFrame
		}
		where, err := (&evaluator{d: p.debug, unit: p.unit, cfa: cfa}).location(expr)
		return where.Steps, err
	}
	return &evaluator{d: p.debug, unit: p.unit, base: base, cfa: cfa, atEntry: p.entry()}
}

// Result is the type of what the function at an address returns; nil if it returns
// nothing.
func (f *File) Result(address uint64) (*ctype.Type, error) {
	d, err := f.debug()
	if err != nil {
		return nil, err
	}
	_, s, err := d.subprogramAt(address)
	if err != nil {
		return nil, err
	}
	return d.result(s), nil
}

func (d *debug) result(s *subprogram) *ctype.Type {
	at, ok := d.value(s.entry, dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return nil
	}
	return d.typeAt(at)
}

// Global is a variable of the whole program, by its name, that is defined in a source
// file whose name matches.
func (f *File) Global(name string, source func(string) bool) (image.Variable, error) {
	v := image.Variable{Name: name}
	d, err := f.debug()
	if err != nil {
		return v, fmt.Errorf("unable to find global '%s': %w", name, err)
	}
	found, gone := false, false
	for _, u := range d.units {
		d.walk(u.entry.Offset, func(e *dwarf.Entry, _ int) (bool, bool) {
			if e.Tag != dwarf.TagVariable || d.nameOf(e) != name || !source(d.sourceOf(u, e)) {
				return e.Tag == dwarf.TagNamespace, true
			}
			expr, ok := e.Val(dwarf.AttrLocation).([]byte)
			if !ok {
				gone = true
				return false, true
			}
			v.Type = d.typeOf(e)
			if v.Location, err = (&evaluator{d: d, unit: u}).location(expr); err != nil {
				v.Lost = err.Error()
			}
			found = true
			return false, false
		})
		if found {
			return v, nil
		}
	}
	if gone {
		return v, fmt.Errorf("the global '%s' has no place in %s: %w", name, f.path, errOptimized)
	}
	return v, fmt.Errorf("unable to find global '%s' in %s", name, f.path)
}
