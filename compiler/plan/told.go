package plan

import (
	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

// tell puts before a handler that the session is told what the event's moment is. The
// tapset has no such function, and the language does not count it as an action.
func (h *handler) tell(body *ir.Block) {
	at := ir.At{Pos: h.out.IR.Pos}
	call := &ir.Builtin{At: at, Fn: builtin.Lookup(builtin.Happened)}
	for _, name := range []string{"gettimeofday_ns", "cpu", "pid", "tid", "execname"} {
		call.Args = append(call.Args, &ir.Builtin{At: at, Fn: builtin.Lookup(name)})
	}
	body.Stmts = append([]ir.Stmt{&ir.Eval{At: at, X: call}}, body.Stmts...)
}
