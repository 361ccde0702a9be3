package exe

import (
	"debug/dwarf"

	"tapir/lang/ctype"
	"tapir/lang/image"
)

// class is how a parameter is handed over: in how many registers for numbers and
// addresses, or in how many words of the stack if that is more than 0.
type class struct {
	registers, floats, words int
}

// goRegisters are where Go's convention has numbers and addresses: rax, rbx, rcx, rdi,
// rsi, r8 to r11.
var goRegisters = []int64{0, 3, 2, 5, 4, 8, 9, 10, 11}

// callingConvention is where the parameters of a function are at its first instruction,
// nil for those of which no single place is known.
func (p *place) callingConvention() []*image.Location {
	if !p.entry() {
		return nil
	}
	if p.unit.language == languageGo {
		return p.goConvention()
	}
	free, onStack := argumentRegisters[:], int64(8)
	if t := p.result(p.sub); t != nil && classify(t).words > 0 {
		free = free[1:] // the address for the result
	}
	var list []*image.Location
	for _, t := range p.parameterTypes() {
		c := classify(t)
		switch {
		case c.floats > 0 && c.registers == 0 && c.words == 0:
			list = append(list, nil) // registers for them are counted apart
		case c.words == 0 && c.registers+c.floats > 0 && c.registers <= len(free):
			list = append(list, inRegister(c, free))
			free = free[c.registers:]
		default:
			list = append(list, &image.Location{Steps: offsetFrom(regStack, onStack), Memory: true})
			onStack += int64(8 * max(c.words, c.registers+c.floats, 1))
		}
	}
	return list
}

// inRegister is the first of some registers, if the value is in one alone.
func inRegister(c class, free []int64) *image.Location {
	if c.registers != 1 || c.floats > 0 {
		return nil
	}
	return &image.Location{Steps: []image.Step{{Code: image.Register, N: free[0]}}}
}

// goConvention is callingConvention for Go, which hands over each field of a struct in a
// register of its own.
func (p *place) goConvention() []*image.Location {
	free := goRegisters
	var list []*image.Location
	for _, t := range p.parameterTypes() {
		parts := maxParts
		n, ok := goWords(t, 0, &parts)
		if !ok || n > len(free) {
			list = append(list, nil)
			continue
		}
		list = append(list, inRegister(class{registers: n}, free))
		free = free[n:]
	}
	return list
}

// goWords is how many registers a value of Go takes; not ok if it has parts that are in
// none, or more parts than are left.
func goWords(t *ctype.Type, depth int, parts *int) (n int, ok bool) {
	switch *parts--; {
	case depth > maxFlat || *parts < 0:
		return 0, false
	case t.Kind == ctype.Struct:
		for _, m := range t.Members() {
			k, ok := goWords(m.Type, depth+1, parts)
			if n += k; !ok || n > len(goRegisters) {
				return n, false
			}
		}
		return n, true
	case t.Kind == ctype.Int || t.Kind == ctype.Pointer:
		return 1, true
	}
	return 0, false
}

// parameterTypes are the types of a function's parameters.
func (p *place) parameterTypes() []*ctype.Type {
	var list []*ctype.Type
	p.walk(p.sub.entry.Offset, func(e *dwarf.Entry, _ int) (bool, bool) {
		if e.Tag == dwarf.TagFormalParameter {
			list = append(list, p.typeOf(e))
		}
		return false, true
	})
	return list
}

// Bounds of structs that are handed over: how deep they lie in each other, and the parts
// that are looked at, of which those without a size may be any number.
const (
	maxFlat  = 8
	maxParts = 1024
)

// classify says how C's convention hands over a value.
func classify(t *ctype.Type) class {
	words := (t.Size + 7) / 8
	switch {
	case t.Kind == ctype.Float && t.Size <= 8:
		return class{floats: 1}
	case t.Kind == ctype.Float:
		return class{words: words}
	case !t.IsAggregate() && t.Kind != ctype.Array:
		return class{registers: max(words, 1)}
	case t.Size > 16 || t.Size == 0:
		return class{words: max(words, 1)}
	}
	var numbers [2]bool
	parts := maxParts
	if !markNumbers(t, 0, 0, &parts, &numbers) {
		return class{words: words}
	}
	var c class
	for _, number := range numbers[:words] {
		if number {
			c.registers++
		} else {
			c.floats++
		}
	}
	return c
}

// markNumbers notes which words of a small struct have other things in them than
// floating point; it fails for one that is too deep or has more parts than are left.
func markNumbers(t *ctype.Type, offset, depth int, parts *int, numbers *[2]bool) bool {
	switch *parts--; {
	case depth > maxFlat || *parts < 0:
		return false
	case t.IsAggregate():
		for _, m := range t.Members() {
			if !markNumbers(m.Type, offset+m.Offset/8, depth+1, parts, numbers) {
				return false
			}
		}
	case t.Kind == ctype.Array:
		for i := range min(t.Len, 16) {
			if !markNumbers(t.Elem(), offset+i*t.Elem().Size, depth+1, parts, numbers) {
				return false
			}
		}
	case t.Kind != ctype.Float:
		for word := offset / 8; word <= (offset+max(t.Size, 1)-1)/8; word++ {
			if word < 0 || word > 1 {
				return false
			}
			numbers[word] = true
		}
	}
	return true
}
