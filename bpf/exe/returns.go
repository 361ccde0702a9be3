package exe

import (
	"errors"
	"fmt"

	"golang.org/x/arch/x86/x86asm"

	"tapir/lang/image"
)

// isGo reports whether Go's compiler made the file.
func (f *File) isGo() bool {
	return f.elf.Section(".go.buildinfo") != nil || f.elf.Section(".note.go.buildid") != nil
}

// maxCode is the bytes of the largest function whose instructions are gone through.
const maxCode = 4 << 20

// Returns are the places of the return instructions of a function of Go, which moves
// stacks and so can't bear that a probe changes the address to return to; nil for
// functions of other languages.
func (f *File) Returns(fn image.Function) ([]image.Site, error) {
	if !f.isGo() {
		return nil, nil
	}
	if fn.Size == 0 || fn.Size > maxCode {
		return nil, fmt.Errorf("how long the function %s is, is not known", fn.Plain)
	}
	code := make([]byte, fn.Size)
	for _, p := range f.elf.Progs {
		if fn.Offset >= p.Off && fn.Offset-p.Off+fn.Size <= p.Filesz {
			if _, err := p.ReadAt(code, int64(fn.Offset-p.Off)); err != nil {
				return nil, fmt.Errorf("read the code of %s: %w", fn.Plain, err)
			}
			return returns(code, fn)
		}
	}
	return nil, fmt.Errorf("the code of %s is not in the file", fn.Plain)
}

var errNoReturn = errors.New("it never returns")

// returns finds the return instructions in a function's code. A place in the middle of
// an instruction must never be probed, so an instruction that is not known ends it.
func returns(code []byte, fn image.Function) ([]image.Site, error) {
	var list []image.Site
	for at := 0; at < len(code); {
		instruction, err := x86asm.Decode(code[at:], 64)
		if err != nil {
			return nil, fmt.Errorf("the code of %s has instructions that are not known, so its returns can't be found", fn.Plain)
		}
		if instruction.Op == x86asm.RET {
			list = append(list, image.Site{Address: fn.Address + uint64(at), Offset: fn.Offset + uint64(at)})
		}
		at += instruction.Len
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: %w", fn.Plain, errNoReturn)
	}
	return list, nil
}
