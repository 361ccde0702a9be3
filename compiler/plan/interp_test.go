package plan_test

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// machine runs trees directly, one event after another: what tests compare
// placements by.
type machine struct {
	globals map[*ir.Global]any    // int64, string or *stat
	arrays  map[*ir.Global]*array // elements as globals
	event   map[string]any        // results of built-in functions, by their calls' text
	match   []string              // what the last regular expression matched
	out     strings.Builder
	actions int

	// In a plan's code: where it takes values from, and what computes them.
	plan   *plan.Plan
	kernel *machine
}

// array is elements in order of insertion.
type array struct {
	keys   []string // the keys' text
	parts  map[string][]any
	values map[string]any
}

// stat is a statistic.
type stat struct{ count, sum, most int64 }

var (
	errNext     = errors.New("next")
	errNextFunc = errors.New("next function")
	errReturn   = errors.New("return")
	errBreak    = errors.New("break")
)

type frame struct {
	locals map[*ir.Local]any
	result any
}

func newMachine(p *ir.Program) *machine {
	m := &machine{globals: map[*ir.Global]any{}, arrays: map[*ir.Global]*array{}}
	for _, g := range p.Globals {
		m.arrays[g] = &array{parts: map[string][]any{}, values: map[string]any{}}
		m.globals[g] = zeroOf(g.Type)
		if g.Init != nil {
			m.globals[g] = m.eval(&frame{}, g.Init)
		}
	}
	return m
}

func zeroOf(t types.Type) any {
	switch t.Kind {
	case types.String:
		return ""
	case types.Stats:
		return &stat{}
	}
	return int64(0)
}

// handle runs a handler, or a part of it, and prints the error that it ends with. It
// reports whether the handler is over.
func (m *machine) handle(b *ir.Block) (over bool) {
	m.actions = 0
	defer func() {
		if r := recover(); r != nil {
			over = true
			switch r := r.(type) {
			case scriptError:
				m.out.WriteString("ERROR: " + string(r) + "\n")
			case tooLong:
				m.out.WriteString("ERROR: MAXACTION exceeded\n")
			default:
				panic(r)
			}
		}
	}()
	return m.block(&frame{locals: map[*ir.Local]any{}}, b) != nil
}

type scriptError string

// tooLong is an error that can't be caught.
type tooLong struct{}

func (m *machine) block(f *frame, b *ir.Block) error {
	if b == nil {
		return nil
	}
	for _, s := range b.Stmts {
		if err := m.stmt(f, s); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) stmt(f *frame, s ir.Stmt) error {
	switch s := s.(type) {
	case *ir.Block:
		return m.block(f, s)
	case *ir.Eval:
		m.eval(f, s.X)
	case *ir.Print:
		m.out.WriteString(m.text(f, s.Format) + "\n")
	case *ir.If:
		if m.truth(f, s.Cond) {
			return m.block(f, s.Then)
		}
		return m.block(f, s.Else)
	case *ir.Loop:
		return m.loop(f, s)
	case *ir.Return:
		f.result = nil
		if s.X != nil {
			f.result = m.eval(f, s.X)
		}
		return errReturn
	case *ir.Foreach:
		return m.foreach(f, s)
	case *ir.Try:
		return m.try(f, s)
	case *ir.PrintHist:
		fmt.Fprintf(&m.out, "histogram %+v\n", m.some(f, s.Stat))
	case *ir.Delete:
		m.arrays[s.Global].delete(m.key(f, s.Keys))
	case *ir.NextFunc:
		return errNextFunc
	case *ir.Next:
		return errNext
	case *ir.Break:
		return errBreak
	default:
		panic(fmt.Sprintf("unexpected %T", s))
	}
	return nil
}

func (m *machine) loop(f *frame, s *ir.Loop) error {
	for s.Cond == nil || m.truth(f, s.Cond) {
		m.act()
		switch err := m.block(f, s.Body); err {
		case nil:
		case errBreak:
			return nil
		default:
			return err
		}
		if s.Post != nil {
			m.eval(f, s.Post)
		}
	}
	return nil
}

func (m *machine) act() {
	if m.actions++; m.actions > 100 {
		panic(tooLong{})
	}
}

func (m *machine) foreach(f *frame, s *ir.Foreach) error {
	a := m.arrays[s.Global]
	switch {
	case s.Sort == 0:
		slices.SortStableFunc(a.keys, func(x, y string) int { return compare(a.values[x], a.values[y], s.Descending) })
	case s.Sort > 0:
		slices.SortStableFunc(a.keys, func(x, y string) int {
			return compare(a.parts[x][s.Sort-1], a.parts[y][s.Sort-1], s.Descending)
		})
	}
	limit := int64(len(a.keys))
	if s.Limit != nil {
		limit = m.eval(f, s.Limit).(int64)
	}
	for i, k := range slices.Clone(a.keys) {
		if int64(i) >= limit {
			break
		}
		m.act()
		for j, l := range s.Keys {
			f.locals[l] = a.parts[k][j]
		}
		if s.Value != nil {
			f.locals[s.Value] = a.values[k]
		}
		if err := m.block(f, s.Body); err == errBreak {
			break
		} else if err != nil {
			return err
		}
	}
	return nil
}

func compare(x, y any, descending bool) int {
	c := cmp.Compare(number(x), number(y))
	if descending {
		return -c
	}
	return c
}

func number(x any) int64 {
	if s, ok := x.(*stat); ok {
		return s.count
	}
	return x.(int64)
}

func (m *machine) try(f *frame, s *ir.Try) (err error) {
	caught, failed := scriptError(""), false
	func() {
		defer func() {
			r := recover()
			if caught, failed = r.(scriptError); r != nil && !failed {
				panic(r)
			}
		}()
		err = m.block(f, s.Body)
	}()
	if !failed {
		return err
	}
	if s.Var != nil {
		f.locals[s.Var] = string(caught)
	}
	return m.block(f, s.Handler)
}

// some is a statistic that is not empty.
func (m *machine) some(f *frame, p ir.Place) *stat {
	s := m.eval(f, p).(*stat)
	if s.count == 0 {
		panic(scriptError("empty aggregate"))
	}
	return s
}

func (m *machine) truth(f *frame, x ir.Expr) bool { return m.eval(f, x).(int64) != 0 }

func (m *machine) eval(f *frame, x ir.Expr) any {
	switch x := x.(type) {
	case *ir.Int:
		return x.Value
	case *ir.Str:
		return x.Value
	case *ir.LocalRef:
		if v, ok := f.locals[x.Local]; ok {
			return v
		}
		return zeroOf(x.Local.Type)
	case *ir.GlobalRef:
		return m.globals[x.Global]
	case *ir.Elem:
		if v, ok := m.arrays[x.Global].values[join(m.key(f, x.Keys))]; ok {
			return v
		}
		return zeroOf(x.Type())
	case *ir.In:
		_, ok := m.arrays[x.Global].values[join(m.key(f, x.Keys))]
		return ir.Bool(ok)
	case *ir.Unary:
		return ir.Arith1(x.Op, m.eval(f, x.X).(int64))
	case *ir.Binary:
		return binary(x.Op, m.eval(f, x.X), m.eval(f, x.Y))
	case *ir.Logical:
		if m.truth(f, x.X) == x.Or {
			return ir.Bool(x.Or)
		}
		return ir.Bool(m.truth(f, x.Y))
	case *ir.Cond:
		if m.truth(f, x.C) {
			return m.eval(f, x.X)
		}
		return m.eval(f, x.Y)
	case *ir.Assign:
		v := m.eval(f, x.Value)
		if x.Op != ir.OpNone {
			v = binary(x.Op, m.eval(f, x.Left), v)
		}
		m.store(f, x.Left, v)
		return v
	case *ir.Step:
		old := m.eval(f, x.Left).(int64)
		m.store(f, x.Left, old+x.Delta)
		if x.Post {
			return old
		}
		return old + x.Delta
	case *ir.Call:
		return m.call(f, x)
	case *ir.StatAdd:
		v := m.eval(f, x.Value).(int64)
		s := m.eval(f, x.Left).(*stat)
		m.store(f, x.Left, &stat{s.count + 1, s.sum + v, max(s.most, v)})
		return v
	case *ir.StatOp:
		return m.statOp(f, x)
	case *ir.Regex:
		if x.Loose && !m.readable(f, x.X) {
			return int64(1)
		}
		m.match = regexp.MustCompilePOSIX(x.Pattern).FindStringSubmatch(m.eval(f, x.X).(string))
		return ir.Bool((m.match != nil) != x.Negate)
	case *ir.Sprint:
		return m.text(f, x.Format)
	case *ir.Builtin:
		return m.builtin(f, x)
	}
	panic(fmt.Sprintf("unexpected %T", x))
}

// readable reports whether a text can be read.
func (m *machine) readable(f *frame, x ir.Expr) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, fault := r.(scriptError); !fault {
				panic(r)
			}
			ok = false
		}
	}()
	m.eval(f, x)
	return true
}

func (m *machine) statOp(f *frame, x *ir.StatOp) int64 {
	switch x.Op {
	case ir.StatCount:
		return m.eval(f, x.Stat).(*stat).count
	case ir.StatSum:
		return m.eval(f, x.Stat).(*stat).sum
	}
	return m.some(f, x.Stat).most
}

func (m *machine) text(f *frame, format *ir.Format) string {
	var b strings.Builder
	for _, a := range format.Args {
		fmt.Fprint(&b, m.eval(f, a), " ")
	}
	b.WriteString(ir.FormatString(&ir.Format{Parts: format.Parts}))
	return b.String()
}

func (m *machine) builtin(f *frame, x *ir.Builtin) any {
	switch x.Fn.Name {
	case "strlen":
		return int64(len(m.eval(f, x.Args[0]).(string)))
	case "ngroups":
		return int64(len(m.match))
	case "matched_str":
		return strings.Join(m.match[:min(1, len(m.match))], "")
	}
	var c *plan.Capture
	if m.plan != nil {
		c = m.plan.CaptureOf[x]
	}
	switch {
	case x.Fn.Class == builtin.Memory:
		addr := m.eval(f, x.Args[0]).(int64)
		if c != nil {
			m.checkRead(c, addr)
		}
		return m.read(f, x, addr)
	case c != nil:
		return m.kernel.eval(&frame{}, c.Value)
	}
	v, ok := m.event[ir.ExprString(x)]
	if !ok {
		panic("no value of " + ir.ExprString(x))
	}
	return v
}

// checkRead holds that what the kernel reads is what the VM wants.
func (m *machine) checkRead(c *plan.Capture, addr int64) {
	if c.Cond != nil && !m.kernel.truth(&frame{}, c.Cond) {
		panic("read, though not captured: " + c.Text)
	}
	if got := m.kernel.eval(&frame{}, c.Addr).(int64); got != addr {
		panic(fmt.Sprintf("captured at %d, wanted at %d: %s", got, addr, c.Text))
	}
}

// read is memory of which every third word can't be read.
func (m *machine) read(f *frame, x *ir.Builtin, addr int64) any {
	good := addr%3 != 0
	switch {
	case x.Fn.Result == types.Long && good:
		return addr * 7 % 5
	case x.Fn.Result == types.Long:
		return int64(0)
	case good:
		return fmt.Sprint("text ", addr)
	case len(x.Args) > 1:
		return m.eval(f, x.Args[1])
	}
	panic(scriptError("string copy fault"))
}

func binary(op ir.Op, x, y any) any {
	if s, ok := x.(string); ok {
		if op == ir.OpConcat {
			return s + y.(string)
		}
		return ir.CompareStrings(op, s, y.(string))
	}
	v, ok := ir.Arith(op, x.(int64), y.(int64))
	if !ok {
		panic(scriptError("division by 0"))
	}
	return v
}

func (m *machine) store(f *frame, p ir.Place, v any) {
	switch p := p.(type) {
	case *ir.LocalRef:
		f.locals[p.Local] = v
	case *ir.GlobalRef:
		m.globals[p.Global] = v
	case *ir.Elem:
		m.arrays[p.Global].store(m.key(f, p.Keys), v)
	}
}

func (m *machine) key(f *frame, keys []ir.Expr) []any {
	var key []any
	for _, k := range keys {
		key = append(key, m.eval(f, k))
	}
	return key
}

func join(key []any) string { return fmt.Sprintln(key...) }

func (a *array) store(key []any, v any) {
	k := join(key)
	if _, ok := a.values[k]; !ok {
		a.keys = append(a.keys, k)
	}
	a.parts[k], a.values[k] = key, v
}

func (a *array) delete(key []any) {
	k := join(key)
	delete(a.values, k)
	a.keys = slices.DeleteFunc(a.keys, func(other string) bool { return other == k })
}

func (a *array) String() string {
	var b strings.Builder
	for _, k := range a.keys {
		fmt.Fprintf(&b, " %v: %v", a.parts[k], a.values[k])
	}
	return b.String()
}

func (m *machine) call(f *frame, x *ir.Call) any {
	var args []any
	for _, a := range x.Args {
		args = append(args, m.eval(f, a))
	}
	for fn := x.Func; fn != nil; fn = fn.Next {
		inner := &frame{locals: map[*ir.Local]any{}}
		for i, v := range args {
			inner.locals[fn.Locals[i]] = v
		}
		if err := m.block(inner, fn.Body); err == errNextFunc {
			continue
		}
		if inner.result == nil {
			return zeroOf(types.Type{Kind: x.Func.Result})
		}
		return inner.result
	}
	panic(scriptError("all functions exhausted"))
}

// state is all that a script can see of what has happened.
func (m *machine) state(p *ir.Program) string {
	var b strings.Builder
	for _, g := range p.Globals {
		fmt.Fprintf(&b, "%s = %v %v\n", g.Name, m.globals[g], m.arrays[g])
	}
	return b.String()
}
