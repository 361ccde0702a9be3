package check

import (
	"fmt"
	"slices"

	"tapir/lang/builtin"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// chain is the head of the functions that a call may mean, linked in the order in
// which `next` goes through them. What no `next` leads to is left out.
func (c *checker) chain(decls []*syntax.FuncDecl) *Func {
	head := c.function(decls[0])
	last := head
	for i, d := range decls[1:] {
		if !c.passesOn(last) {
			for _, d := range decls[i+1:] {
				c.shadowed = appendNew(c.shadowed, d)
			}
			break
		}
		next := c.function(d)
		if next == last || last.Next != nil {
			last = next
			continue
		}
		last.Next = next
		last = next
	}
	if last.Next == nil && c.passesOn(last) {
		last.Next = c.builtinOverload(last.Decl)
	}
	return head
}

// builtinOverload is a function that calls the built-in one of d's name, for the
// calls that a script's functions of that name pass on; nil if there is none.
func (c *checker) builtinOverload(d *syntax.FuncDecl) *Func {
	fn := builtin.Lookup(d.Name)
	if fn == nil || fn.Tapset || !fn.Accepts(len(d.Params)) {
		return nil
	}
	call := &syntax.Call{Base: d.Base, Name: d.Name}
	wrapper := &syntax.FuncDecl{Base: d.Base, Name: d.Name}
	for i := range d.Params {
		name := fmt.Sprintf("a%d", i+1)
		wrapper.Params = append(wrapper.Params, &syntax.Param{Base: d.Base, Name: name})
		call.Args = append(call.Args, &syntax.Ident{Base: d.Base, Name: name})
	}
	body := &syntax.Block{Base: d.Base}
	f := &Func{Name: d.Name, Decl: wrapper, Result: fn.Result, Body: body}
	if fn.Result == types.Void {
		body.Stmts = []syntax.Stmt{&syntax.ExprStmt{Base: d.Base, X: call}}
	} else {
		body.Stmts = []syntax.Stmt{&syntax.ReturnStmt{Base: d.Base, X: call}}
		c.info(f).returns = true
	}
	c.prog.Uses[call] = &Builtin{fn}
	for i, arg := range call.Args {
		l := &Local{Name: wrapper.Params[i].Name, Type: types.Type{Kind: fn.Params[i]}, Tok: d.Token()}
		c.info(l).kindTok = d.Token()
		f.Params = append(f.Params, l)
		c.prog.Uses[arg] = l
	}
	c.info(f).kindTok = d.Token()
	c.bodyOf[f] = wrapperBody(f)
	return f
}

func wrapperBody(f *Func) *body {
	return &body{block: f.Body, fn: f, bound: true}
}

func appendNew[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

// passesOn reports whether a function can hand a call to the next one of its name.
func (c *checker) passesOn(f *Func) bool {
	in := c.info(f)
	if !in.searched {
		in.searched = true
		syntax.Walk(f.Body, func(n syntax.Node) bool {
			_, isNext := n.(*syntax.NextStmt)
			in.passesOn = in.passesOn || isNext
			return !in.passesOn
		})
	}
	return in.passesOn
}

// callees calls do for each function that a body calls, as often as it does, in
// the order of the text; overloads follow the one that passes on to them.
func (c *checker) callees(b *body, do func(*Func)) {
	visit := func(n syntax.Node) bool {
		if e, ok := n.(*syntax.Call); ok {
			f, _ := c.prog.Uses[e].(*Func)
			for ; f != nil; f = f.Next {
				do(f)
			}
		}
		return true
	}
	for _, cond := range b.conds {
		syntax.Walk(cond, visit)
	}
	syntax.Walk(b.block, visit)
}

// reach makes bodies and the program's functions those that probes reach, in
// order of first use.
func (c *checker) reach() {
	seen := make(map[*Func]bool)
	bodies := slices.DeleteFunc(c.bodies, func(b *body) bool { return b.fn != nil })
	c.prog.Funcs = nil
	for i := 0; i < len(bodies); i++ {
		c.callees(bodies[i], func(f *Func) {
			if !seen[f] {
				seen[f] = true
				c.prog.Funcs = append(c.prog.Funcs, f)
				bodies = append(bodies, c.bodyOf[f])
			}
		})
	}
	c.bodies = bodies
}

// calling is the functions from which a function of start can be reached, those
// of start among them.
func (c *checker) calling(start func(*body) bool) map[*Func]bool {
	callers := make(map[*Func][]*Func)
	var queue []*Func
	found := make(map[*Func]bool)
	for _, b := range c.bodies {
		if b.fn == nil {
			continue
		}
		c.callees(b, func(f *Func) { callers[f] = append(callers[f], b.fn) })
		if start(b) {
			found[b.fn] = true
			queue = append(queue, b.fn)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, f := range callers[queue[0]] {
			if !found[f] {
				found[f] = true
				queue = append(queue, f)
			}
		}
	}
	return found
}
