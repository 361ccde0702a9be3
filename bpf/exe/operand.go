package exe

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tapir/lang/ctype"
	"tapir/lang/image"
)

// maxOperands is how many arguments of a mark are taken; a mark has at most 12.
const maxOperands = 16

// parseOperands reads the arguments of a mark: `-4@-20(%rbp) 8@%rax 4@$3`, each a size
// in bytes, negative if it is signed, and where it is in the assembler's notation.
// One that makes no sense is Lost. resolve knows the addresses of symbols.
func parseOperands(text string, resolve func(string) (uint64, bool)) []image.Argument {
	fields := strings.Fields(text)
	if len(fields) > maxOperands {
		fields = fields[:maxOperands]
	}
	list := make([]image.Argument, len(fields))
	for i, f := range fields {
		var err error
		if list[i], err = parseOperand(f, resolve); err != nil {
			list[i].Type = integer(8, true)
			list[i].Lost = "its operand " + strconv.Quote(f) + " is not understood: " + err.Error()
		}
	}
	return list
}

// integer is the type of numbers of some bytes.
func integer(size int, signed bool) *ctype.Type {
	names := map[int]string{1: "char", 2: "short", 4: "int", 8: "long"}
	name := names[size]
	if !signed {
		name = "unsigned " + name
	}
	return &ctype.Type{Kind: ctype.Int, Name: name, Size: size, Signed: signed, User: true}
}

var errOperand = errors.New("it is none of the forms that are known")

func parseOperand(text string, resolve func(string) (uint64, bool)) (a image.Argument, err error) {
	size, signed := 8, true
	if head, rest, ok := strings.Cut(text, "@"); ok {
		n, err := strconv.Atoi(strings.TrimSuffix(head, "f"))
		switch {
		case strings.HasSuffix(head, "f"):
			return a, errors.New("floating point")
		case err != nil:
			return a, errOperand
		}
		size, signed, text = max(n, -n), n < 0, rest
		if size != 1 && size != 2 && size != 4 && size != 8 {
			return a, errors.New("a number of " + strconv.Itoa(size) + " bytes")
		}
	}
	a.Type = integer(size, signed)
	switch {
	case strings.HasPrefix(text, "$"):
		n, err := parseSum(text[1:], nil)
		if err != nil {
			return a, err
		}
		a.Steps = []image.Step{{Code: image.Const, N: n.value}}
	case strings.HasPrefix(text, "%"):
		r, ok := registers[text[1:]]
		if !ok {
			return a, errors.New("there is no such register")
		}
		a.Steps = r.steps()
	default:
		a.Memory = true
		a.Steps, err = parseAddress(text, resolve)
	}
	return a, err
}

// parseAddress reads `displacement(%base,%index,scale)`, all of whose parts may be
// missing.
func parseAddress(text string, resolve func(string) (uint64, bool)) ([]image.Step, error) {
	displacement, inner := text, ""
	if at := strings.IndexByte(text, '('); at >= 0 {
		if !strings.HasSuffix(text, ")") {
			return nil, errOperand
		}
		displacement, inner = text[:at], text[at+1:len(text)-1]
	}
	sum, err := parseSum(displacement, resolve)
	if err != nil {
		return nil, err
	}
	steps := []image.Step{{Code: image.Const, N: sum.value}}
	if sum.symbol {
		steps[0].Code = image.Address
	}
	parts := strings.Split(inner, ",")
	if len(parts) > 3 {
		return nil, errOperand
	}
	if parts[0] == "%rip" {
		if !sum.symbol || len(parts) > 1 {
			return nil, errOperand
		}
		return steps, nil
	}
	if parts[0] != "" {
		r, ok := wholeRegister(parts[0])
		if !ok {
			return nil, errOperand
		}
		steps = append(r.steps(), append(steps, image.Step{Code: image.Add})...)
	}
	if len(parts) == 1 {
		return steps, nil
	}
	return indexed(steps, parts[1:])
}

// indexed adds an index, perhaps with a scale, to an address.
func indexed(steps []image.Step, parts []string) ([]image.Step, error) {
	index, ok := wholeRegister(parts[0])
	if !ok {
		return nil, errOperand
	}
	scale := int64(1)
	if len(parts) == 2 {
		var err error
		if scale, err = strconv.ParseInt(parts[1], 10, 8); err != nil {
			return nil, errOperand
		}
	}
	steps = append(steps, index.steps()...)
	return append(steps, image.Step{Code: image.Const, N: scale}, image.Step{Code: image.Mul}, image.Step{Code: image.Add}), nil
}

// sum is a displacement: numbers, and at most one symbol.
type sum struct {
	value  int64
	symbol bool // value is an address of the file
}

// parseSum reads `-20`, `8+name`, `name-4`, or nothing, which is 0.
func parseSum(text string, resolve func(string) (uint64, bool)) (s sum, err error) {
	for text != "" {
		sign := int64(1)
		switch text[0] {
		case '-':
			sign, text = -1, text[1:]
		case '+':
			text = text[1:]
		}
		end := strings.IndexAny(text, "+-")
		if end < 0 {
			end = len(text)
		}
		term := text[:end]
		text = text[end:]
		if n, err := strconv.ParseInt(term, 0, 64); err == nil {
			s.value += sign * n
			continue
		}
		if n, err := strconv.ParseUint(term, 0, 64); err == nil {
			s.value += sign * int64(n)
			continue
		}
		if resolve == nil || s.symbol || sign < 0 || term == "" {
			return s, errOperand
		}
		address, known := resolve(term)
		if !known {
			return s, fmt.Errorf("it names %.100q, which is not among the symbols of the program", term)
		}
		s.value, s.symbol = s.value+int64(address), true
	}
	return s, nil
}
