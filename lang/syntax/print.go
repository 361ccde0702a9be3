package syntax

import (
	"fmt"
	"io"
	"strings"
)

// Dump writes the files as a run does that ends behind the parser: a heading,
// then each file's name and PrintFile's text of it. The headings are comments,
// so the whole is a script, too.
func Dump(w io.Writer, files []*File) error {
	if _, err := io.WriteString(w, "# parse tree dump\n"); err != nil {
		return err
	}
	for _, f := range files {
		if _, err := fmt.Fprintf(w, "# file %s\n", f.Source.Name); err != nil {
			return err
		}
		if err := PrintFile(w, f); err != nil {
			return err
		}
	}
	return nil
}

// PrintFile writes f as a script that parses to the same tree.
func PrintFile(w io.Writer, f *File) error {
	p := &printer{}
	for i, d := range f.Decls {
		if i > 0 {
			p.newline()
		}
		p.decl(d)
		p.newline()
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// ExprString is x with as few parentheses as its meaning allows.
func ExprString(x Expr) string {
	p := &printer{}
	p.expr(x, levelNone)
	return p.String()
}

// StmtString is s as PrintFile writes it.
func StmtString(s Stmt) string {
	p := &printer{}
	p.stmt(s)
	return p.String()
}

// PointString is a probe point as scripts write it.
func PointString(point *ProbePoint) string {
	p := &printer{}
	p.point(point)
	return p.String()
}

// A printer collects text and knows how far it is indented.
type printer struct {
	strings.Builder
	depth int
}

func (p *printer) text(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
}

func (p *printer) newline() {
	p.WriteByte('\n')
	for range p.depth {
		p.WriteByte('\t')
	}
}

// list writes items with a separator between them.
func list[T any](p *printer, items []T, separator string, write func(T)) {
	for i, x := range items {
		if i > 0 {
			p.text(separator)
		}
		write(x)
	}
}

func (p *printer) decl(d Decl) {
	switch d := d.(type) {
	case *GlobalDecl:
		p.private(d.Private)
		p.text("global ")
		list(p, d.Vars, ", ", p.global)
	case *FuncDecl:
		p.function(d)
	case *ProbeDecl:
		p.probe(d)
	case *EmbeddedDecl:
		p.embedded(d.Code)
	default:
		panic(fmt.Sprintf("syntax: unexpected declaration %T", d))
	}
}

func (p *printer) private(yes bool) {
	if yes {
		p.text("private ")
	}
}

func (p *printer) global(v *GlobalVar) {
	p.text(v.Name)
	if v.Wrap {
		p.text("%")
	}
	if v.Size != nil {
		p.text("[")
		p.literal(v.Size)
		p.text("]")
	}
	if v.Init != nil {
		p.text(" = ")
		p.literal(v.Init)
	}
}

// literal writes a literal where a sign belongs to it.
func (p *printer) literal(x Expr) {
	if n, ok := x.(*IntLit); ok {
		p.text(fmt.Sprint(n.Value))
		return
	}
	p.expr(x, levelNone)
}

func (t TypeName) suffix() string {
	return [...]string{NoType: "", LongType: ":long", StringType: ":string"}[t]
}

func (p *printer) function(f *FuncDecl) {
	p.private(f.Private)
	p.text("function ", f.Name, f.Result.suffix(), "(")
	list(p, f.Params, ", ", func(x *Param) { p.text(x.Name, x.Type.suffix()) })
	p.text(")")
	if f.Priority != 1 {
		p.text(fmt.Sprintf(":%d", f.Priority))
	}
	p.text(" ")
	if f.Embedded != nil {
		p.embedded(f.Embedded)
		return
	}
	p.block(f.Body)
}

func (p *printer) embedded(c *EmbeddedCode) { p.text("%{", c.Text, "%}") }

func (p *printer) probe(d *ProbeDecl) {
	p.private(d.Private)
	p.text("probe ")
	for i, name := range d.Aliases {
		p.point(name)
		if d.Epilogue && i == len(d.Aliases)-1 {
			p.text(" += ")
		} else {
			p.text(" = ")
		}
	}
	list(p, d.Points, ", ", p.point)
	p.text(" ")
	p.block(d.Body)
	if d.After != nil {
		p.text(", ")
		p.block(d.After)
	}
}

func (p *printer) point(point *ProbePoint) {
	list(p, point.Components, ".", p.component)
	switch {
	case point.Sufficient:
		p.text("!")
	case point.Optional:
		p.text("?")
	}
	if point.Cond != nil {
		p.text(" if (")
		p.expr(point.Cond, levelNone)
		p.text(")")
	}
}

func (p *printer) component(c *Component) {
	if c.Group != nil {
		p.text("{")
		list(p, c.Group, ", ", p.point)
		p.text("}")
		return
	}
	p.text(c.Name)
	if c.Arg != nil {
		p.text("(")
		p.literal(c.Arg)
		p.text(")")
	}
}

func (p *printer) block(b *Block) {
	if len(b.Stmts) == 0 {
		p.text("{ }")
		return
	}
	p.text("{")
	p.depth++
	for _, s := range b.Stmts {
		p.newline()
		p.stmt(s)
	}
	p.depth--
	p.newline()
	p.text("}")
}
