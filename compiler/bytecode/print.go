package bytecode

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Fprint lists the program, function by function, one instruction a line.
func (p *Program) Fprint(w io.Writer) error {
	out := bufio.NewWriter(w)
	starts := map[int]string{}
	for _, f := range p.Funcs {
		starts[f.Entry] = "function " + f.Name + f.Frame.describe()
	}
	for _, pr := range p.Probes {
		starts[pr.Entry] = "probe " + pr.Name + pr.Frame.describe()
	}
	for pc := range p.Code {
		if s, ok := starts[pc]; ok {
			fmt.Fprintln(out, s)
		}
		fmt.Fprintf(out, "%5d  %s\n", pc, p.Instruction(pc))
	}
	return out.Flush()
}

func (f Frame) describe() string {
	return fmt.Sprintf(" (%d/%d/%d integers, %d/%d/%d strings)",
		f.Ints.Params, f.Ints.Locals, f.Ints.Size, f.Texts.Params, f.Texts.Locals, f.Texts.Size)
}

// Instruction is the text of one instruction.
func (p *Program) Instruction(pc int) string {
	in := p.Code[pc]
	info := in.Op.Info()
	var args []string
	for _, o := range []struct {
		kind Operand
		reg  uint8
	}{{info.A, in.A}, {info.B, in.B}, {info.C, in.C}} {
		if s := register(o.kind, o.reg, in); s != "" {
			args = append(args, s)
		}
	}
	if s := p.immediate(info.Imm, int(in.Imm)); s != "" {
		args = append(args, s)
	}
	return strings.TrimRight(fmt.Sprintf("%-8s %s", info.Name, strings.Join(args, " ")), " ")
}

func register(kind Operand, reg uint8, in Instr) string {
	n := strconv.Itoa(int(reg))
	switch kind {
	case Int, Maybe:
		return "i" + n
	case Text:
		return "s" + n
	case IntBase:
		return "i" + n + ".."
	case TextBase:
		return "s" + n + ".."
	case Short:
		return strconv.FormatInt(in.Short(), 10)
	}
	return ""
}

func (p *Program) immediate(kind Operand, i int) string {
	switch kind {
	case Lit:
		return strconv.Itoa(i)
	case Target:
		return "->" + strconv.Itoa(i)
	case ConstRef:
		return strconv.FormatInt(p.Constants[i], 10)
	case StringRef:
		return strconv.Quote(p.Strings[i])
	case GlobalRef:
		return p.Globals[i].Name
	case FuncRef:
		return p.Funcs[i].Name
	case LoadRef:
		return p.Loads[i].String()
	case CallRef:
		return p.Calls[i].String()
	case FormatRef:
		return p.Formats[i].String()
	case LoopRef:
		return p.loop(&p.Loops[i])
	case StatRef:
		return p.Globals[p.Stats[i].Global].Name + " @" + p.Stats[i].Kind.String()
	case PatternRef:
		return strconv.Quote(p.Patterns[i])
	}
	return ""
}

func (l Load) String() string {
	if l.Capture < 0 {
		return l.Name + "()"
	}
	return fmt.Sprintf("%s() #%d", l.Name, l.Capture)
}

func (c BuiltinCall) String() string {
	s := fmt.Sprintf("%s/%d", c.Name, c.Args)
	if c.Capture >= 0 {
		s += fmt.Sprintf(" #%d", c.Capture)
	}
	return s
}

func (p *Program) loop(l *Loop) string {
	s := p.Globals[l.Global].Name
	for _, k := range l.Keys {
		s += fmt.Sprintf(" %d", k)
	}
	if l.Value >= 0 {
		s += fmt.Sprintf(" value %d", l.Value)
	}
	if l.Hist {
		s += " buckets"
	}
	if l.Sort >= 0 {
		s += fmt.Sprintf(" sort %d", l.Sort)
		if l.Aggregate != Count {
			s += " by @" + l.Aggregate.String()
		}
		if l.Descending {
			s += "-"
		}
	}
	if l.Limit {
		s += " limit"
	}
	if l.Sliced {
		s += " sliced"
	}
	return s
}

// String is the format as the language writes it; an escaped conversion has a !
// behind it.
func (f Format) String() string {
	var b strings.Builder
	for i := range f.Segments {
		s := &f.Segments[i]
		b.WriteString(s.FormatPart.String() + strings.Repeat("!", int(s.Escape)))
	}
	return strconv.Quote(b.String())
}
