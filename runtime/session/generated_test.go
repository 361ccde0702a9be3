package session

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
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
	loops  int // around the code at hand

	printing bool // handlers may print at their end
	looping  bool // handlers and functions may have loops
	foreach  bool // over arrays too, which the kernel does not run
	texts    bool // handlers use texts of the program's
	entries  bool // those of returns look at what the call began with
	program  bool // the calls are functions of a program
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
		return w.pick("x", "y", w.counter())
	}
	return w.pick(w.counter(), "long_arg(2)", "long_arg(3)", "x", "y", "z", "fixed", "set[long_arg(2)]", "uid()", "int_arg(1)")
}

// small is a number of few values, for keys.
func (w *writer) small() string { return "(" + w.long() + w.pick(" & 3", " & 7", " % 5") + ")" }

func (w *writer) cond() string {
	if w.texts && !w.inFunc && w.IntN(3) == 0 {
		return w.textCond()
	}
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
	if w.texts && w.IntN(3) == 0 {
		return w.textStmt()
	}
	if w.looping {
		if w.IntN(7) == 0 {
			return w.loop()
		}
		if w.loops > 0 && w.IntN(8) == 0 {
			return "if (" + w.cond() + ") " + w.pick("break", "continue")
		}
	}
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
	loop := ""
	if w.looping && w.IntN(2) == 0 {
		loop = w.loopOf(func() string {
			return w.pick("x", "y") + w.pick(" = ", " += ", " ^= ") + w.long() + "; if (" + w.cond() + ") " + w.pick("return "+w.long(), "break", "continue", "y++")
		}) + ";"
	}
	fmt.Fprintf(w, "function %s(x) { y = 5; y += %s; if (%s) return %s; %s x %s %s; return %s }\n",
		name, w.long(), w.cond(), w.long(), loop, w.pick("=", "+=", "*="), w.long(), w.long())
	w.inFunc = false
}

// counter is the variable of a loop that is under way, or a number.
func (w *writer) counter() string {
	if w.loops == 0 {
		return "4"
	}
	return fmt.Sprintf("i%d", 1+w.IntN(w.loops))
}

// loop is a loop of some statements.
func (w *writer) loop() string { return w.loopOf(w.block) }

// loopOf is a loop around what body makes. Most end soon; some meet MAXACTION.
func (w *writer) loopOf(body func() string) string {
	if w.loops == 3 {
		return "z++"
	}
	before := w.small()
	w.loops++
	defer func() { w.loops-- }()
	i := fmt.Sprintf("i%d", w.loops)
	last := "(" + w.long() + w.pick(" & 3", " & 7", " & 15") + ")"
	if w.IntN(10) == 0 {
		last = w.long()
	}
	text := "{ " + body() + " }"
	switch w.IntN(7) {
	case 6:
		if w.foreach {
			return fmt.Sprintf("foreach (%s%s in set) %s", i, w.pick("", "+", "-"), text)
		}
	case 0:
		return fmt.Sprintf("%s = %s; while (%s-- > 0) %s", i, last, i, text)
	case 1:
		return fmt.Sprintf("%s = %s; while (1) { if (%s++ > %s) break; %s }", i, before, i, last, text)
	case 2:
		return fmt.Sprintf("%s = %s; while (%s) { %s += %s; if (%s > 9) break; %s }", i, before, w.cond(), i, w.pick("1", "3", "(x & 1)"), i, text)
	case 3:
		return fmt.Sprintf("for (%s = %s; %s; %s -= 2) { if (%s < -20) break; %s }", i, last, w.cond(), i, i, text)
	}
	return fmt.Sprintf("for (%s = %s; %s < %s; %s++) %s", i, before, i, last, i, text)
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
	if w.texts {
		w.WriteString("; tt[\"\\\"/etc/group\\\"\"] = 5; tq[-1] = \"of old\"")
	}
	w.WriteString(" }\nfunction note(key, v) { if (v < 0) return 0; a[key] += v; return 1 }\n")
	w.function("f")
	w.function("g")
	for _, call := range w.calls() {
		body := w.block()
		if w.printing && w.IntN(2) == 0 {
			body += "; if (" + w.cond() + ") printf(\"%s %d %d\\n\", execname(), " + w.leaf() + ", " + w.long() + ")"
		}
		body = w.arguments(call).Replace(body)
		fmt.Fprintf(w, "on %s { x = 1; y = 2; z = 0; %s }\n", call, body)
	}
	if w.texts {
		fmt.Fprintf(w, "global tt, tu, tv[%d], tq[%d]\n", 3+w.IntN(60), 2+w.IntN(9))
		w.WriteString("function tell(i, k) { if (k =~ \"^.etc\") return 0; if (k == \"a\") i++; tu[k, i] <<< i; return i }\n")
		w.WriteString("probe never { tt[\"\"]++; tu[\"\", 1] <<< 1; tv[1, \"\"] = 1; tq[1] = \"\" }\n")
	}
	w.WriteString("function show() {\n  println(n, \" \", m)\n")
	for _, array := range []string{"a", "b", "c"} {
		fmt.Fprintf(w, "  foreach (i%s in %s) println(\"%s \", i%s, \" \", %s[i%s])\n", array, array, array, array, array, array)
	}
	w.WriteString(`  foreach ([q, i] in d) println("d ", q, " ", i, " ", d[q, i])
  foreach ([t, i] in k) println("k ", i, " ", k[t, i])
  if (@count(s)) println(@count(s), " ", @sum(s), " ", @min(s), " ", @max(s), " ", @avg(s))
  foreach (ih in h @sum+) { println(ih, " ", @count(h[ih]), " ", @min(h[ih]), " ", @max(h[ih])); print(@hist_log(h[ih])) }
` + w.showTexts() + `
  foreach (il in l) { println(il, " ", @sum(l[il])); print(@hist_linear(l[il], -10, 50, 3)) }
}
probe end { show() }
probe error { show() }
`)
	return w.String()
}

// calls are what the handlers are at.
func (w *writer) calls() []string {
	switch {
	case w.program:
		list := []string{"value", "outer"}
		if w.entries { // without it there are no arguments
			list = append(list, "value.return")
		}
		return list
	case w.texts:
		return []string{"access", "getppid", "access.return"}
	}
	return []string{"lseek", "getppid", "lseek.return"}
}

// arguments replaces lseek's arguments, and access's path, by what a call has.
func (w *writer) arguments(call string) *strings.Replacer {
	const nothing = "(pid() - pid())"
	called, returns := strings.CutSuffix(call, ".return")
	has := map[string][4]string{
		"lseek":   {"int_arg(1)", "long_arg(2)", "long_arg(3)", "pointer_arg(1)"},
		"access":  {"3", "long_arg(2)", "(3 * int_arg(2) - 2)", "pointer_arg(1)"},
		"getppid": {"3", nothing, "long_arg(3)", "pointer_arg(1)"},
		"value":   {"int_arg(1)", "long_arg(1)", "long_arg(2)", "pointer_arg(3)"},
		"outer":   {"3", "long_arg(1)", nothing, "0"},
	}[called]
	switch {
	case returns && w.entries:
		for i, x := range has {
			has[i] = "@entry(" + x + ")"
		}
	case returns:
		has[0], has[1] = "3", nothing
	}
	return strings.NewReplacer("int_arg(1)", has[0], "long_arg(2)", has[1], "long_arg(3)", has[2], "pointer_arg(1)", has[3])
}

// text is a text that the kernel has as the script has it.
func (w *writer) text() string {
	switch w.IntN(9) {
	case 0:
		return w.pick("execname()", "pexecname()")
	case 1:
		return w.literal()
	case 2:
		if w.depth++; w.depth < 4 {
			defer func() { w.depth-- }()
			return "(" + w.cond() + " ? " + w.text() + " : " + w.text() + ")"
		}
		w.depth--
	case 3:
		return "user_string_n(pointer_arg(1), " + w.pick("0", "1", "7", "8", "9", "16", "63", "64", "500", "509", "510", "511", "512", "(-1)") + ", " + w.pick(`""`, `"?"`, "execname()") + ")"
	case 4:
		return w.pick(`kernel_string(pointer_arg(1), "k")`, `user_string(pointer_arg(1), "none")`, `user_string(pointer_arg(1) + 1, "")`)
	}
	return "user_string_nofault(pointer_arg(1))"
}

func (w *writer) literal() string {
	return w.pick(`""`, `"/etc/passwd"`, `"/etc"`, `"a"`, `"none"`, `"work-main"`, `"0123456789abcde"`, `"\"/etc/x\""`, `"\"\\\"/etc/x\\\"\""`, `"0x1"`,
		`"`+strings.Repeat("/etc/abc", lengths[w.IntN(len(lengths))]/8)+w.pick("", "/", "/etc/ab", "z")+`"`)
}

// key is a text that may be a key of what is only added to.
func (w *writer) key() string {
	switch w.IntN(6) {
	case 0, 1:
		return "user_string_quoted(pointer_arg(1))"
	case 2:
		return "(" + w.cond() + " ? user_string_quoted(pointer_arg(1)) : " + w.text() + ")"
	case 3:
		return w.pick("user_string(pointer_arg(1))", "tq[tid()]", "ppfunc()")
	}
	return w.text()
}

func (w *writer) textCond() string {
	switch w.IntN(5) {
	case 0:
		return "(" + w.text() + w.pick(" == ", " != ") + w.text() + ")"
	case 1:
		return w.pick("", "!") + "isinstr(" + w.text() + ", " + w.literal() + ")"
	case 2:
		return "(substr(" + w.text() + ", 0, " + w.pick("1", "4", "5", "11", "600") + ") " + w.pick("==", "!=") + " " + w.literal() + ")"
	case 3:
		return w.pick("tq[tid()] == "+w.text(), `tq[tid()] =~ "^/etc"`, "tid() in tq")
	}
	return "(" + w.text() + w.pick(" =~ ", " !~ ") + w.pick(`"^/etc/"`, `"[a-z]+$"`, `"(abc/etc/){2,}"`, `"^.{509,511}$"`, `"[^a-z/]"`, `"\""`, `"^(a|b|none|)$"`, `"z$"`, `"passwd|group"`) + ")"
}

func (w *writer) textStmt() string {
	switch w.IntN(7) {
	case 6:
		return "tell(" + w.small() + ", " + w.text() + ")"
	case 0:
		return "tu[" + w.key() + ", " + w.small() + "] <<< " + w.long()
	case 1:
		return w.pick("tv[tid(), "+w.text()+"]"+w.pick("++", " = "+w.long(), " *= 3"), "delete tv[tid(), "+w.text()+"]")
	case 2:
		return w.pick("delete tq[tid()]", "tq[tid()] = "+w.text(), "tq[tid()] = "+w.text())
	}
	return "tt[" + w.key() + "]" + w.pick("++", "--", " += "+w.long())
}

func (w *writer) showTexts() string {
	if !w.texts {
		return ""
	}
	return `  foreach (it in tt) println("t ", strlen(it), it, " ", tt[it])
  foreach ([it, i] in tu) println("u ", it, " ", i, " ", @count(tu[it, i]), " ", @sum(tu[it, i]))
  foreach ([i, it] in tv) println("v ", strlen(it), it, " ", tv[i, it])
  foreach (i in tq) println("q ", tq[i])
`
}

// How many scripts to make, and the seed of the first one.
var (
	scriptCount = flag.Int("generated", 0, "how many scripts the tests of generated scripts make; 0: few")
	firstSeed   = flag.Int("first", 0, "the seed of the first of them")
)

// TestGeneratedScriptsAgree runs random scripts in both placements.
func TestGeneratedScriptsAgree(t *testing.T) {
	generated(t, "__work", cmp.Or(*scriptCount, 80), func(w *writer) {})
}

// TestGeneratedTextsAgree does so with scripts about texts.
func TestGeneratedTextsAgree(t *testing.T) {
	generated(t, "__texts", cmp.Or(*scriptCount, 60), func(w *writer) { w.texts = true })
}

// generated runs random scripts over calls of the test's own.
func generated(t *testing.T, workload string, count int, set func(*writer)) {
	t.Helper()
	needRoot(t)
	noise(t)
	agree(t, count, set, func(seed int, text string) (whole, command string) {
		return script(text), self(t, workload, seed, 400)
	})
}

// TestGeneratedScriptsOfProgramsAgree does so with scripts about the functions of a
// program.
func TestGeneratedScriptsOfProgramsAgree(t *testing.T) {
	program := sources{"called.c": called}.make(t, "called", "gcc -O1 -g -o called called.c")
	on := regexp.MustCompile(`\bon (\w+)((?:\.return)?) \{`)
	set := func(w *writer) { w.program, w.texts = true, w.IntN(2) == 0 }
	agree(t, cmp.Or(*scriptCount, 40), set, func(seed int, text string) (whole, command string) {
		return on.ReplaceAllString(text, `probe process("`+program+`").function("$1")$2 {`), fmt.Sprintf("%s %d 150", program, seed)
	})
}

// agree makes random scripts, which put finishes, together with a command for each.
func agree(t *testing.T, count int, set func(*writer), put func(seed int, text string) (whole, command string)) {
	t.Helper()
	if testing.Short() {
		count = min(count, 16)
	}
	whole, at := 0, 0
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", at)
		}
	})
	for i := range count {
		at = *firstSeed + i
		w := &writer{
			Rand:     rand.New(rand.NewPCG(uint64(at), 3)),
			printing: at%4 == 3, looping: at%8 >= 4, foreach: at%16 >= 14, entries: at/8%2 == 1,
		}
		set(w)
		text, command := put(at, w.script())
		o := compareAs(t, text, forms[at/16%len(forms)], Options{Command: command, MaxErrors: w.IntN(3) * 200})
		if o.sum(layout.Sent) <= uint64(o.Errors) {
			whole++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if whole < count/3 {
		t.Errorf("only %d of %d scripts ran in the kernel as a whole", whole, count)
	}
	t.Logf("%d of %d scripts ran in the kernel as a whole", whole, count)
}

// called is a program that calls value(i, j, name) and outer(j) as a seed makes it.
const called = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#define NOINLINE __attribute__((noipa))
#define PAGE 4096

static unsigned long state;
static unsigned draw(unsigned n) {
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return (state >> 33) % n;
}

static const long extremes[] = {0, 1, -1, 2, 63, 64, 100, -100, 2147483647, -2147483648L, 4294967295L, 9223372036854775807L, -9223372036854775807L - 1};
static const char *texts[] = {"/etc/passwd", "/etc/group", "/etc", "", "\"/etc/x\"", "0x1", "a\"b", "\xc3\xa9", "\xff\xfe", "a\nb\x01", "work-main", "z"};
static const int lengths[] = {1, 7, 8, 9, 63, 64, 65, 127, 128, 255, 506, 507, 508, 509, 510, 511, 512, 513, 600};

NOINLINE long value(long i, long j, const char *name) { return i ^ j; }
NOINLINE long outer(long j) { return value(j, j - 3, texts[(unsigned long)j % 12]) + 1; }

static const char *text(char *page) {
	static const long bad[] = {0, 1, 0x5dead0000000L};
	if (draw(8) == 0) return (const char *)bad[draw(3)];
	if (draw(2)) return strcpy(page, texts[draw(12)]);
	int n = lengths[draw(19)];
	char *at = draw(4) ? page : page + PAGE - n - draw(2);
	for (int i = 0; i < n; i++) at[i] = "/etc/abc"[i % 8];
	if (draw(3) == 0) at[n - 1] = 'z';
	if (at + n < page + PAGE) at[n] = 0;
	return at;
}

int main(int argc, char **argv) {
	state = atol(argv[1]);
	char *page = mmap((void *)0x600000000000, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (page == MAP_FAILED) return 1;
	prctl(PR_SET_NAME, "work-main");
	for (int n = atoi(argv[2]); n > 0; n--) {
		switch (draw(8)) {
		case 0: outer(draw(20)); break;
		case 1: { static const char *names[] = {"a", "work-main", "0123456789abcde", "b"}; prctl(PR_SET_NAME, names[draw(4)]); break; }
		case 2: value(extremes[draw(13)], extremes[draw(13)], text(page)); break;
		default: value(draw(20), (long)draw(9) - 4, text(page));
		}
	}
	return 0;
}
`
