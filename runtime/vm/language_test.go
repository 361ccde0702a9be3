package vm_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapir/runtime/vm"
)

// TestLanguage runs handlers and compares all that they print, errors included.
func TestLanguage(t *testing.T) {
	for _, test := range []struct {
		name, decls, body, want string
	}{
		{name: "wrap", body: `m = 9223372036854775807; println(m+1, " ", -m-2, " ", m*2)`, want: "-9223372036854775808 9223372036854775807 -2\n"},
		{name: "division truncates", body: `a = 7; b = -2; println(a/b, " ", a%b, " ", -a/2, " ", -a%2)`, want: "-3 1 -3 -1\n"},
		{name: "most negative", body: `m = -9223372036854775807-1; n = -1; println(m/n, " ", m%n)`, want: "-9223372036854775808 0\n"},
		{name: "shifts", body: `n = 64; print(1<<n, " ", 1>>n, " ") n = 65; print(1<<n, " ", 256>>n, " ") n = -1; println(1<<n, " ", 256>>n, " ", -1>>>n)`, want: "1 1 2 128 -9223372036854775808 0 1\n"},
		{name: "steps", body: `a = 5; println(a++, " ", a, " ", ++a, " ", a--, " ", --a)`, want: "5 6 7 7 5\n"},
		{name: "own step", body: `a = 5; a = a++; println(a); a = a++ + ++a; println(a)`, want: "5\n12\n"},
		{name: "operand kept", body: `a = 1; println(a + (a = 5)); s = "x"; println(s . (s = "y") . s)`, want: "6\nxyy\n"},
		{name: "compound", body: `a = 10; a += 5; print(a, " ") a -= 3; print(a, " ") a *= 2; print(a, " ") a /= 5; print(a, " ") a %= 3; print(a, " ") a <<= 4; print(a, " ") a >>= 2; print(a, " ") a |= 3; print(a, " ") a &= 6; print(a, " ") a ^= 5; println(a)`,
			want: "15 12 24 4 1 16 4 7 6 3\n"},
		{name: "compound globals", decls: `global g, s, a, t`, body: `
			g += 7; g -= 2; g *= 3; print(g, " ") print(g++, " ", ++g, " ", g--, " ", --g, " ")
			s .= "a"; s .= "b"; print(s, " ")
			a["k"] += 5; a["k"] -= 2; a["k"] *= 7; print(a["k"], " ", a["k"]++, " ", --a["k"], " ")
			t[1] .= "x"; t[1] .= "y"; println(t[1])`,
			want: "15 15 17 17 15 ab 21 21 21 xy\n"},
		{name: "logic", body: `b = 0; println(b++ && 1, " ", b, " ", 0 && b++, " ", b, " ", 1 || b++, " ", b); x = 3; x = x && 2; println(x, !x, !(x > 5 || x < 0))`,
			want: "0 1 0 1 1 1\n101\n"},
		{name: "conditions", body: `for (i = -2; i < 3; i++) { print(i < 0 ? "n" : i == 0 ? "z" : "p"); if (3 > i) print("+"); if (1 <= i) print("!") } println("")`, want: "n+n+z+p+!p+!\n"},
		{name: "strings compared", body: `println("abc" < "abd", "abc" < "ab", "b" >= "a", "Z" < "a", "" < "a", "\xff" > "a"); s = "k"; if (s > "j" && s != "x") println("yes")`, want: "101111\nyes\n"},
		{name: "string length", body: `s = "0123456789abcdef"; for (i = 0; i < 6; i++) s = s . s; println(strlen(s), " ", strlen(sprintf("%s%s", s, s)))`, want: "511 511\n"},
		{name: "NUL ends", body: `println("[", "ab\0cd", "]", strlen("\0x"), strlen(sprintf("a%cb", 0)))`, want: "[ab]01\n"},
		{name: "histogram of one value", decls: `global s`, body: `s <<< 5; s <<< 8; s <<< 100; foreach (b in @hist_linear(s, 8, 8, 1)) print(@hist_linear(s, 8, 8, 1)[b], " ")`, want: "1 1 1 "},
		{name: "functions", decls: `
			function fib(n) { if (n < 2) return n; return fib(n - 1) + fib(n - 2) }
			function join:string(a:string, n:long, b:string) { x = a . sprint(n); return x . b }
			function none(x) { if (x) return 5 }
			function text(x) { if (x) return "t" }
			function hello() { println("hello") return }`,
			body: `println(fib(9), " ", join("<", 7 * fib(3), ">")); hello(); println(none(1), none(0), "[", text(0), "]")`, want: "34 <14>\nhello\n50[]\n"},
		{name: "nested calls keep temporaries", decls: `function f(a, b) { t = a * 10; return t + b }`, body: `println(1 + f(2, f(3, 4)) * f(f(1, 1), 2))`, want: "6049\n"},
		{name: "locals are fresh", decls: `function f(x) { y += x; s .= "a"; return y + strlen(s) }`, body: `println(f(1), f(2), f(3))`, want: "234\n"},
		{name: "loops", body: `
			for (i = 0; i < 3; i++) { for (j = 0; j < 3; j++) { if (j == 2) break; if (i == 1) continue; printf("%d%d ", i, j) } } println("")
			i = 0; while (i < 10) { i++; if (i == 3) continue; if (i > 5) break; print(i, " ") } println("")
			for (;;) { if (i++ > 7) break } println(i)`, want: "00 01 20 21 \n1 2 4 5 \n9\n"},
		{name: "next", body: `println("a"); if (1) next; println("b")`, want: "a\n"},
		{name: "exit goes on", body: `exit() println("after")`, want: "after\n"},
		{name: "warn and log", body: `warn("w") log("l")`, want: "l\nWARNING: w\n"},
		{name: "print folds", body: `println("a", 1, "%", -2); printd("|", "x", 2, "%d")`, want: "a1%-2\nx|2|%d"},

		{name: "division by 0", body: `x = 0; println(10 / x)`, want: "ERROR: division by 0 near '/' at 3:19\n"},
		{name: "modulo 0", decls: `function f(a) { return 1 % a }`, body: `println(f(0))`, want: "ERROR: division by 0 near '%' at 1:26 from 3:9\n"},
		{name: "compound division", decls: "global g", body: `g = 1; x = 0; g /= x`, want: "ERROR: division by 0 near '/=' at 3:17\n"},
		{name: "error", body: `println("a") error("the message") println("b")`, want: "a\nERROR: the message\n"},
		{name: "endless", body: `i = 0; while (1) i++`, want: "ERROR: MAXACTION exceeded near 'i' at 3:18\n"},
		{name: "deep", decls: "function f(n) { return n == 0 ? 0 : 1 + f(n - 1) }", body: `println(f(9)) println(f(100))`,
			want: "9\nERROR: MAXNESTING exceeded near 'f' at 1:10" + strings.Repeat(" from 1:41", 11) + " from 3:23\n"},
		{name: "abort", body: `println("a") try { abort() } catch { println("b") } println("c")`, want: "a\n"},
		{name: "try leaves loops", decls: "global a", body: `
			for (i = 0; i < 4; i++) { try { if (i == 1) continue; if (i == 3) break; print(i); error("x") } catch (e) { print(e) } } println("")
			a[1] = 1; a[2] = 2
			foreach (k in a) { try { foreach (j in a) { if (j == 2) error("in") } } catch { print(k) } } println("")
			try { error("outside") } catch (e) { println(e) }`, want: "0x2x\n12\noutside\n"},
		{name: "try in functions", decls: `
			function f(n) { try { if (n == 0) return 1; if (n == 1) error("one"); return g(n) } catch (e) { return strlen(e) } }
			function g(n) { foreach (k in a) { error("deep down") } return 0 }
			global a`, body: `a[1] = 1; println(f(0), f(1), f(2)); try { g(1) println("no") } catch (e) { println(e) } error("last")`,
			want: "139\ndeep down\nERROR: last\n"},
		{name: "what cannot be caught", body: `try { while (1) x++ } catch { println("caught") } println(x)`, want: "ERROR: MAXACTION exceeded near 'x' at 3:17\n"},
		{name: "nesting is caught", decls: "function f(n) { return 1 + f(n + 1) }", body: `try { println(f(1)) } catch (e) { println(e) } println("on")`, want: "MAXNESTING exceeded\non\n"},
		{name: "errors in a handler", body: `try { try { error("a") } catch (e) { error(e . "b") } } catch (e) { println(e) }`, want: "ab\n"},
		{name: "chain", decls: `
			function f(x, s:string) { if (x > 1) { x = 7; s = "changed"; next } return "first " . s }
			function f(x, s:string) { for (i = 0; i < 3; i++) { try { if (x > 2) next } catch { println("no") } } return sprint("second ", s, i) }
			function f(x, s:string) { if (x > 3) next; return sprint("third ", s, x) }`,
			body: `for (n = 1; n < 4; n++) println(f(n, "s")); try { f(4, "s") println("no") } catch (e) { println(e) }`,
			want: "first s\nsecond s3\nthird s3\nall functions exhausted\n"},
		{name: "statistics", decls: "global s, t, w%[2]", body: `
			x = s <<< 5; s <<< -2; println(x, " ", @count(s), " ", @sum(s), " ", @min(s), " ", @max(s), " ", @avg(s))
			t[1, "a"] <<< 1; t[1, "a"] <<< 3; t[2, "b"] <<< 9; println(@avg(t[1, "a"]), @count(t[2, "x"]), @sum(t[2, "b"]))
			foreach ([i, k] in t @sum-) print(i, k, " ") foreach ([i, k] in t @count-) print(i, k, " ") println("")
			w[1] <<< 1; w[2] <<< 2; w[3] <<< 3; foreach (i in w) print(i, ":", @sum(w[i]), " ") println("")
			delete t[1, "a"]; t[3, "c"] <<< 4; println(@count(t[3, "c"]), @min(t[3, "c"])); delete s; println(@count(s))`,
			want: "5 2 3 -2 5 1\n209\n2b 1a 1a 2b \n2:2 3:3 \n14\n0\n"},
		{name: "empty", decls: "global s, a", body: `s <<< 1; delete s; try { println(@max(s)) } catch (e) { println(e) } a[1] <<< 1; println(@min(a[2]))`,
			want: "empty aggregate\nERROR: empty aggregate near '@min' at 3:90\n"},
		{name: "buckets", decls: "global s", body: `
			try { foreach (b in @hist_linear(s, 0, 2, 1)) println("no") } catch (e) { println(e) }
			s <<< 0; s <<< 1; s <<< 1; s <<< 50
			foreach (b in @hist_linear(s, 0, 2, 1) limit 3) print(b, "=", @hist_linear(s, 0, 2, 1)[b], " ") println("")
			t = sprint(@hist_linear(s, 0, 2, 1)); println(strlen(t))
			for (b = 3; b < 6; b++) println(@hist_linear(s, 0, 2, 1)[b])`,
			want: "empty aggregate\n0=0 1=1 2=2 \n305\n0\n1\nERROR: histogram index out of range near '@hist_linear' at 8:36\n"},
		{name: "patterns", body: `s = "a\377b"; println(s =~ "a.b", s =~ "^a..b", s !~ "x") if (s =~ "(.)b$") println(strlen(matched(1)), ngroups()) println(matched_str() == "\377b")`,
			want: "101\n12\n1\n"},
		{name: "speculation", body: `a = speculation(); b = speculation(); speculate(a, "1"); speculate(b, "2"); speculate(a, "3"); commit(b); discard(b); commit(a); commit(a); println(a == b)`, want: "2130\n"},
		{name: "full of statistics", decls: "global a[1]", body: `a["x"] <<< 1; a["y"] <<< 1`, want: "ERROR: Array overflow, check size limit (1) near 'a' at 3:15\n"},
		{name: "full", decls: "global a[3]", body: `for (i = 0; i < 5; i++) { a[i] = i; print(i) }`, want: "012ERROR: Array overflow, check size limit (3) near 'a' at 3:27\n"},
		{name: "full by default", decls: "global a", body: `for (i = 0; i < 3000; i++) a[i]++`, want: "ERROR: Array overflow, check MAXMAPENTRIES near 'a' at 3:28\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := begin(t, test.decls, test.body)
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s\nof %s\n%s", got, test.want, test.decls, test.body)
			}
		})
	}
}

// TestGolden runs scripts whose output is that of SystemTap.
func TestGolden(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.stp")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts in testdata: %v", err)
	}
	for _, path := range scripts {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(path, ".stp") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			r := compile(t, string(text)).run(vm.Options{})
			if r.errs != "" {
				t.Errorf("unexpected errors:\n%s", r.errs)
			}
			if r.out != string(want) {
				t.Errorf("%s: got\n%s\nwant\n%s", path, r.out, want)
			}
		})
	}
}

// TestHistogramLimits holds what -D may change about histograms.
func TestHistogramLimits(t *testing.T) {
	zero, none := 0, -1
	const text = `global s probe begin { for (i = 0; i < 30; i++) s <<< 1; s <<< 6; print(@hist_linear(s, 0, 8, 1)) }`
	for _, test := range []struct {
		limits vm.Limits
		want   string
	}{
		{vm.Limits{HistWidth: 10, HistElision: &zero},
			"value |---------- count\n      ~\n    1 |@@@@@@@@@@ 30\n      ~\n    6 |            1\n\n"},
		{vm.Limits{HistWidth: 5, HistElision: &none},
			"value |----- count\n    0 |       0\n    1 |@@@@@ 30\n    2 |       0\n    3 |       0\n    4 |       0\n    5 |       0\n    6 |       1\n    7 |       0\n    8 |       0\n\n"},
		{vm.Limits{HistBuckets: 10}, ""},
	} {
		r := compile(t, text).run(vm.Options{Limits: test.limits})
		if got := r.out + r.errs; got != test.want {
			t.Errorf("%+v: got\n%s\nwant\n%s", test.limits, got, test.want)
		}
	}
}
