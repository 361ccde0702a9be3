package session

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tapir/bpf/layout"
)

// writer writes random scripts of what the kernel can do as a whole.
type writer struct {
	*rand.Rand
	strings.Builder
	depth  int
	inFunc bool

	printing bool // handlers may print at their end
}

func (w *writer) pick(list ...string) string { return list[w.IntN(len(list))] }

var numbers = []string{
	"0", "1", "2", "3", "7", "10", "63", "64", "65", "100", "(-1)", "(-2)", "(-100)",
	"2147483647", "2147483648", "(-2147483648)", "4294967295", "4294967296",
	"9223372036854775807", "(-9223372036854775807-1)",
}

func (w *writer) long() string {
	if w.depth++; w.depth > 4 {
		w.depth--
		return w.leaf()
	}
	defer func() { w.depth-- }()
	switch w.IntN(14) {
	case 0, 1:
		return "(" + w.long() + w.pick(" + ", " - ", " * ", " & ", " | ", " ^ ") + w.long() + ")"
	case 2:
		return "(" + w.long() + w.pick(" << ", " >> ", " >>> ") + w.long() + ")"
	case 3:
		return "(" + w.long() + w.pick(" / ", " % ") + w.pick(numbers[1:]...) + ")"
	case 4:
		if w.IntN(4) == 0 {
			return "(" + w.long() + w.pick(" / ", " % ") + w.long() + ")"
		}
		return w.pick("-", "~", "!") + w.leaf()
	case 5:
		return "(" + w.cond() + " ? " + w.long() + " : " + w.long() + ")"
	case 6:
		return "(" + w.cond() + ")"
	case 7:
		if !w.inFunc {
			return w.pick("f", "g") + "(" + w.long() + ")"
		}
	case 8:
		if !w.inFunc {
			return "k[tid(), " + w.small() + "]"
		}
	}
	return w.leaf()
}

func (w *writer) leaf() string {
	if w.IntN(3) == 0 {
		return w.pick(numbers...)
	}
	if w.inFunc {
		return w.pick("x", "y")
	}
	return w.pick("long_arg(2)", "long_arg(3)", "x", "y", "z", "fixed", "set[long_arg(2)]", "uid()", "int_arg(1)")
}

// small is a number of few values, for keys.
func (w *writer) small() string { return "(" + w.long() + w.pick(" & 3", " & 7", " % 5") + ")" }

func (w *writer) cond() string {
	switch w.IntN(8) {
	case 0:
		return "(" + w.cond() + w.pick(" && ", " || ") + w.cond() + ")"
	case 1:
		return "execname() " + w.pick("==", "!=") + w.pick(` "a"`, ` "work-main"`, ` "0123456789abcde"`, ` "0123456789abcdef"`, ` who`, ` ""`, " pexecname()")
	case 2:
		return w.long() + " in set"
	case 4:
		return w.pick("execname()", "pexecname()") + w.pick(" =~ ", " !~ ") + w.pick(`"^a"`, `"[0-9]+a"`, `"^(a|b|work.*)$"`, `"e$"`, `"m.i?n"`)
	case 3:
		if !w.inFunc {
			return "[tid(), " + w.small() + "] in k"
		}
	}
	return w.long() + w.pick(" == ", " != ", " < ", " <= ", " > ", " >= ") + w.long()
}

func (w *writer) stmt() string {
	switch w.IntN(16) {
	case 0:
		return w.pick("n++", "n--", "n += "+w.long(), "n -= "+w.long())
	case 1:
		return "m |= " + w.long()
	case 2:
		return "c[" + w.small() + "] &= " + w.long()
	case 3:
		return "d[execname(), " + w.small() + "] ^= " + w.long()
	case 4, 5:
		return "a[" + w.small() + "]" + w.pick("++", "--", " += "+w.long(), " -= "+w.long())
	case 6:
		return "b[" + w.pick("execname()", "pexecname()", `"a"`, `"a name of thirty-two bytes, here"`, `""`) + "]++"
	case 7:
		return "s <<< " + w.long()
	case 8:
		return "h[" + w.small() + "] <<< " + w.long()
	case 9:
		return "l[execname()] <<< " + w.long()
	case 10:
		return "k[tid(), " + w.small() + "]" + w.pick(" = ", " += ", " -= ", " *= ", " ^= ", " <<= ", " |= ") + w.long()
	case 11:
		return "delete k[tid(), " + w.small() + "]"
	case 12, 13:
		return w.pick("x", "y", "z") + w.pick(" = ", " += ", " ^= ", " -= ") + w.long()
	case 14:
		text := "if (" + w.cond() + ") " + w.block()
		if w.IntN(2) == 0 {
			text += " else " + w.block()
		}
		return text
	}
	if w.IntN(6) == 0 {
		return "if (" + w.cond() + ") next"
	}
	return "note(" + w.small() + ", " + w.long() + ")"
}

func (w *writer) block() string {
	if w.depth++; w.depth > 3 {
		w.depth--
		return "{ n++ }"
	}
	defer func() { w.depth-- }()
	var list []string
	for range 1 + w.IntN(4) {
		list = append(list, w.stmt())
	}
	return "{ " + strings.Join(list, "; ") + " }"
}

func (w *writer) function(name string) {
	w.inFunc = true
	fmt.Fprintf(w, "function %s(x) { y = 5; y += %s; if (%s) return %s; x %s %s; return %s }\n",
		name, w.long(), w.cond(), w.long(), w.pick("=", "+=", "*="), w.long(), w.long())
	w.inFunc = false
}

// script has handlers at three calls, and shows at the end all there is.
func (w *writer) script() string {
	limit := 2 + w.IntN(30)
	fmt.Fprintf(w, "global n, m, a[%d], b, c, d, s, h, l, k[%d], fixed, set, who\n", limit, 3+w.IntN(9))
	w.WriteString(`probe never { a[1] = 1; b["x"]++; c[1] &= 1; d["x", 1] ^= 1; s <<< 1; h[1] <<< 1; l["x"] <<< 1; k[1, 1] = 1; n++; m++ }
`)
	w.WriteString("probe begin { fixed = 7; set[3] = 4; set[-1] = 9; who = \"b\"")
	if w.IntN(2) == 0 {
		w.WriteString("; n = 5; a[1] = 3; h[2] <<< 100; c[0] = 255")
	}
	w.WriteString(" }\nfunction note(key, v) { if (v < 0) return 0; a[key] += v; return 1 }\n")
	w.function("f")
	w.function("g")
	for _, call := range []string{"lseek", "getppid", "lseek.return"} {
		body := w.block()
		if w.printing && w.IntN(2) == 0 {
			body += "; if (" + w.cond() + ") printf(\"%s %d %d\\n\", execname(), " + w.leaf() + ", " + w.long() + ")"
		}
		if call != "lseek" {
			body = strings.NewReplacer("long_arg(2)", "(pid() - pid())", "int_arg(1)", "3").Replace(body)
		}
		fmt.Fprintf(w, "on %s { x = 1; y = 2; z = 0; %s }\n", call, body)
	}
	w.WriteString("function show() {\n  println(n, \" \", m)\n")
	for _, array := range []string{"a", "b", "c"} {
		fmt.Fprintf(w, "  foreach (i%s in %s) println(\"%s \", i%s, \" \", %s[i%s])\n", array, array, array, array, array, array)
	}
	w.WriteString(`  foreach ([q, i] in d) println("d ", q, " ", i, " ", d[q, i])
  foreach ([t, i] in k) println("k ", i, " ", k[t, i])
  if (@count(s)) println(@count(s), " ", @sum(s), " ", @min(s), " ", @max(s), " ", @avg(s))
  foreach (ih in h @sum+) { println(ih, " ", @count(h[ih]), " ", @min(h[ih]), " ", @max(h[ih])); print(@hist_log(h[ih])) }
  foreach (il in l) { println(il, " ", @sum(l[il])); print(@hist_linear(l[il], -10, 50, 3)) }
}
probe end { show() }
probe error { show() }
`)
	return w.String()
}

// TestGeneratedScriptsAgree runs random scripts in both placements.
func TestGeneratedScriptsAgree(t *testing.T) {
	needRoot(t)
	noise(t)
	count := 80
	if testing.Short() {
		count = 16
	}
	whole := 0
	for seed := range uint64(count) {
		w := &writer{Rand: rand.New(rand.NewPCG(seed, 3)), printing: seed%4 == 3}
		o := compare(t, script(w.script()), Options{Command: self(t, "__work", int(seed), 400), MaxErrors: w.IntN(3) * 200})
		if o.sum(layout.Sent) <= uint64(o.Errors) {
			whole++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if whole < count/2 {
		t.Errorf("only %d of %d scripts ran in the kernel as a whole", whole, count)
	}
	t.Logf("%d of %d scripts ran in the kernel as a whole", whole, count)
}
