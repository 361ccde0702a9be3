package check

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tapir/lang/syntax"
	"tapir/lang/types"
)

// PrintOptions say what Print shows.
type PrintOptions struct {
	// Bodies shows what functions and handlers do, besides what they are.
	Bodies bool
}

// Print writes a checked program in the form of `stap -p2`: globals, functions by
// name and probes, with the types of their variables.
func Print(w io.Writer, p *Program, o PrintOptions) error {
	out := &programPrinter{w: bufio.NewWriter(w), o: o}
	out.globals(p)
	out.functions(p)
	out.probes(p)
	return out.w.Flush()
}

type programPrinter struct {
	w *bufio.Writer
	o PrintOptions
}

func (p *programPrinter) globals(prog *Program) {
	for i, g := range prog.Globals {
		if i == 0 {
			fmt.Fprintln(p.w, "# globals")
		}
		fmt.Fprint(p.w, g.Name)
		if g.Wrap {
			fmt.Fprint(p.w, "%")
		}
		if g.Limit > 0 {
			fmt.Fprintf(p.w, "[%d]", g.Limit)
		}
		fmt.Fprintf(p.w, ":%s", typeName(g.Type.Kind))
		if g.Type.IsArray() {
			keys := make([]string, len(g.Type.Keys))
			for i, k := range g.Type.Keys {
				keys[i] = typeName(k)
			}
			fmt.Fprintf(p.w, " [%s]", strings.Join(keys, ", "))
		}
		if g.Init != nil {
			fmt.Fprintf(p.w, " = %s", syntax.ExprString(g.Init))
		}
		fmt.Fprintln(p.w)
	}
}

// typeName is the name of a kind there; a function that returns nothing has none.
func typeName(k types.Kind) string {
	if k == types.Void {
		k = types.Unknown
	}
	return k.String()
}

func (p *programPrinter) functions(prog *Program) {
	funcs := slices.Clone(prog.Funcs)
	slices.SortStableFunc(funcs, compareNames)
	for i, f := range funcs {
		if i == 0 {
			fmt.Fprintln(p.w, "# functions")
		}
		params := make([]string, len(f.Params))
		for i, l := range f.Params {
			params[i] = signature(l)
		}
		fmt.Fprintf(p.w, "%s:%s (%s)\n", f.Name, typeName(f.Result), strings.Join(params, ", "))
		p.body(f.Locals, f.Body)
	}
}

func signature(l *Local) string { return l.Name + ":" + typeName(l.Type.Kind) }

func (p *programPrinter) probes(prog *Program) {
	for i, pr := range prog.Probes {
		if i == 0 {
			fmt.Fprintln(p.w, "# probes")
		}
		fmt.Fprint(p.w, pr.Point.Name)
		for _, cond := range pr.Conds {
			fmt.Fprintf(p.w, " if (%s)", syntax.ExprString(cond))
		}
		fmt.Fprintf(p.w, " /* <- %s */\n", strings.ReplaceAll(pr.Spelling, "*/", strconv.Quote("*/")))
		p.body(pr.Locals, pr.Body)
	}
}

func (p *programPrinter) body(locals []*Local, b *syntax.Block) {
	if len(locals) > 0 {
		fmt.Fprintln(p.w, "  # locals")
	}
	for _, l := range locals {
		fmt.Fprintf(p.w, "  %s\n", signature(l))
	}
	if p.o.Bodies {
		fmt.Fprintln(p.w, strings.TrimRight(syntax.StmtString(b), "\n"))
	}
}
