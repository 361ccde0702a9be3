package check_test

import (
	"fmt"
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
		{`probe syscall.fork.vf* { }`, []string{`7 while resolving probe point <- 20 probe point mismatch: didn't find any wildcard matches`}},
		{`probe syscall.read.retrun { }`, []string{`7 while resolving probe point <- 20 probe point mismatch (similar: return)`}},
		{`probe syscall.read(3) { }`, []string{`7 while resolving probe point <- 15 probe point mismatch (similar: read)`}},
		{`probe begin("x") { }`, []string{`7 while resolving probe point <- 7 probe point mismatch (similar: begin)`}},
		{`probe timer.ms { }`, []string{`7 while resolving probe point <- 13 probe point mismatch (similar: ms)`}},
		{`probe timer.ms(0) { }`, []string{`7 while resolving probe point <- 0 interval value out of range (1, 86400000)`}},
		{`probe timer.us(99) { }`, []string{`7 while resolving probe point <- 0 interval value out of range (100, 86400000000)`}},
		{`probe timer.ms(2).randomize(3) { }`, []string{`7 while resolving probe point <- 0 randomize value out of range (0, 2)`}},
		{`probe timer.ms(2).randomise(1) { }`, []string{`7 while resolving probe point <- 19 probe point mismatch (similar: randomize)`}},
		{`probe timer.hz(0) { }`, []string{`7 while resolving probe point <- 0 frequency out of range (1, 10000)`}},
		{`probe timer.profile(3) { }`, []string{`7 while resolving probe point <- 13 probe point mismatch (similar: profile)`}},
		{`probe timer.profile.freq { }`, []string{`7 while resolving probe point <- 21 probe point truncated (follow: hz)`}},
		{`probe timer.profile.freq.hz { }`, []string{`7 while resolving probe point <- 26 probe point mismatch (similar: hz)`}},
		{`probe timer.profile.freq.hz(10001) { }`, []string{`7 while resolving probe point <- 0 frequency out of range (1, 10000)`}},
		{`probe timer.profile.tock { }`, []string{`7 while resolving probe point <- 21 probe point mismatch (similar: tick)`}},
		{`probe timer.profile { println(int_arg(1)) }`, []string{`31 int_arg is known in probes of calls only`}},
		{`probe timer.profile.tick { println(returnval()) }`, []string{`36 returnval is known in probes of calls only`}},
		{`probe kernel.function("f") { }`, []string{`7 while resolving probe point <- 0 the kernel's functions are not known here`}},
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
		{`function f() { continue println(1) } probe begin { while (1) f() }`, []string{`0 no probes found`}},
		{`function f() { println(1) continue } probe begin { while (1) f() }`, []string{`27 cannot 'continue' outside loop`}},
		{`probe begin { 1 = 2 }`, []string{`17 Expecting lvalue for assignment`}},
		{`probe begin { 1++ }`, []string{`16 expecting lvalue for increment`}},
		{`global s probe begin { s <<< 1 @hist_log(s)[1] = 2 }`, []string{`48 Expecting lvalue for assignment`}},
		{`global s probe begin { s <<< 1 @hist_log(s)[1]++ }`, []string{`47 expecting lvalue for increment`}},
		{`global a probe begin { a[1] = 1 foreach (k in a[1, 2]) println(k) }`, []string{`47 inconsistent arity (1 vs 2)`}},
		{`probe begin { delete 5 }`, []string{`22 invalid operand of delete expression`}},
		{`global a probe begin { a[1] = 1 foreach (k in a) a[k] = 2 }`, []string{`50 variable 'a' modified during 'foreach' iteration`}},
		{`global a probe begin { a[1] = 1 foreach (k in a) delete a[k] }`, []string{`57 variable 'a' modified during 'foreach' iteration`}},
		{`global a function g() { a[1]++ } function f() { g() } probe begin { foreach (k in a) f() }`,
			[]string{`86 function call modifies var 'a' during 'foreach' iteration`}},
		{`probe begin { println(int_arg(1)) }`, []string{`23 int_arg is known in probes of calls only`}},
		{`function f() { return returnval() } probe syscall.read { println(f()) }`, []string{`23 returnval is known in .return probes only`}},
		{`probe syscall.read { x = 1 println(int_arg(x)) }`, []string{`44 the argument number of int_arg must be a literal`}},
		{`probe syscall.read { println(int_arg(7)) }`, []string{`38 argument number out of range (1, 6)`}},
		// Types.
		{`probe begin { println("a" + 1) }`, []string{`23 type mismatch: expected long but found string`}},
		{`probe begin { println("a" . 1) }`, []string{`29 type mismatch: expected string but found long`}},
		{`probe begin { println(1 == "a") }`, []string{`25 type mismatch: left and right sides don't agree (long vs string)`}},
		{`probe begin { println(pid() ? 1 : "a") }`, []string{`29 type mismatch: left and right sides don't agree (long vs string)`}},
		{`probe begin { printf("%s", pid() + 2) }`, []string{`34 invalid operator`}},
		{`probe begin { printf("%s", 1 + 2) }`, []string{`30 type mismatch: expected string but found long`}},
		{`probe begin { printf("%d", "a" . "b") }`, []string{`32 invalid operator`}},
		{`probe begin { printf("%d", execname()) }`, []string{`28 type mismatch: expected long but found string`}},
		{`probe begin { if ("x") println(1) }`, []string{`19 type mismatch: expected long but found string`}},
		{`probe begin { x = 1; x = "s"; println(x) }`, []string{`22 type mismatch (string) <- 15 type was first inferred here (long)`}},
		{`probe begin { s = "s"; s += 1 }`, []string{`24 type mismatch (long) <- 15 type was first inferred here (string)`}},
		{`global a probe begin { a[1] = 1; a["x"] = 2 }`, []string{`36 index 0 type mismatch (string) <- 26 type of index 0 was first inferred here (long)`}},
		{`global a probe begin { a[1] = 1; a[2] = "x" }`, []string{`34 type mismatch (string) <- 24 type was first inferred here (long)`}},
		{`function f(x) { return x . "" } probe begin { println(f(1)) }`, []string{`57 type mismatch: expected string but found long`}},
		{`function f(x:string) { println(x) } probe begin { f(1) }`, []string{`53 type mismatch: expected string but found long`}},
		{`function f(x) { if (x) return 1; return "s" } probe begin { println(f(1)) }`, []string{`41 type mismatch (string) <- 31 type was first inferred here (long)`}},
		{`function f(n) { return f(n) } probe begin { println(f(1)) }`, []string{`53 unresolved type `}},
		{`function f() { println(1) } probe begin { x = f() println(x) }`, []string{`47 unresolved type `, `59 unresolved type `}},
		{`probe begin { println(x, x) }`, []string{`23 unresolved type `}},
		{`global a probe begin { println(1 in a) delete a }`, []string{`8 unresolved type `}},
		{`probe begin { delete x exit() }`, []string{`22 unresolved type `}},
		{`probe begin { println(printf("x")) }`, []string{`23 unresolved type `}},
		// Formats.
		{`probe begin { printf("%d %d", 1) }`, []string{`15 Wrong number of args to formatted print operator`}},
		{`probe begin { printf("%d", 1, 2) }`, []string{`15 Wrong number of args to formatted print operator`}},
		{`probe begin { printf("%*d", 1) }`, []string{`15 Wrong number of args to formatted print operator`}},
		{`probe begin { printf("%s", 1) }`, []string{`28 type mismatch: expected string but found long`}},
		// Statistics.
		{`global s probe begin { s <<< "x" }`, []string{`30 type mismatch: expected long but found string`}},
		{`global s probe begin { s <<< 1; s = 2 }`, []string{`33 type mismatch (long) <- 24 type was first inferred here (stats)`}},
		{`global s probe begin { s <<< 1; s++ }`, []string{`33 type mismatch (long) <- 24 type was first inferred here (stats)`}},
		{`global s, t probe begin { s <<< 1; t = s }`, []string{`38 invalid operator`}},
		{`global s probe begin { s = 1; println(@count(s)) }`, []string{`46 type mismatch (stats) <- 24 type was first inferred here (long)`}},
		{`global s probe begin { s <<< 1; println(s) }`, []string{`41 print format actual argument evaluation type unsupported`}},
		{`global s probe begin { s <<< 1; printf("%d", s) }`, []string{`46 type mismatch (long) <- 24 type was first inferred here (stats)`}},
		{`global s function f(x) { print(x) } probe begin { s <<< 1; f(s) }`, []string{`62 invalid type stats`}},
		{`probe begin { x <<< 1 }`, []string{`15 stat locals not supported, missing global declaration? `}},
		{`probe begin { println(@count(5)) }`, []string{`30 type mismatch: expected stats but found long`}},
		{`global s probe begin { s <<< 1 println(@variance(s, 63)) }`, []string{`40 bit shift (63) out of range <0..62>`}},
		{`global s probe begin { s <<< 1 println(@variance(s, 3), @variance(s, 4)) }`, []string{`57 conflicting bit shifts declared on '__global_s' (3 vs 4)`}},
		{`global s probe begin { s <<< 1 print(@hist_log(s)) print(@hist_linear(s, 0, 10, 1)) }`, []string{`58 multiple histogram types declared on '__global_s'`}},
		{`global s, t probe begin { s["a"] <<< 1 foreach (v = k in s) t[k] = v println(t["a"]) }`, []string{`49 invalid type stats`}},
		{`global s probe begin { s["a"] = 1 foreach (k in s @sum-) println(k) }`, []string{`49 type mismatch (stats) <- 24 type was first inferred here (long)`}},
		{`global s probe begin { s <<< 1 println(@hist_log(s)["x"]) }`, []string{`53 type mismatch: expected long but found string`}},
		// Functions in turn, errors, expressions.
		{`function f(n) { next } function f(s) { return s . "" } probe begin { println(f(1)) }`, []string{`80 type mismatch: expected string but found long`}},
		{`probe begin { try { error("x") } catch (m) { m++ println(m) } }`, []string{`46 type mismatch (long) <- `}},
		{`global m = 1 probe begin { try { error("x") } catch (m) { println(1) } }`, []string{`54 type mismatch (string) <- 8 type was first inferred here (long)`}},
		{`probe begin { println(5 =~ "b") }`, []string{`23 type mismatch: expected string but found long`}},
		{`probe begin { println("a" =~ "b(") }`, []string{`30 unmatched '(' in regular expression`}},
		{`probe begin { println("a" !~ "[b") }`, []string{`30 unmatched '[' in regular expression`}},
		{`probe begin { println("a" =~ "*b") }`, []string{`30 nothing to repeat in regular expression`}},
		// What this version lacks.
		{`probe begin { println($foo) }`, []string{`23 unresolved target-symbol expression`, `23 unresolved type `}},
		{`probe begin { println(@entry($foo)) }`, []string{`30 unresolved target-symbol expression`, `30 unresolved type `}},
		{`probe begin { println(@entry(pid())) }`, []string{`23 @entry is known in .return probes only`}},
		{`function f() { return @entry(pid()) } probe syscall.read.return { println(f()) }`, []string{`23 @entry is known in handlers of .return probes only, not in functions`}},
		{`probe syscall.read.return { println(@entry(returnval())) }`, []string{`44 returnval is not known yet when the call begins`}},
		{`probe syscall.read.return { x = pid(); println(@entry(user_int(x))) }`, []string{"64 'x' is a variable of this handler, which has no value when the call begins"}},
		{`probe syscall.read.return { println(@entry(@entry(pid()))) }`, []string{`44 @entry within @entry`}},
		{`probe begin { println(@cast(1, "task_struct")->pid) }`, []string{`23 @cast is not supported by this version`}},
		// Several at once.
		{`probe begin { nosuch1() nosuch2() } probe never { break } probe beginn { }`, []string{
			`15 unresolved function nosuch1`, `25 unresolved function nosuch2`,
			`65 while resolving probe point <- 65 probe point mismatch (similar: begin)`}},
		{`probe syscall.fork { printf("%s", 1) }`, []string{`35 type mismatch: expected string but found long`}},
		{`probe {a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b}.{a,b} { }`, []string{`8 while resolving probe point <- 0 too many probe points: the braces stand for more than 4096`}},
		{`global x`, []string{`0 no probes found`}},
	}
	for _, test := range tests {
		r := checkText(t, test.text, check.Options{})
		var got []string
		for i, d := range r.diags.List {
			repeated := i > 0 && d == r.diags.List[i-1]
			if d.Severity != source.Warning && !repeated {
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

func TestDeepAliases(t *testing.T) {
	var text strings.Builder
	text.WriteString("probe a0 = begin { } ")
	for i := range 300 {
		fmt.Fprintf(&text, "probe a%d = a%d { } ", i+1, i)
	}
	text.WriteString("probe a300 { println(1) }")
	r := checkText(t, text.String(), check.Options{})
	if got := shown(r.set, r.diags.List[0]); !strings.HasSuffix(got, "aliases nested too deeply") {
		t.Errorf("got %s", got)
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
		{`global total probe begin { printf("%d", total) }`, "never-assigned global variable 'total' (similar: total)", ""},
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
			if got, want := comparable(rendered(set, firstOfEach(diags))), comparable(want); got != want {
				t.Errorf("got\n%swant\n%sin:\n%s", got, want, text)
			}
		})
	}
}

// firstOfEach leaves out, as a run without -v does, errors of a rule that another
// one was reported of, and warnings with the words of another.
func firstOfEach(diags *source.Diagnostics) *source.Diagnostics {
	seen := map[string]bool{}
	out := &source.Diagnostics{}
	for _, d := range diags.List {
		key := string(d.Code)
		if d.Severity == source.Warning {
			key = d.Message
		}
		if !seen[key] {
			out.Add(d)
		}
		seen[key] = true
	}
	return out
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
