package check_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// TestErrors holds the messages, with the column (on the first line) that each
// is about.
func TestErrors(t *testing.T) {
	tests := []struct {
		text string
		want []string // "column message", causes behind " <- "
	}{
		// Points.
		{`probe beginn { }`, []string{`7 while resolving probe point <- 7 probe point mismatch (similar: begin)`}},
		{`probe syscal.open { }`, []string{`7 while resolving probe point <- 7 probe point mismatch (similar: syscall)`}},
		{`probe syscall.reed { }`, []string{`7 while resolving probe point <- 15 probe point mismatch (similar: read)`}},
		{`probe syscall.zz* { }`, []string{`7 while resolving probe point <- 15 probe point mismatch: didn't find any wildcard matches`}},
		{`probe syscall.read.retrun { }`, []string{`7 while resolving probe point <- 20 probe point mismatch (similar: return)`}},
		{`probe syscall.read(3) { }`, []string{`7 while resolving probe point <- 15 probe point mismatch (similar: read)`}},
		{`probe begin("x") { }`, []string{`7 while resolving probe point <- 7 probe point mismatch (similar: begin)`}},
		{`probe timer.ms { }`, []string{`7 while resolving probe point <- 13 probe point mismatch (similar: ms)`}},
		{`probe timer.ms(0) { }`, []string{`7 while resolving probe point <- 0 interval value out of range (1, 86400000)`}},
		{`probe timer.us(99) { }`, []string{`7 while resolving probe point <- 0 interval value out of range (100, 86400000000)`}},
		{`probe timer.ms(2).randomize(3) { }`, []string{`7 while resolving probe point <- 0 randomize value out of range (0, 2)`}},
		{`probe timer.ms(2).randomise(1) { }`, []string{`7 while resolving probe point <- 19 probe point mismatch (similar: randomize)`}},
		{`probe timer.hz(0) { }`, []string{`7 while resolving probe point <- 0 frequency out of range (1, 10000)`}},
		{`probe timer.profile { }`, []string{`7 while resolving probe point <- 7 timer.profile probes are not supported by this version`}},
		{`probe kernel.function("f") { }`, []string{`7 while resolving probe point <- 7 kernel.function probes are not supported by this version`}},
		{`probe kernel.syscall("reed") { }`, []string{`7 while resolving probe point <- 0 no match (similar system calls: read)`}},
		{`probe timer { }`, []string{`7 while resolving probe point <- 7 probe point truncated (follow: hz jiffies ms msec ns nsec profile s sec us usec)`}},
		{`probe a = b { } probe b = a { } probe a { }`, []string{`39 while resolving probe point <- 11 while resolving probe point <- 27 while resolving probe point <- 1 alias is made of itself`}},
		{`probe mine = nosuch { } probe mine { }`, []string{`31 while resolving probe point <- 14 while resolving probe point <- 14 probe point mismatch`}},
		// Arming conditions.
		{`probe begin if (x) { }`, []string{`17 probe condition must not reference undeclared global`}},
		{`global g probe begin if (g++) { }`, []string{`27 probe condition must not modify any variables`}},
		{`probe begin if (pid()) { }`, []string{`17 probe condition must not reference function`}},
		// Names.
		{`probe begin { exitt() }`, []string{`15 unresolved function exitt (similar: exit)`}},
		{`global a probe begin { a[1, 2] = 3 println(a[*, 2]) delete a[*, 2] println([1, *] in a) }`,
			[]string{`44 an element needs all its indices; * is for in, delete and foreach`}},
		{`probe begin { println(_dirfd(1)) }`, []string{`23 unresolved function _dirfd`}},
		{`probe begin { println(strlen()) }`, []string{`23 arity mismatch found (function 'strlen' takes 1 args)`}},
		{`probe begin { println(user_string()) }`, []string{`23 arity mismatch found (function 'user_string' takes 1 to 2 args)`}},
		{`function f(a) { return a } probe begin { println(f(1, 2)) }`, []string{`50 arity mismatch found (function 'f' takes 1 args)`}},
		{`function unreached() { nosuch1() } probe begin { nosuch2() }`, []string{`50 unresolved function nosuch2`, `24 unresolved function nosuch1`}},
		{`probe begin { x[1] = 2 }`, []string{`15 unresolved arity-1 global array x, missing global declaration?`}},
		{`probe begin { foreach ([a, b] in x) println(a, b) }`, []string{`34 unresolved arity-2 global array x, missing global declaration?`}},
		{`global a probe begin { a = 1; a[1] = 2 }`, []string{`31 inconsistent arity (0 vs 1) <- 24 arity 0 first inferred here`}},
		{`global a = 1 probe begin { println(1 in a) }`, []string{`41 inconsistent arity (0 vs 1) <- 8 arity 0 first inferred here`}},
		{`global w% probe begin { w = 1 println(w) }`, []string{`8 wrapping not supported for scalars`}},
		// Statements.
		{`probe begin { break }`, []string{`15 cannot 'break' outside loop`}},
		{`function f() { continue } probe begin { while (1) f() }`, []string{`16 cannot 'continue' outside loop`}},
		{`probe begin { 1 = 2 }`, []string{`17 Expecting lvalue for assignment`}},
		{`probe begin { 1++ }`, []string{`16 expecting lvalue for increment`}},
		{`probe begin { delete 5 }`, []string{`22 invalid operand of delete expression`}},
		{`global a probe begin { a[1] = 1 foreach (k in a) a[k] = 2 }`, []string{`50 variable 'a' modified during 'foreach' iteration`}},
		{`global a probe begin { a[1] = 1 foreach (k in a) delete a[k] }`, []string{`57 variable 'a' modified during 'foreach' iteration`}},
		{`global a function g() { a[1]++ } function f() { g() } probe begin { foreach (k in a) f() }`,
			[]string{`86 function call modifies var 'a' during 'foreach' iteration`}},
		{`probe begin { println(int_arg(1)) }`, []string{`23 int_arg is known in probes of system calls only`}},
		{`function f() { return returnval() } probe syscall.read { println(f()) }`, []string{`23 returnval is known in .return probes only`}},
		{`probe syscall.read { x = 1 println(int_arg(x)) }`, []string{`44 the argument number of int_arg must be a literal`}},
		{`probe syscall.read { println(int_arg(7)) }`, []string{`38 argument number out of range (1, 6)`}},
		// Types.
		{`probe begin { println("a" + 1) }`, []string{`23 type mismatch: expected long but found string`}},
		{`probe begin { println("a" . 1) }`, []string{`29 type mismatch: expected string but found long`}},
		{`probe begin { println(1 == "a") }`, []string{`25 type mismatch: left and right sides don't agree (long vs string)`}},
		{`probe begin { println(pid() ? 1 : "a") }`, []string{`29 type mismatch: left and right sides don't agree (long vs string)`}},
		{`probe begin { printf("%s", 1 + 2) }`, []string{`30 invalid operator`}},
		{`probe begin { printf("%d", "a" . "b") }`, []string{`32 invalid operator`}},
		{`probe begin { printf("%d", execname()) }`, []string{`28 type mismatch: expected long but found string`}},
		{`probe begin { if ("x") println(1) }`, []string{`19 type mismatch: expected long but found string`}},
		{`probe begin { x = 1; x = "s"; println(x) }`, []string{`22 type mismatch (string) <- 15 type was first inferred here (long)`}},
		{`probe begin { s = "s"; s += 1 }`, []string{`24 type mismatch (long) <- 15 type was first inferred here (string)`}},
		{`global a probe begin { a[1] = 1; a["x"] = 2 }`, []string{`36 index 0 type mismatch (string) <- 26 type of index 0 was first inferred here (long)`}},
		{`global a probe begin { a[1] = 1; a[2] = "x" }`, []string{`34 type mismatch (string) <- 24 type was first inferred here (long)`}},
		{`function f(x) { return x . "" } probe begin { println(f(1)) }`, []string{`24 type mismatch (string) <- `}},
		{`function f(x:string) { println(x) } probe begin { f(1) }`, []string{`53 type mismatch: expected string but found long`}},
		{`function f(x) { if (x) return 1; return "s" } probe begin { println(f(1)) }`, []string{`41 type mismatch (string) <- 31 type was first inferred here (long)`}},
		{`function f(n) { return f(n) } probe begin { println(f(1)) }`, []string{`53 unresolved type `}},
		{`function f() { println(1) } probe begin { x = f() }`, []string{`47 unresolved type `}},
		{`probe begin { println(x, x) }`, []string{`23 unresolved type `}},
		{`probe begin { println(printf("x")) }`, []string{`23 unresolved type `}},
		// Formats.
		{`probe begin { printf("%d %d", 1) }`, []string{`15 Wrong number of args to formatted print operator`}},
		{`probe begin { printf("%d", 1, 2) }`, []string{`15 Wrong number of args to formatted print operator`}},
		{`probe begin { printf("%*d", 1) }`, []string{`15 Wrong number of args to formatted print operator`}},
		{`probe begin { printf("%s", 1) }`, []string{`28 type mismatch: expected string but found long`}},
		// What this version lacks.
		{`global s probe begin { s <<< 1 }`, []string{`26 statistics are not supported by this version`}},
		{`global s probe begin { println(@count(s)) }`, []string{`32 statistics are not supported by this version`}},
		{`probe begin { try { x = 1 } catch { } }`, []string{`15 try statements are not supported by this version`}},
		{`probe begin { println("a" =~ "b") }`, []string{`27 regular expressions are not supported by this version`}},
		{`probe begin { println($foo) }`, []string{`23 unresolved target-symbol expression`}},
		{`function f() { next } probe begin { f() }`, []string{`16 functions that pass to the next one of their name with 'next' are not supported by this version`}},
		// Several at once.
		{`probe begin { nosuch1() nosuch2() } probe never { break } probe beginn { }`, []string{
			`65 while resolving probe point <- 65 probe point mismatch (similar: begin)`,
			`15 unresolved function nosuch1`, `25 unresolved function nosuch2`, `51 cannot 'break' outside loop`}},
		{`probe syscall.fork { printf("%s", 1) }`, []string{`35 type mismatch: expected string but found long`}},
		{`global x`, []string{`0 no probes found`}},
	}
	for _, test := range tests {
		r := checkText(t, test.text, check.Options{})
		var got []string
		for _, d := range r.diags.List {
			if d.Severity != source.Warning {
				got = append(got, shown(r.set, d))
			}
		}
		ok := len(got) == len(test.want)
		for i := range min(len(got), len(test.want)) {
			want, prefix := strings.CutSuffix(test.want[i], "<- ")
			ok = ok && (got[i] == test.want[i] || prefix && strings.HasPrefix(got[i], want) || strings.HasPrefix(got[i], test.want[i]+" (similar"))
		}
		if !ok {
			t.Errorf("%s\n got %q\nwant %q", test.text, got, test.want)
		}
		if rendered(r.set, r.diags) == "" {
			t.Errorf("%s: nothing rendered", test.text)
		}
	}
}

func shown(set *source.Set, d *source.Diagnostic) string {
	text := "0"
	if d.Token.Span.IsValid() {
		text = strconv.Itoa(set.Position(d.Token.Span.Start).Col)
	}
	text += " " + d.Message
	for _, cause := range d.Causes {
		text += " <- " + shown(set, cause)
	}
	return text
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		text    string
		message string
		hint    string
	}{
		{`probe syscall.ptrace { printf("%d", reqest) }`, "never-assigned local variable 'reqest' (similar: request)", "syscall.ptrace has name, request, pid, addr, data, argstr"},
		{`probe begin { printf("%d", pid) }`, "never-assigned local variable 'pid'", "'pid' is a function: write pid()"},
		{`probe begin { count = 1 printf("%d %d", cuont, count) }`, "never-assigned local variable 'cuont' (similar: count)", ""},
		{`global total probe begin { printf("%d", total) }`, "never-assigned global variable 'total'", ""},
	}
	for _, test := range tests {
		r := checkText(t, test.text, check.Options{})
		if len(r.diags.List) != 1 {
			t.Errorf("%s\n%s", test.text, rendered(r.set, r.diags))
			continue
		}
		d := r.diags.List[0]
		if d.Severity != source.Warning || d.Message != test.message || d.Hint != test.hint {
			t.Errorf("%s\n got %q, %q\nwant %q, %q", test.text, d.Message, d.Hint, test.message, test.hint)
		}
	}
}

// TestGolden compares with what SystemTap printed, where that is at hand. Which
// names are similar depends on the tapset and is left out.
func TestGolden(t *testing.T) {
	dir := "../../../shared/golden/lang/bad"
	files, _ := filepath.Glob(filepath.Join(dir, "*.stp"))
	if len(files) == 0 {
		t.Skip("no scripts with SystemTap's messages at hand")
	}
	// What this version refuses in other words, and why.
	skipped := map[string]string{
		"hist_two":              "statistics",
		"type_stat_op":          "statistics",
		"type_stat_read":        "statistics",
		"type_stat_scalar":      "statistics",
		"type_stat_string":      "statistics",
		"name_dup_function":     "a script whose handlers do nothing runs",
		"next_outside":          "a script whose handlers do nothing runs",
		"parse_comment":         "a script whose handlers do nothing runs",
		"type_in":               "SystemTap names the wrong type in the cause",
		"var_target":            "the cause that SystemTap adds says nothing new",
		"point_kernel_function": "not supported",
		"point_kprobe_function": "not supported",
		"point_process":         "not supported",
		"point_trace":           "not supported",
	}
	for _, name := range files {
		base := strings.TrimSuffix(filepath.Base(name), ".stp")
		want := read(t, strings.TrimSuffix(name, ".stp")+".err")
		if !strings.Contains(want, "semantic error") || skipped[base] != "" {
			continue
		}
		t.Run(base, func(t *testing.T) {
			text := read(t, name)
			set := &source.Set{}
			file, diags := syntax.Parse(set, base+".stp", text, syntax.Options{})
			if !diags.HasErrors() {
				_, diags = check.Check(set, []*syntax.File{file}, newLibrary(set), x86, check.Options{})
			}
			if got, want := comparable(rendered(set, diags)), comparable(want); got != want {
				t.Errorf("got\n%swant\n%sin:\n%s", got, want, text)
			}
		})
	}
}

var (
	suggestions = regexp.MustCompile(` \(similar: [^)]*\)`)
	trailer     = regexp.MustCompile(`(?m)^(Pass|Tip|Number|Rerun|        help:).*\n`)
)

func comparable(text string) string {
	text = suggestions.ReplaceAllString(trailer.ReplaceAllString(text, ""), "")
	return strings.TrimRight(text, "\n") + "\n"
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
