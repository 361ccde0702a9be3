package plan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// A writer of random scripts whose handlers are full of conditions.
type scripts struct {
	*rand.Rand
	divide  bool // may divide, and do other things that fail
	matched bool // may ask what was matched
	walking bool // within a foreach over walk
	defs    int  // variables that are set once
	depth   int
}

// address is one that the kernel can compute.
func (s *scripts) address() string {
	return s.pick("pointer_arg(1)", "pointer_arg(2)", "(pointer_arg(2) + 8)", "(int_arg(1) > 1 ? pointer_arg(2) : 8)", "p")
}

// string is a text of memory, which may fail to be read.
func (s *scripts) string() string {
	if s.divide && s.IntN(2) == 0 {
		return "user_string(" + s.address() + ")"
	}
	return "user_string(" + s.address() + ", \"none\")"
}

// value is a number whose computation shows what happens between.
func (s *scripts) value() string {
	if s.divide {
		switch s.IntN(8) {
		case 0:
			return "@max(" + s.pick("st", "sa["+s.long()+" & 3]") + ")"
		case 1:
			return "strlen(user_string(" + s.address() + "))"
		}
	}
	if s.matched && s.IntN(2) == 0 {
		return s.pick("ngroups()", "strlen(matched_str())")
	}
	switch s.IntN(13) {
	case 9, 10:
		return fmt.Sprintf("(d%d + 0)", 1+s.IntN(max(1, s.defs)))
	case 11:
		return "(int_arg(1) " + s.pick("> 1 ? user_int("+s.address()+") : count", "> 1 ? count : user_int("+s.address()+")", "< 2 || user_int("+s.address()+") + count > 2") + ")"
	case 12:
		return "second(" + s.long() + ")"
	case 0:
		return "@" + s.pick("count", "sum") + "(" + s.pick("st", "sa["+s.long()+" & 3]") + ")"
	case 1, 2:
		return "user_int(" + s.address() + ")"
	case 3:
		return "(" + s.cond() + " ? user_int(" + s.address() + ") : " + s.long() + ")"
	case 4:
		return "(int_arg(1) > 1 && user_int(" + s.address() + ") > 1)"
	case 5:
		return s.pick("word(", "chain(") + s.address() + ")"
	case 6:
		return "strlen(user_string(" + s.address() + ", \"none\"))"
	case 7:
		return "pick(" + s.long() + ")"
	}
	return "strlen(text)"
}

func (s *scripts) pick(choices ...string) string { return choices[s.IntN(len(choices))] }

// long is an expression over what there is in a handler.
func (s *scripts) long() string {
	if s.depth++; s.depth > 4 {
		s.depth--
		return s.pick("1", "x", "pid()", "fixed")
	}
	defer func() { s.depth-- }()
	switch s.IntN(19) {
	case 14, 15, 16:
		return s.value()
	case 0:
		return s.long() + s.pick(" + ", " - ", " * ", " & ", " == ", " < ", " != ") + s.long()
	case 1:
		return "(" + s.cond() + ")"
	case 2:
		return "f(" + s.long() + ")"
	case 3:
		return "seen[" + s.long() + "]"
	case 4:
		return "set[" + s.long() + "]"
	case 5:
		if s.divide {
			return s.long() + " / (" + s.long() + ")"
		}
		return "(" + s.long() + " ? " + s.long() + " : " + s.long() + ")"
	}
	return s.pick("0", "1", "2", "x", "y", "(z + 0)", "pid()", "uid()", "fixed", "count")
}

func (s *scripts) cond() string {
	switch s.IntN(12) {
	case 10, 11:
		return "(" + s.pick("execname()", "text", "(text . \"a\")", s.string()) + s.pick(" =~ ", " !~ ") + s.pick(`"a"`, `"^(b|c)"`, `"[0-9]+ "`) + ")"
	case 0:
		return "(" + s.cond() + " && " + s.cond() + ")"
	case 1:
		return "(" + s.cond() + " || " + s.cond() + ")"
	case 2:
		return "!(" + s.cond() + ")"
	case 3:
		return "(" + s.long() + " in " + s.pick("set", "seen") + ")"
	case 4:
		return "execname() " + s.pick("==", "!=") + " " + s.pick(`"a"`, `"b"`, "who")
	case 5:
		return "g(" + s.long() + ")"
	case 6:
		return "(" + s.pick("count++", "(x = 2)", "seen[1]++") + " > 2)"
	}
	return "(" + s.long() + s.pick(" == ", " < ", " > ") + s.long() + ")"
}

func (s *scripts) block() string {
	var b strings.Builder
	if s.depth++; s.depth < 4 {
		for range s.IntN(5) {
			b.WriteString(s.stmt() + "\n")
		}
	}
	s.depth--
	return "{ " + b.String() + " }"
}

func (s *scripts) stmt() string {
	switch s.IntN(26) {
	case 25:
		return "problem = \"none\"; try " + s.block() + " catch (problem) { }; println(problem . \"\")"
	case 21, 22:
		s.defs++
		return fmt.Sprintf("d%d = 0 + (%s)", s.defs, s.pick(s.long(), s.cond()))
	case 23:
		return s.pick(`problem = "none"`, "println(problem . \"\")")
	case 24:
		return "act(" + s.long() + ")"
	case 14:
		return "try " + s.block() + s.pick(" catch (problem) { println(problem) ", " catch { ") + s.stmt() + " }"
	case 15:
		return s.pick("st <<< ", "sa["+s.long()+" & 3] <<< ") + s.long()
	case 16:
		return s.foreach()
	case 17:
		return "text = sprintf(\"%d %s\", " + s.long() + ", execname())"
	case 18:
		return "println(" + s.pick("text", "x", "text . text") + ")"
	case 19:
		return s.pick("delete seen["+s.long()+" & 3]", "delete sa["+s.long()+" & 3]", "println(@count(st))")
	case 20:
		if s.divide {
			return "print(@hist_log(st))"
		}
	case 0, 1, 2:
		return "if (" + s.cond() + ") next"
	case 3, 4:
		return "if (" + s.cond() + ") " + s.block()
	case 5:
		return "if (" + s.cond() + ") " + s.block() + " else " + s.block()
	case 6:
		return s.pick("count++", "seen["+s.long()+"] = 1", "count = 0 + "+s.long())
	case 7:
		return s.pick("h(", "trace(") + s.long() + ")"
	case 8:
		return "for (i = 0; i < 2; i++) " + s.block()
	case 9:
		return s.block()
	}
	return s.pick("x", "y", "z") + " = 0 + " + s.long()
}

// first is something that the kernel can check, or nothing.
func (s *scripts) first() string {
	return s.pick("", "if (pid() == 1) next", "if (execname() != who) next", "try { x = uid() } catch { x = 3 }; if (uid() == 2) next",
		"if (!(pid() in set)) next", "if (user_int(p) == 2) next", "try { if (pid() == 1) next } catch { next }; if (uid() == 1) next")
}

func (s *scripts) foreach() string {
	if s.walking {
		return "walk_count++"
	}
	s.walking = true
	defer func() { s.walking = false }()
	head := s.pick("k in walk", "k- in walk", "k in walk-", "v+ = k in walk", "k in walk limit 0 + "+s.long(), "k in sa-")
	if head == "k in sa-" {
		return "foreach (k in sa-) println(k)"
	}
	return "foreach (" + head + ") " + s.block()
}

// script is a whole one: fixed, who and set are parameters, count and seen are not.
func (s *scripts) script() string {
	var b strings.Builder
	b.WriteString("global fixed = 2, who = \"a\", set, count = 0, seen, st, sa, walk, walk_count\nprobe never { seen[1] = 1; st <<< 1; sa[1] <<< 1; print(@hist_log(st)) }\n")
	b.WriteString("probe begin { set[1] = 1; set[2] = 0; fixed = 1; walk[2] = 1; walk[1] = 3; walk[3] = 2 }\n")
	b.WriteString("function word(p) { if (p < 3) return 7; return user_int(p) }\n")
	b.WriteString("function chain(p) { if (p == 0) next; p = p - pid(); return p }\nfunction chain(p) { return user_int(p) }\n")
	b.WriteString("function act(n) { if (n == 1) next; if (pid() == 2) return; println(n) }\nfunction act(n) { if (pid() == 1) return; count++ }\n")
	b.WriteString("function second(n) { if (n > 1) next; return n }\nfunction second(n) { count++; return n }\n")
	b.WriteString("function pick(n) { if (uid() == n) next; return n }\nfunction pick(n) { if (n > 100) next; return n * fixed }\nfunction pick(n) { return count }\n")
	b.WriteString("function trace(n) { println(n) }\n")
	fmt.Fprintf(&b, "function f(n) { if (%s) return %s; return n + %s }\n", s.pick("n > 1", "pid() == n", "fixed"), s.pick("n", "uid()"), s.pick("1", "count", "pid()"))
	fmt.Fprintf(&b, "function g(n) { m = n; if (execname() %s who) return 0; return m %s %s }\n", s.pick("==", "!="), s.pick("==", "<"), s.pick("1", "pid()"))
	fmt.Fprintf(&b, "function h(n) { if (%s) return; %s; println(n) }\n", s.pick("n < 2", "pid() != 1", "seen[1]"), s.pick("n++", "count++"))
	fmt.Fprintf(&b, "probe kernel.syscall(\"openat\") { p = pointer_arg(1); text = execname() . \"!\"; %s\nx = 0 + %s; y = 0 + %s\n", s.first(), s.long(), s.long())
	for range 1 + s.IntN(4) {
		b.WriteString(s.stmt() + "\n")
	}
	b.WriteString(s.pick("println(x, y, z + 0)", "if ("+s.cond()+") { println(x); "+s.stmt()+" }", "h(y)", "act(y)", "act(uid())") + "\n}\n")
	return b.String()
}

// TestExact runs random scripts over random events, as they are, with all code
// on the user's side, and with filters, and holds that no difference shows.
func TestExact(t *testing.T) {
	const count = 1500
	filtered := 0
	for seed := range uint64(count) {
		s := &scripts{Rand: rand.New(rand.NewPCG(seed, 1)), divide: seed%3 == 0, matched: seed%2 == 0}
		text := s.script()
		prog, _ := build(t, "t.tp", text)
		user, diags := plan.Options{Mode: plan.UserOnly}.Make(prog)
		if diags.HasErrors() {
			t.Fatalf("seed %d: %s\n%s", seed, diags.List[0].Message, text)
		}
		auto, diags := plan.Options{}.Make(prog)
		if diags.HasErrors() {
			t.Fatalf("seed %d: %s\n%s", seed, diags.List[0].Message, text)
		}
		checkPlan(t, auto)
		for _, p := range auto.Probes {
			if len(p.Filter) > 0 {
				filtered++
			}
		}
		want, _ := runPlan(user, seed)
		got, rejected := runPlan(auto, seed)
		if got != want {
			t.Fatalf("seed %d, %d events rejected: got\n%s\nwant\n%s\nscript:\n%s\nplan:\n%s", seed, rejected, got, want, text, explained(t, auto))
		}
		if plain := runPlain(prog, seed); plain != want {
			t.Fatalf("seed %d: got\n%s\nwant\n%s\nscript:\n%s\nplan:\n%s", seed, want, plain, text, explained(t, user))
		}
	}
	if filtered < count/10 {
		t.Errorf("only %d of %d scripts have filters: the test shows little", filtered, count)
	}
}

func explained(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var b strings.Builder
	if err := p.Explain(&b, plan.ExplainOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const eventCount = 40

// event is the moment of an event, by the calls that ask for it.
func event(r *rand.Rand) map[string]any {
	return map[string]any{
		"pid()":          int64(r.IntN(4)),
		"uid()":          int64(r.IntN(3)),
		"execname()":     []string{"a", "b", "c"}[r.IntN(3)],
		"int_arg(1)":     int64(r.IntN(4)),
		"pointer_arg(1)": int64(r.IntN(6)),
		"pointer_arg(2)": int64(r.IntN(20)),
	}
}

func runPlan(p *plan.Plan, seed uint64) (out string, rejected int) {
	r := rand.New(rand.NewPCG(seed, 2))
	m := newMachine(p.IR)
	kernel := newMachine(p.IR) // as it is after begin, for filters and captures
	m.plan, m.kernel = p, kernel
	for _, pr := range p.Probes {
		if pr.IR.Point.Kind == builtin.Begin {
			m.handle(pr.Body)
			kernel.handle(pr.Body)
		}
	}
	for range eventCount {
		m.event = event(r)
		kernel.event = m.event
		for _, pr := range p.Probes {
			if !pr.InKernel {
				continue
			}
			if !passes(kernel, pr) {
				rejected++
				continue
			}
			if pr.Update != nil && (m.handle(pr.Update) || !pr.Mixed || !holds(kernel, pr.Late)) {
				continue
			}
			m.handle(pr.Body)
		}
	}
	return m.out.String() + m.state(p.IR), rejected
}

func passes(kernel *machine, p *plan.Probe) bool { return holds(kernel, p.Filter) }

func holds(kernel *machine, conds []*plan.Condition) bool {
	for _, c := range conds {
		if !kernel.truth(&frame{}, c.Expr) {
			return false
		}
	}
	return true
}

func runPlain(p *ir.Program, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 2))
	m := newMachine(p)
	for _, pr := range p.Probes {
		if pr.Point.Kind == builtin.Begin {
			m.handle(pr.Body)
		}
	}
	for range eventCount {
		m.event = event(r)
		for _, pr := range p.Probes {
			if pr.Point.Kind.IsEvent() {
				m.handle(pr.Body)
			}
		}
	}
	return m.out.String() + m.state(p)
}
