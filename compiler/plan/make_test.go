package plan_test

import (
	"strings"
	"testing"

	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// A placement is what a test says of the first event probe of a script.
type placement struct {
	filter   string // conditions, joined by &&
	captures string // texts, joined by a semicolon
	body     string // statements, joined by a semicolon
	note     string // part of one of the notes
}

func placementOf(p *plan.Plan) (got placement, notes string) {
	for _, pr := range p.Probes {
		if !pr.InKernel {
			continue
		}
		var filter, captures, texts []string
		for _, c := range pr.Filter {
			filter = append(filter, ir.ExprString(c.Expr))
		}
		for _, c := range pr.Captures {
			captures = append(captures, c.Text)
		}
		for _, n := range pr.Notes {
			texts = append(texts, n.Text)
		}
		got.filter = strings.Join(filter, " && ")
		got.captures = strings.Join(captures, "; ")
		got.body = strings.Join(lines(ir.StmtString(p.Shown(pr.Body))), "; ")
		return got, strings.Join(texts, "\n")
	}
	return got, ""
}

func lines(text string) []string {
	var ls []string
	for l := range strings.Lines(text) {
		ls = append(ls, strings.TrimSpace(l))
	}
	return ls
}

const (
	enter = `probe kernel.syscall("openat") `
	exit  = `probe kernel.syscall("openat").return `
	yes   = `printf("yes\n")`
)

var placements = []struct {
	name, script string
	want         placement
}{
	{"none", enter + `{ print(pid()) }`,
		placement{captures: "pid()", body: `printf("%d", pid())`}},
	{"literal name", enter + `{ if (execname() == "cat") print("yes\n") }`,
		placement{filter: `execname() == "cat"`, body: yes}},
	{"name on the right", enter + `{ if ("cat" != pexecname()) print("yes\n") }`,
		placement{filter: `"cat" != pexecname()`, body: yes}},
	{"next", enter + `{ if (pid() != target()) next; print("yes\n") }`,
		placement{filter: `pid() == target()`, body: yes}},
	{"next or", enter + `{ if (pid() != target() || uid() == 0) next; print("yes\n") }`,
		placement{filter: `pid() == target() && uid() != 0`, body: yes}},
	{"next and", enter + `{ if (pid() == 1 && uid() == 0) next; print("yes\n") }`,
		placement{filter: `pid() != 1 || uid() != 0`, body: yes}},
	{"next else", enter + `{ if (pid() == 1) next; else print("yes\n") }`,
		placement{filter: `pid() != 1`, body: yes}},
	{"else next", enter + `{ if (pid() == 1) { } else next; print("yes\n") }`,
		placement{filter: `pid() == 1`, body: yes}},
	{"empty then", enter + `{ if (pid() == 1) ; else print("yes\n") }`,
		placement{filter: `pid() != 1`, body: yes}},
	{"nested", enter + `{ if (pid() == 1) { if (uid() == 0) { print("yes\n") } } }`,
		placement{filter: `pid() == 1 && uid() == 0`, body: yes}},
	{"trailing next", enter + `{ if (pid() == 1) { print("yes\n"); next } }`,
		placement{filter: `pid() == 1`, body: yes + "; next"}},
	{"local", enter + `{ fd = int_arg(1); if (fd == 3) printf("%d\n", fd) }`,
		placement{filter: `int_arg(1) == 3`, captures: "int_arg(1)", body: `printf("%d\n", int_arg(1))`}},
	{"local of local", enter + `{ p = pointer_arg(1); q = p + 8; if (user_int(q) == 3) print("yes\n") }`,
		placement{filter: `user_int(pointer_arg(1) + 8) == 3`, body: yes}},
	{"cheap first", enter + `{ if (user_int(pointer_arg(1)) == 3 && execname() == "a") print("yes\n") }`,
		placement{filter: `execname() == "a" && user_int(pointer_arg(1)) == 3`, body: yes}},
	{"dead local", enter + `{ s = user_string(pointer_arg(2)); t = s; n = 1; if (pid() == 1) print("yes\n") }`,
		placement{filter: `pid() == 1`, body: yes}},
	{"constant true", enter + `{ x = "a"; if (x == "a" && pid() == 1) print("yes\n") }`,
		placement{filter: `pid() == 1`, body: yes}},
	{"constant false", enter + `{ x = "a"; if (x == "b") print(pid()) }`,
		placement{filter: `0`}},
	{"ternary", enter + `{ if (pid() == 1 ? uid() == 0 : uid() == 1) print("yes\n") }`,
		placement{filter: `pid() == 1 ? uid() == 0 : uid() == 1`, body: yes}},
	{"shift and mask", enter + `{ if ((long_arg(3) >> 4) & 0xff) print("yes\n") }`,
		placement{filter: `long_arg(3) >> 4 & 0xff`, body: yes}},
	{"division by literal", enter + `{ if (long_arg(3) / 4 % 2 == 1) print("yes\n") }`,
		placement{filter: `long_arg(3) / 4 % 2 == 1`, body: yes}},
	{"return value", exit + `{ if (returnval() < 0) printf("%s\n", errno_str(returnval())) }`,
		placement{filter: `returnval() < 0`, captures: "returnval()", body: `printf("%s\n", errno_str(returnval()))`}},

	// Parameters.
	{"initialised", `global who = "cat" ` + enter + `{ if (execname() == who) print("yes\n") }`,
		placement{filter: `execname() == who`, body: yes}},
	{"by begin", `global n probe begin { n = 3 } ` + enter + `{ if (int_arg(1) == n * 2) print("yes\n") }`,
		placement{filter: `int_arg(1) == n * 2`, body: yes}},
	{"by end", `global n probe end { n = 3 } ` + enter + `{ if (int_arg(1) == n) print("yes\n") }`,
		placement{filter: `int_arg(1) == n`, body: yes}},
	{"by never", `global n probe never { n = 3 } ` + enter + `{ if (int_arg(1) == n) print("yes\n") }`,
		placement{filter: `int_arg(1) == n`, body: yes}},
	{"array of names", `global a probe begin { a["cat", 1] = 1 } ` + enter + `{ if ([execname(), cpu()] in a) print("yes\n") }`,
		placement{filter: `[execname(), cpu()] in a`, body: yes}},
	{"array of texts", `global a probe begin { a[1] = "one" } ` + enter + `{ if (int_arg(1) in a) print(a[int_arg(1)]) }`,
		placement{filter: `int_arg(1) in a`, captures: "int_arg(1)", body: `printf("%s", a[int_arg(1)])`}},
	{"element", `global a probe begin { a[1] = 7 } ` + enter + `{ if (a[int_arg(1)] > 5) print("yes\n") }`,
		placement{filter: `a[int_arg(1)] > 5`, body: yes}},
	{"armed", `global on = 1 probe kernel.syscall("openat") if (on) { print("yes\n") }`,
		placement{filter: `on`, body: yes}},

	// What stays.
	{"written by an event", `global seen ` + enter + `{ if (seen[pid()]) print("yes\n") }` + exit + `{ seen[pid()]++ }`,
		placement{captures: "pid()", body: `if (seen[pid()]); ` + yes, note: "'seen' is written by the probe at 1:85"}},
	{"written by a timer", `global on probe timer.s(1) { on = !on } ` + enter + `{ if (on && pid() == 1) print("yes\n") }`,
		placement{filter: `pid() == 1`, body: `if (on); ` + yes, note: "'on' is written by the timer probe at 1:17"}},
	{"written by a function", `global on function f() { on++ } probe timer.s(1) { f() } ` + enter + `{ if (on) print("yes\n") }`,
		placement{body: `if (on); ` + yes, note: "'on' is written by the timer probe"}},
	{"armed by an event", `global on probe kernel.syscall("openat") if (on) { print("yes\n") } probe timer.s(1) { on = 1 }`,
		placement{body: `if (!on); next; ` + yes, note: "on in the VM"}},
	{"pure tests commute", `global seen% ` + enter + `{ if (seen[1]) next; if (pid() == 1) print("yes\n") } ` + exit + `{ seen[1] = 1 }`,
		placement{filter: `pid() == 1`, body: `if (seen[1]); next; ` + yes, note: "'seen' gives up"}},
	{"or with the VM", `global seen ` + enter + `{ if (seen[1] || pid() == 1) print("yes\n") } ` + exit + `{ seen[1] = 1 }`,
		placement{captures: "pid()", body: `if (seen[1] || pid() == 1); ` + yes, note: "seen[1] || pid() == 1 in the VM: 'seen' is written"}},
	{"print first", enter + `{ print("x"); if (pid() == 1) print("yes\n") }`,
		placement{captures: "pid()", body: `printf("x"); if (pid() == 1); ` + yes, note: "the printing at 1:34 comes first"}},
	{"count first", `global n ` + enter + `{ n .= "x"; if (pid() == 1) next; print("yes\n") }`,
		placement{captures: "pid()", body: `n .= "x"; if (pid() == 1); next; ` + yes, note: "the assignment to 'n' at"}},
	{"failure first", `global n ` + enter + `{ if (1 / n > 0 && pid() == 1) print("yes\n") } ` + exit + `{ n = 1 }`,
		placement{captures: "pid()", body: `if (1 / n > 0 && pid() == 1); ` + yes, note: "the division at"}},
	{"failing local first", enter + `{ s = user_string(pointer_arg(1)); if (pid() == 1) print(s) }`,
		placement{captures: "string at pointer_arg(1); pointer_arg(1); pid()",
			body: `s = user_string(pointer_arg(1)); if (pid() == 1); printf("%s", s)`, note: "the user_string() at 1:38 (it may fail) comes first"}},
	{"side effect in a condition", `global n ` + enter + `{ if (n++ < 5 && pid() == 1) print("yes\n") }`,
		placement{captures: "pid()", body: `if (n++ < 5 && pid() == 1); ` + yes, note: "it assigns"}},
	{"effect of a function", `global n function f() { n++; return 1 } ` + enter + `{ if (f() && pid() == 1) print("yes\n") }`,
		placement{captures: "pid()", body: `if (f() && pid() == 1); ` + yes, note: "f() writes 'n'"}},
	{"else", enter + `{ if (pid() == 1) print("a"); else print("b") }`,
		placement{captures: "pid()", body: `if (pid() == 1); printf("a"); else; printf("b")`}},
	{"next in the middle", enter + `{ if (pid() == 1) { print("a"); next } print("yes\n") }`,
		placement{captures: "pid()", body: `if (pid() == 1); {; printf("a"); next; }; ` + yes}},
	{"next after a pure if", enter + `{ if (pid() == 1) { x = 1 } if (uid() == 0) next; print(x) }`,
		placement{filter: `uid() != 0`, captures: "pid()", body: `if (pid() == 1); x = 1; printf("%d", x)`}},
	{"reassigned", enter + `{ x = pid(); x = 3; if (x == 3) print("yes\n") }`,
		placement{captures: "pid()", body: `x = pid(); x = 3; if (x == 3); ` + yes, note: "'x' is assigned more than once"}},
	{"counted local", enter + `{ x = 1; x++; if (x == 2) print("yes\n") }`,
		placement{body: `x = 1; x++; if (x == 2); ` + yes, note: "'x' is assigned more than once"}},
	{"used before", enter + `{ if (x == 3) next; x = 3; print(x) }`,
		placement{body: `if (x == 3); next; x = 3; printf("%d", x)`, note: "'x' is used where it may not have been set"}},
	{"set in a branch", enter + `{ if (pid() == 1) { x = 3 } if (x == 3) print("yes\n") }`,
		placement{captures: "pid()", body: `if (pid() == 1); x = 3; if (x == 3); ` + yes, note: "'x' is used where"}},
	{"loop", enter + `{ for (i = 0; i < 3; i++) print(i); if (pid() == 1) print("yes\n") }`,
		placement{captures: "pid()", body: `i = 0; for (; i < 3; i++); printf("%d", i); if (pid() == 1); ` + yes, note: "the loop at"}},
	{"text", enter + `{ if (user_string_quoted(pointer_arg(2)) == "\"x\"") print("yes\n") }`,
		placement{filter: `user_string_quoted(pointer_arg(2)) == "\"x\""`, body: yes}},
	{"text that is no quoted one", enter + `{ if (user_string_quoted(pointer_arg(2)) == "x") print("yes\n") }`,
		placement{filter: `user_string_quoted(pointer_arg(2)) =~ "^x$"`, captures: "string at pointer_arg(2); pointer_arg(2)",
			body: `if (user_string_quoted(pointer_arg(2)) == "x"); ` + yes, note: "quotes are put around it in the VM"}},
	{"order of names", enter + `{ if (execname() < "m") print("yes\n") }`,
		placement{captures: "execname()", body: `if (execname() < "m"); ` + yes, note: "only by == and !="}},
	{"two names", enter + `{ if (execname() == pexecname()) print("yes\n") }`,
		placement{filter: "execname() == pexecname()", body: yes}},
	{"division", `global n = 2 ` + enter + `{ if (long_arg(3) / n == 1) print("yes\n") }`,
		placement{captures: "long_arg(3)", body: `if (long_arg(3) / n == 1); ` + yes, note: "divides only by literals"}},
	{"shift", enter + `{ if (1 << cpu() & 3) print("yes\n") }`,
		placement{captures: "cpu()", body: `if (1 << cpu() & 3); ` + yes, note: "shifts only by literals"}},
	{"wildcard", `global a probe begin { a[1, 2] = 1 } ` + enter + `{ if ([cpu(), *] in a) print("yes\n") }`,
		placement{captures: "cpu()", body: `if ([cpu(), *] in a); ` + yes, note: "any key"}},

	// Functions.
	{"function", `global w = "a" function watched() { return execname() == w } ` + enter + `{ if (!watched()) next; print("yes\n") }`,
		placement{filter: `execname() == w`, body: yes}},
	{"function with parameters", `function is(a, b) { return a == b } ` + enter + `{ if (is(pid(), 7)) print("yes\n") }`,
		placement{filter: `pid() == 7`, body: yes}},
	{"function with returns", `function f(n) { if (pid() == 1) return 0; if (n > 3) return 0; return uid() == n } ` + enter + `{ if (f(cpu())) print("yes\n") }`,
		placement{filter: `pid() != 1 && cpu() <= 3 && uid() == cpu()`, body: yes}},
	{"function with locals", `function f(n) { x = n * 2; x += 1; n = x; return n } ` + enter + `{ if (f(cpu()) == 3) print("yes\n") }`,
		placement{filter: `cpu() * 2 + 1 == 3`, body: yes}},
	{"functions in functions", `function f(n) { return n + 1 } function g(n) { return f(f(n)) } ` + enter + `{ if (g(cpu()) == 3) print("yes\n") }`,
		placement{filter: `cpu() + 1 + 1 == 3`, body: yes}},
	{"recursion", `function f(n) { return n ? f(n - 1) : 1 } ` + enter + `{ if (f(cpu()) && pid() == 1) print("yes\n") }`,
		placement{captures: "cpu(); pid()", body: `if (f(cpu()) && pid() == 1); ` + yes, note: "f() may fail"}},
	{"half a function", `global seen function f() { return seen[1] && pid() == 1 } ` + enter + `{ if (f()) print("yes\n") } ` + exit + `{ seen[1] = 1 }`,
		placement{filter: `pid() == 1`, captures: "pid()", body: `if (f()); ` + yes, note: "f() in the VM: 'seen' is written"}},
	{"whole handler in a function", `function f(n) { if (n != 3) return; print("yes\n") } ` + enter + `{ f(int_arg(1)) }`,
		placement{filter: `int_arg(1) == 3`, captures: "int_arg(1)", body: `f(int_arg(1))`}},

	// Memory.
	{"address in a function", `function text(p) { return user_string_quoted(p) } ` + enter + `{ print(text(pointer_arg(2))) }`,
		placement{captures: "string at pointer_arg(2); pointer_arg(2)", body: `printf("%s", user_string_quoted(pointer_arg(2)))`}},
	{"address deep in functions", `function f(p, n) { return g(p + n) } function g(p) { q = p + 8; return user_long(q) } ` + enter + `{ print(f(pointer_arg(2), pid())) }`,
		placement{captures: "8 bytes at pointer_arg(2) + pid() + 8; pointer_arg(2); pid()", body: `printf("%d", user_long(pointer_arg(2) + pid() + 8))`}},
	{"buffer", enter + `{ print(user_buffer_quoted(pointer_arg(2), ulong_arg(3), 45)) }`,
		placement{captures: "ulong_arg(3) bytes at pointer_arg(2); pointer_arg(2); ulong_arg(3)",
			body: `printf("%s", user_buffer_quoted(pointer_arg(2), ulong_arg(3), 45))`}},
	{"dumps", enter + `{ printf("%#4.2M%m%#.*m", pointer_arg(2), pointer_arg(3), int_arg(1), pointer_arg(2)) }`,
		placement{captures: "2 bytes at pointer_arg(2); pointer_arg(2); kernel 1 bytes at pointer_arg(3); pointer_arg(3); int_arg(1) > 0 ? int_arg(1) : 1 bytes at pointer_arg(2), at most 4096; int_arg(1)",
			body: `printf("%4M%m%m", _user_memory(pointer_arg(2), 2), _kernel_memory(pointer_arg(3), 1), _user_memory(pointer_arg(2), int_arg(1) > 0 ? int_arg(1) : 1))`}},
	{"pointer in memory", enter + `{ print(user_string_quoted(user_uint64(pointer_arg(1)))) }`,
		placement{captures: "string at user_uint64(pointer_arg(1)); user_uint64(pointer_arg(1))",
			body: `printf("%s", user_string_quoted(user_uint64(pointer_arg(1))))`}},
	{"one read, two functions", enter + `{ print(user_string_quoted(pointer_arg(2)), user_string(pointer_arg(2), "?")) }`,
		placement{captures: "string at pointer_arg(2); pointer_arg(2)",
			body: `printf("%s%s", user_string_quoted(pointer_arg(2)), user_string(pointer_arg(2), "?"))`}},
	{"base is a parameter", `global base = 16 ` + enter + `{ print(user_int(base + 4)) }`,
		placement{captures: "4 bytes at base + 4", body: `printf("%d", user_int(base + 4))`}},
	{"guarded word", exit + `{ print(returnval() <= 0 ? "N/A" : errno_str(user_int(pointer_arg(2)))) }`,
		placement{captures: "returnval(); returnval() > 0 ? user_int(pointer_arg(2)) : 0",
			body: `printf("%s", returnval() <= 0 ? "N/A" : errno_str(user_int(pointer_arg(2))))`}},
	{"guarded text", enter + `{ print(int_arg(1) == 3 && pid() > 1 ? user_string_quoted(pointer_arg(2)) : "") }`,
		placement{captures: "int_arg(1); pid(); string at pointer_arg(2); pointer_arg(2)",
			body: `printf("%s", int_arg(1) == 3 && pid() > 1 ? user_string_quoted(pointer_arg(2)) : "")`}},
	{"text for some", enter + `{ print(int_arg(1) == 3 ? user_string_quoted(pointer_arg(2)) : "") }`,
		placement{captures: "int_arg(1); string at pointer_arg(2) if int_arg(1) == 3; pointer_arg(2)",
			body: `printf("%s", int_arg(1) == 3 ? user_string_quoted(pointer_arg(2)) : "")`}},
	{"guarded by a return", `function f(p) { if (p == 0) return "NULL"; return errno_str(user_int(p)) } ` + enter + `{ print(f(pointer_arg(2))) }`,
		placement{captures: "pointer_arg(2); pointer_arg(2) != 0 ? user_int(pointer_arg(2)) : 0", body: `printf("%s", pointer_arg(2) == 0 ? "NULL" : errno_str(user_int(pointer_arg(2))))`}},
	{"word within a word", enter + `{ print(int_arg(1) == 1 ? user_long(pointer_arg(2)) + user_int(pointer_arg(3)) : 7) }`,
		placement{captures: "int_arg(1) == 1 ? user_long(pointer_arg(2)) + user_int(pointer_arg(3)) : 7",
			body: `printf("%d", int_arg(1) == 1 ? user_long(pointer_arg(2)) + user_int(pointer_arg(3)) : 7)`}},
	{"clocks are read once", enter + `{ print(gettimeofday_ns() - user_long(pointer_arg(1))) }`,
		placement{captures: "gettimeofday_ns(); user_long(pointer_arg(1))", body: `printf("%d", gettimeofday_ns() - user_long(pointer_arg(1)))`}},

	// Definitions go where they are used.
	{"into an expression", `global on ` + enter + `{ a = sprintf("%d", pid()); if (on) println(a) } ` + exit + `{ on = 1 }`,
		placement{captures: "pid()", body: `if (on); printf("%s\n", sprintf("%d", pid()))`, note: "'on' is written"}},
	{"into a branch", `global on ` + enter + `{ a = sprintf("%d", pid()); if (on) { println(a); print(a) } else print("no\n") } ` + exit + `{ on = 1 }`,
		placement{captures: "pid()", body: `if (on); {; a = sprintf("%d", pid()); printf("%s\n", a); printf("%s", a); }; else; printf("no\n")`}},
	{"not where there is a loop", enter + `{ a = sprintf("%d", pid()); for (i = 0; i < 3; i++) println(a) }`,
		placement{captures: "pid()", body: `a = sprintf("%d", pid()); i = 0; for (; i < 3; i++); printf("%s\n", a)`}},

	// Errors, statistics, matches, chains.
	{"condition in a try", enter + `{ try { if (pid() == 1) next; print("yes\n") } catch { } }`,
		placement{captures: "pid()", body: `try; {; if (pid() == 1); next; ` + yes + `; }; catch; {; }`}},
	{"try that may fail", `global n = 1 ` + enter + `{ try { x = 1 / n; print(x) } catch (e) { print(e) } if (pid() == 1) print("yes\n") }`,
		placement{captures: "pid()", body: `try; {; x = 1 / n; printf("%d", x); }; catch (e); {; printf("%s", e); }; if (pid() == 1); ` + yes, note: "(it may fail) comes first"}},
	{"statistic", `global st ` + enter + `{ st <<< int_arg(3); if (pid() == 1) print(@count(st)) }`,
		placement{captures: "int_arg(3); pid()", body: `st <<< int_arg(3); if (pid() == 1); printf("%d", @count(st))`, note: "the assignment to 'st'"}},
	{"behind a statistic's count", `global st probe begin { st <<< 1 } ` + enter + `{ if (@count(st) && pid() == 1) print("yes\n") }`,
		placement{filter: "pid() == 1", body: `if (@count(st)); ` + yes, note: "statistics are kept"}},
	{"match", enter + `{ if (execname() =~ "^a" && pid() == 1) print("yes\n") }`,
		placement{filter: `pid() == 1 && execname() =~ "^a"`, body: yes}},
	{"match of too much", enter + `{ if (execname() =~ "a.{12}b" && pid() == 1) print("yes\n") }`,
		placement{filter: "pid() == 1", captures: "execname()", body: `if (execname() =~ "a.{12}b"); ` + yes, note: "more than 1024 states"}},
	{"match of a text", enter + `{ if (user_string(pointer_arg(2)) !~ "^a" && pid() == 1) print("yes\n") }`,
		placement{filter: `user_string(pointer_arg(2)) !~ "^a"`, captures: "string at pointer_arg(2); pointer_arg(2); pid()", body: `if (user_string(pointer_arg(2)) !~ "^a" && pid() == 1); ` + yes, note: "the read may fail"}},
	{"match of a text that can always be had", enter + `{ f = user_string(pointer_arg(2), ""); if (f !~ "^a" && isinstr(f, "b") && substr(f, 0, 2) == "xy") print("yes\n") }`,
		placement{filter: `user_string(pointer_arg(2), "") !~ "^a" && isinstr(user_string(pointer_arg(2), ""), "b") && substr(user_string(pointer_arg(2), ""), 0, 2) == "xy"`, body: yes}},
	{"texts", enter + `{ if (user_string(pointer_arg(2), "") == user_string_n(pointer_arg(1), 5, "x") && execname() != (cpu() ? "a" : "b")) print("yes\n") }`,
		placement{filter: `execname() != (cpu() ? "a" : "b") && user_string(pointer_arg(2), "") == user_string_n(pointer_arg(1), 5, "x")`, body: yes}},
	{"text within another", enter + `{ if (isinstr(user_string(pointer_arg(2), ""), execname())) print("yes\n") }`,
		placement{captures: "string at pointer_arg(2); pointer_arg(2); execname()", body: `if (isinstr(user_string(pointer_arg(2), ""), execname())); ` + yes, note: "only for literals"}},
	{"match that is asked for", enter + `{ if (execname() =~ "^a" && pid() == 1) print(matched(0)) }`,
		placement{captures: "execname(); pid()", body: `if (execname() =~ "^a" && pid() == 1); printf("%s", matched(0))`, note: "matched() may look"}},
	{"chain", `function f(n) { if (n) next; return 1 } function f(n) { return n == 3 } ` + enter + `{ if (f(cpu()) && pid() == 1) print("yes\n") }`,
		placement{filter: "pid() == 1", captures: "cpu()", body: `if (f(cpu())); ` + yes, note: "too complex"}},
	{"address in a chain", `function f(p) { if (pid() == 1) next; p = 0; return p } function f(p) { return user_int(p + 4) } ` + enter + `{ print(f(pointer_arg(2))) }`,
		placement{captures: "pointer_arg(2); pid(); user_int(pointer_arg(2) + 4)", body: `printf("%d", f())`}},
	{"wrapping array", `global a%[3] probe begin { a[1] = 1 } ` + enter + `{ if (cpu() in a) print("yes\n") }`,
		placement{captures: "cpu()", body: `if (cpu() in a); ` + yes, note: "gives up old elements"}},
	{"histogram", `global st probe begin { st <<< 1 } ` + enter + `{ print(@hist_log(st)); if (pid() == 1) print(@hist_log(st)[1]) }`,
		placement{captures: "pid()", body: `print(@hist_log(st)); if (pid() == 1); printf("%d", @hist_log(st)[1])`, note: "the printing"}},
}

func TestMake(t *testing.T) {
	for _, c := range placements {
		t.Run(c.name, func(t *testing.T) {
			p := planned(t, "t.tp", c.script, plan.Auto)
			got, notes := placementOf(p)
			want := c.want
			want.note = ""
			if got != want || !strings.Contains(notes, c.want.note) {
				t.Errorf("got  %+v\nwant %+v\nnotes: %s\nscript: %s", got, c.want, notes, c.script)
			}
			checkPlan(t, p)
		})
	}
}

// checkPlan holds what is true of every plan.
func checkPlan(t *testing.T, p *plan.Plan) {
	t.Helper()
	computable := func(what string, x ir.Expr) {
		if err := p.Computable(x); err != nil {
			t.Errorf("%s %s: %v", what, ir.ExprString(x), err)
		}
	}
	for i, c := range p.Captures {
		if c.Index != i {
			t.Errorf("capture %q has index %d, is at %d", c.Text, c.Index, i)
		}
		if c.Addr != nil {
			computable("address", c.Addr)
		}
		if c.Len != nil {
			computable("length", c.Len)
		}
	}
	for _, pr := range p.Probes {
		for _, c := range pr.Filter {
			computable("filter", c.Expr)
		}
		if len(pr.Record.Fields) != len(pr.Captures) {
			t.Errorf("%d fields for %d captures", len(pr.Record.Fields), len(pr.Captures))
		}
	}
}

// TestMakeKeepsProgram plans every script in both ways and holds that the tree
// that goes in does not change.
func TestMakeKeepsProgram(t *testing.T) {
	for _, c := range placements {
		prog, set := build(t, "t.tp", c.script)
		before := programText(t, prog)
		for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
			if _, diags := (plan.Options{Mode: mode}).Make(prog); diags.HasErrors() {
				t.Errorf("%s", rendered(set, diags))
			}
			if after := programText(t, prog); after != before {
				t.Errorf("%s: got\n%s\nwant\n%s", c.name, after, before)
			}
		}
	}
}

func programText(t *testing.T, p *ir.Program) string {
	t.Helper()
	var b strings.Builder
	if err := ir.Fprint(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUserOnly(t *testing.T) {
	text := `global who = "cat" ` + enter + `{ fd = int_arg(1); if (execname() == who && fd == 3) print("yes\n") }`
	p := planned(t, "t.tp", text, plan.UserOnly)
	got, _ := placementOf(p)
	want := placement{
		captures: "int_arg(1); execname()",
		body:     `fd = int_arg(1); if (execname() == who && fd == 3); ` + yes,
	}
	if got != want || len(p.Params) != 0 {
		t.Errorf("got  %+v, %d parameters\nwant %+v\nscript: %s", got, len(p.Params), want, text)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ script, message, at string }{
		{`probe timer.s(1) { print(user_string(1)) }`, "a timer probe has none", "user_string"},
		{`global p ` + enter + `{ p = pointer_arg(2) } ` + exit + `{ print(user_string(p)) }`, "'p' is written by the probe at 1:16", "user_string"},
		{`function f(p) { while (p < 9) p += 1; return user_int(p) } ` + enter + `{ print(f(pointer_arg(2))) }`, "'p'", "user_int"},
		{enter + `{ for (i = 0; i < 3; i++) print(user_int(8 * i)) }`, "'i' is assigned more than once", "user_int"},
		{enter + `{ print(user_string_quoted(strtol("1", 10))) }`, "strtol() is computed in the VM", "user_string_quoted"},
		{`function f(p) { return p ? f(user_uint64(p)) : 0 } ` + enter + `{ print(f(pointer_arg(1))) }`, "'p'", "user_uint64"},
	} {
		prog, set := build(t, "t.tp", c.script)
		p, diags := plan.Options{}.Make(prog)
		if p != nil || len(diags.List) != 1 {
			t.Errorf("got %d diagnostics:\n%s\nwant one: %s\nscript: %s", len(diags.List), rendered(set, diags), c.message, c.script)
			continue
		}
		d := diags.List[0]
		if !strings.Contains(d.Message, c.message) || set.Text(d.Token.Span) != c.at {
			t.Errorf("got %q at %q\nwant %q at %q\nscript: %s", d.Message, set.Text(d.Token.Span), c.message, c.at, c.script)
		}
	}
}

// Where an error in the VM ends the session, an error probe sees what the globals are just
// then: the kernel does not add to them for a while longer. Reads of memory may be such
// errors, wherever they are.
func TestErrorProbesSeeGlobals(t *testing.T) {
	for _, c := range []struct {
		probe    string
		resident bool
	}{
		{enter + `{ println(pointer_arg(2)) }`, true},
		{enter + `{ println(kernel_string(pointer_arg(2))) }`, false},
		{enter + `{ println(kernel_string(pointer_arg(2), "")) }`, true},
		{enter + `{ println(kernel_int(pointer_arg(2))) }`, false},
		{enter + `{ if (kernel_int(pointer_arg(2)) == 5) println(pid()) }`, false},
		{`function f(p) { return kernel_int(p) } ` + enter + `{ println(f(pointer_arg(2))) }`, false},
	} {
		script := "global n\n" + exit + "{ n++ }\n" + c.probe + "\nprobe error { println(n) }"
		p := planned(t, "t.tp", script, plan.Auto)
		if got := len(p.Residents) > 0; got != c.resident {
			t.Errorf("resident: %v, want %v: %s", got, c.resident, c.probe)
		}
	}
	script := "global n\n" + exit + "{ n++ }\nprobe timer.ms(9) { println(kernel_int(16)) }\nprobe error { println(n) }"
	if p := planned(t, "t.tp", script, plan.Auto); len(p.Residents) != 1 || !p.Residents[0].Swapped {
		t.Errorf("a timer that may fail: got %+v", p.Residents)
	}
}
