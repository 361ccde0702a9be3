package ir

import (
	"fmt"
	"io"
	"strings"

	"tapir/lang/types"
)

// Fprint writes the whole program in the script's language, with the types of
// globals, locals and functions in comments.
func Fprint(w io.Writer, p *Program) error {
	var s StmtPrinter
	for _, g := range p.Globals {
		s.line("global %s # %s", globalDecl(g), g.Type)
	}
	for _, f := range p.Funcs {
		s.line("")
		s.line("function %s # %s", signature(f), localList(f.Locals[f.Params:]))
		s.block(f.Body)
	}
	for _, pr := range p.Probes {
		s.line("")
		for _, c := range pr.Conds {
			s.line("# if (%s)", ExprString(c))
		}
		s.line("probe %s # %s", pr.Point.Name, localList(pr.Locals))
		s.block(pr.Body)
	}
	_, err := io.WriteString(w, s.String())
	if err != nil {
		return fmt.Errorf("print program: %w", err)
	}
	return nil
}

// StmtString is a statement, or a block's statements, one a line.
func StmtString(s Stmt) string {
	var p StmtPrinter
	p.Stmt(s)
	return p.String()
}

func globalDecl(g *Global) string {
	d := g.Name
	if g.Wrap {
		d += "%"
	}
	if g.Limit > 0 {
		d += fmt.Sprintf("[%d]", g.Limit)
	}
	if g.Init != nil {
		d += " = " + ExprString(g.Init)
	}
	return d
}

func signature(f *Func) string {
	params := make([]string, f.Params)
	for i, l := range f.Locals[:f.Params] {
		params[i] = l.Name + ":" + l.Type.String()
	}
	name := f.Name
	if f.Result != types.Void && f.Result != types.Unknown {
		name += ":" + f.Result.String()
	}
	return name + " (" + strings.Join(params, ", ") + ")"
}

func localList(ls []*Local) string {
	if len(ls) == 0 {
		return "no locals"
	}
	texts := make([]string, len(ls))
	for i, l := range ls {
		texts[i] = l.Name + ":" + l.Type.String()
	}
	return strings.Join(texts, ", ")
}

// A StmtPrinter writes statements with four spaces a level. Its zero value
// starts at the margin.
type StmtPrinter struct {
	strings.Builder
	Indent int // levels
}

func (p *StmtPrinter) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text != "" {
		p.WriteString(strings.Repeat("    ", p.Indent))
	}
	p.WriteString(text + "\n")
}

// Stmt writes s; a block as its statements.
func (p *StmtPrinter) Stmt(s Stmt) {
	switch s := s.(type) {
	case *Block:
		for _, s := range s.Stmts {
			p.Stmt(s)
		}
	case *Eval:
		p.line("%s", ExprString(s.X))
	case *Print:
		p.line("printf(%s)", FormatString(s.Format))
	case *If:
		p.ifElse(s)
	case *Loop:
		p.loop(s)
	case *Foreach:
		p.line("foreach (%s)", foreachHead(s))
		p.nested(s.Body)
	case *Return:
		if s.X == nil {
			p.line("return")
		} else {
			p.line("return %s", ExprString(s.X))
		}
	case *Next, *NextFunc:
		p.line("next")
	case *Try:
		p.try(s)
	case *PrintHist:
		var x exprPrinter
		x.hist(s.Stat)
		p.line("print(%s)", x.String())
	case *Break:
		p.line("break")
	case *Continue:
		p.line("continue")
	case *Delete:
		p.line("delete %s", deleted(s))
	default:
		panic(fmt.Sprintf("ir: unexpected statement %T", s))
	}
}

func (p *StmtPrinter) block(b *Block) {
	p.line("{")
	p.Indent++
	p.Stmt(b)
	p.Indent--
	p.line("}")
}

// nested writes the body of a compound statement: one simple statement without
// braces.
func (p *StmtPrinter) nested(b *Block) {
	if len(b.Stmts) != 1 || isCompound(b.Stmts[0]) {
		p.block(b)
		return
	}
	p.Indent++
	p.Stmt(b)
	p.Indent--
}

func isCompound(s Stmt) bool {
	switch s.(type) {
	case *Block, *If, *Loop, *Foreach, *Try:
		return true
	}
	return false
}

func (p *StmtPrinter) ifElse(s *If) {
	p.line("if (%s)", ExprString(s.Cond))
	p.nested(s.Then)
	if s.Else != nil {
		p.line("else")
		p.nested(s.Else)
	}
}

// try always writes braces, which its parts must have.
func (p *StmtPrinter) try(s *Try) {
	p.line("try")
	p.block(s.Body)
	if s.Var == nil {
		p.line("catch")
	} else {
		p.line("catch (%s)", s.Var.Name)
	}
	p.block(s.Handler)
}

func (p *StmtPrinter) loop(s *Loop) {
	cond := "1"
	if s.Cond != nil {
		cond = ExprString(s.Cond)
	}
	if s.Post == nil {
		p.line("while (%s)", cond)
	} else {
		p.line("for (; %s; %s)", cond, ExprString(s.Post))
	}
	p.nested(s.Body)
}

func foreachHead(s *Foreach) string {
	order := func(n int) string {
		switch {
		case s.Sort != n:
			return ""
		case s.Descending:
			return "-"
		}
		return "+"
	}
	inHead := s.Value != nil && s.Aggregate == StatCount // the order stands at the value
	var b strings.Builder
	switch {
	case inHead:
		b.WriteString(s.Value.Name + order(0) + " = ")
	case s.Value != nil:
		b.WriteString(s.Value.Name + " = ")
	}
	names := make([]string, len(s.Keys))
	for i, k := range s.Keys {
		names[i] = k.Name + order(i+1)
	}
	var array exprPrinter
	if s.Hist != nil {
		array.hist(s.Hist)
	} else {
		array.WriteString(s.Global.Name)
	}
	fmt.Fprintf(&b, "[%s] in %s", strings.Join(names, ", "), array.String())
	if s.Slice != nil {
		b.WriteString(keysString(s.Slice))
	}
	if s.Aggregate != StatCount && s.Sort == 0 {
		b.WriteString(" @" + s.Aggregate.String())
	}
	if !inHead {
		b.WriteString(order(0))
	}
	if s.Limit != nil {
		b.WriteString(" limit " + ExprString(s.Limit))
	}
	return b.String()
}

func deleted(s *Delete) string {
	if s.Keys == nil {
		return s.Global.Name
	}
	return s.Global.Name + keysString(s.Keys)
}

func keysString(keys []Expr) string {
	var p exprPrinter
	p.keys(keys)
	return p.String()
}
