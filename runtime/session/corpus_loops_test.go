package session

// loopCorpus is scripts with loops in the handlers of events.
var loopCorpus = []agreeing{
	{name: "loop", text: `global a, n
on lseek { for (i = 0; i < 5; i++) { a[i] += long_arg(2); n++ } }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "while", text: `global a, n
on lseek { x = long_arg(2) & 63; while (x > 0) { a[x & 1]++; x = x >> 1 } n += x }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "break and continue", text: `global a, n
on lseek { for (i = 0; i < 20; i++) { if (i % 3 == 1) continue; if (i > long_arg(2)) break; a[i]++; n += i } n += 1000 * i }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "loops within loops", text: `global a, n
on lseek { for (i = 0; i < 4; i++) { for (j = i; j < 4; j++) { if (j == long_arg(3)) break; for (k = 0; k < 2; k++) { if (k + j == 3) continue; a[i, j, k]++ } } n += 10 * j + i } n += i * 1000000 }
probe end { println(n); foreach ([i, j, k] in a) println(i, j, k, " ", a[i, j, k]) }`},
	{name: "next out of loops", text: `global a, n
on lseek { n++; for (i = 0; i < 4; i++) { for (j = 0; j < 4; j++) { if (i * j == (long_arg(2) & 7)) next; a[i, j]++ } } n += 1000000 }
probe end { println(n); foreach ([i, j] in a) println(i, j, " ", a[i, j]) }`},
	{name: "return out of loops", text: `global a, n
function root(x) { for (i = 0; i < 100; i++) { if (i * i >= x) return i } return -1 }
function find(x, y) { for (i = 0; i < 5; i++) { for (j = 0; j < 5; j++) { if (root(i) + j == x) return 10 * i + j; if (i * j > y) return -5 } } return -1 }
on lseek { a[root(long_arg(2))] += find(long_arg(2) & 7, long_arg(3)); n += root(long_arg(2)) * root(long_arg(3)) }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "functions in loops", text: `global a, n
function f(x) { y = x; x = x * 3; if (x > 10) return y; return x }
function note(k, v) { if (v & 1) return 0; a[k] += v }
on lseek { s = 1; for (i = f(0); i < f(20); i += f(2)) { s += f(i) * f(s); note(i, s) } n ^= s }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "steps in conditions", text: `global n, m
on lseek { i = long_arg(2) & 15; while (i--) { n++; if (++k > 3 && k-- % 2 || (j = i + k) > 5) n += 10 * j } m += i * 10 + k; while (i++ < 5) m += i; if ((x = long_arg(3)) > 2) m += x }
probe end { println(n, " ", m) }`},
	{name: "a call in a key", errors: 100000, text: `global k, n
function f(x) { n++; return x & 3 }
on lseek { k[tid(), f(long_arg(2))] += 3; k[tid(), f(long_arg(3))] *= f(5) / f(long_arg(3)); k[tid(), f(3)] /= long_arg(3) }
probe end { println(n); foreach ([t, i] in k) println(i, " ", k[t, i]) }`},
	{name: "steps in keys", sent: true, text: `global a
on lseek { for (i = 0; i < 3;) a[i++]++ }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "forever until a break", text: `global n
on lseek { i = long_arg(2) & 15; while (1) { i++; n++; if (i % 7 == 0) break } n += 100 * i }
probe end { println(n) }`},
	{name: "forever until a return", text: `global n
function f(x) { for (;;) { x += 3; if (x % 5 == 0) return x } }
on lseek { n += f(long_arg(2) & 1023) }
probe end { println(n) }`},
	{name: "a loop that runs once at most", text: `global n
on lseek { while (long_arg(2) > 3) { n++; break } for (i = 0; i < 1; i++) n += 10; while (0) n += 100; for (i = 7; i < 5;) n += 1000; n += i * 10000 }
probe end { println(n) }`},
	{name: "constants that loops set", text: `global n
on lseek { x = 0; y = 3; for (i = 0; i < (long_arg(2) & 7); i++) { x = 5; if (i == 3) y = 4 } if (x == 0) n++; if (x == 5) n += 1000; if (y == 4) n += 1000000; if (i == 0) n += 1000000000 }
probe end { println(n) }`},
	{name: "the first turn is another one", text: `global n
on lseek { first = 1; second = 0; for (i = 0; i < (long_arg(2) & 3); i++) { if (second) n += 1000000; if (first) { first = 0; n++ } else { n += 1000; second = 1 } } }
probe end { println(n) }`},
	{name: "extreme counters", text: `global n, m
on lseek { for (i = 9223372036854775800; i > 0; i++) n++; for (i = long_arg(2); i < long_arg(2) + 3; i++) m ^= i; for (i = 1; i; i <<= 1) n += i }
probe end { println(n, " ", m) }`},
	{name: "division by 0 in a loop", errors: 100000, text: `global n
on lseek { for (i = 5; i > -5; i--) { n++; n += 100 / (i + long_arg(3)) } }
probe end { println(n) }`},
	{name: "full array in a loop", errors: 100000, text: `global a[5], n
on lseek { for (i = 0; i < 3; i++) { n++; a[long_arg(2) + i]++; n++ } }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "statistics in a loop", text: `global s, h
on lseek { for (i = 1; i < 10; i *= 2) { s <<< i * long_arg(2); h[i] <<< long_arg(3) } }
probe end { print(@hist_log(s)); println(@count(s), " ", @sum(s)); foreach (k in h) println(k, " ", @sum(h[k])) }`},
	{name: "what threads keep, in loops", text: `global last, n, m
on lseek { for (i = 0; i < 4; i++) { last[tid(), i] = last[tid(), i - 1] + long_arg(2); m[tid()] += i; if ([tid(), i] in last) n++; if (i == long_arg(3)) delete last[tid(), i] } }
probe end { println(n); foreach ([t, i] in last) println(i, " ", last[t, i]); foreach (t in m) println(m[t]) }`},
	{name: "names in loops", text: `global a
on lseek { who = execname(); for (i = 0; i < 2; i++) { a[who, i]++; if (execname() == "a") a["x", i]++; if (execname() =~ "b$") a["y", i]++ } }
probe end { foreach ([k, i] in a) println(k, i, " ", a[k, i]) }`},
	{name: "what one CPU may not do twice", sent: true, text: `global on, n
on getppid { on = 1 }
on lseek { for (i = 0; i < 2; i++) n += on }
probe end { println(n) }`},
	{name: "a family with loops", text: `global a
probe syscall.{getppid,getuid,lseek} { if (pid() == target()) for (i = 0; i < 3; i++) a[name, i] += i }
probe end { foreach ([k, i] in a) println(k, i, " ", a[k, i]) }`},
	{name: "loops at returns", text: `global start, s
on lseek { start[tid()] = long_arg(2) }
on lseek.return { for (i = returnval() & 7; i > 0; i--) s[i] += start[tid()]; delete start[tid()] }
probe end { foreach (k in s) println(k, " ", s[k]) }`},
	{name: "what a timer reads, in loops", text: `global a, n
on lseek { for (i = 0; i < 3; i++) { a[i]++; n += i } }
probe timer.ms(10) { if (a[0] != a[2] || n != 3 * a[0]) println("torn") }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "too many actions", errors: 100000, text: `global n, a
on lseek { n++; for (i = 0; 1; i++) { a[i / 100]++; n++ } n += 1000000 }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "too many actions end it", text: `global n
on lseek { if (long_arg(2) < 3) next; for (i = 0; i < 1000; i++) n++ }
probe error { println(n) }`},
	{name: "too many actions by a while", errors: 100000, text: `global n
on lseek { i = long_arg(2) & 7; while (i < 490 + 2 * (long_arg(2) & 7)) { i++; n++ } n += 1000000 }
probe end { println(n) }`},
	{name: "too many actions behind a loop", errors: 100000, text: `global n, m
on lseek { x = long_arg(2) + 1; y = x; if (x == 5) next; for (i = 0; i < 331 + (long_arg(3) & 1); i++) n++; m++; m += 10; if (y > 3) { m += 100; m += 1000 } m += 10000 }
probe end { println(n, " ", m) }`},
	{name: "too many actions in a function", errors: 100000, text: `global n, m
function f(x) { y = 0; for (i = 0; i < x; i++) { y += i; if (y > 100000) m++; n++ } return y }
function g(x) { return f(x) + 1 }
on lseek { for (j = 0; j < 30; j++) { m += g(j + long_arg(3)); m++ } }
probe end { println(n, " ", m) }`},
	{name: "too many actions in nested loops", errors: 100000, text: `global n, m
on lseek { for (i = 0; i < 5 + (long_arg(2) & 31); i++) { m++; for (j = 0; j < 10; j++) { if (j > i) continue; n++ } m += 1000 } }
probe end { println(n, " ", m) }`},
	{name: "fewer actions", actions: 57, errors: 100000, text: `global n, m
on lseek { if (execname() == "b") next; for (i = 0; i < long_arg(2); i++) { n++; if (i & 1) m++ } }
probe end { println(n, " ", m) }`},
	{name: "more actions", actions: 5000, errors: 100000, text: `global n
on lseek { for (i = 0; i < 1600 + (long_arg(2) & 127); i++) { n++ } }
probe end { println(n) }`},
	{name: "a text of a handler that counts", actions: 20, errors: 100000, text: `global a, n
on lseek { who = execname(); other = pexecname(); for (i = 0; i < (long_arg(2) & 7); i++) { a[who]++; n++ } a[other]++ }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "counts, then goes over an array", sent: true, text: `global n, m, set
probe begin { set[3] = 4; set[7] = 1 }
on lseek { n++; if (long_arg(2) < 5) next; x = long_arg(3); foreach (k in set) m += k * x }
probe end { println(n, " ", m) }`},
	{name: "counts within conditions, then loops", sent: true, text: `global n, m, s
on lseek { if (long_arg(3) > -4) { if (execname() != "b") { n[execname()]++; s <<< long_arg(2); for (i = 0; i < 3; i++) { m += i; print(m, " ") } } } }
probe end { foreach (k in n) println(k, " ", n[k]); println(m, " ", @sum(s)) }`},
	{name: "counts, then takes too many actions", sent: true, errors: 100000, text: `global n, m, o
on lseek { n++; who = execname(); o[who]++; if (who == "b") next; n += 10; for (i = 0; i < 328 + (long_arg(2) & 3); i++) m++; println(who, " ", m); m += 1000000 }
probe end { println(n, " ", m); foreach (k in o) println(k, " ", o[k]) }`},
	{name: "counts, then may take too many actions", sent: true, errors: 100000, text: `global n, m
on lseek { n++; n += 2; n += long_arg(2); for (i = 0; i < 242 + (long_arg(3) & 15); i++) { if (i == 3) print("x"); m++ } m += 1000000 }
probe end { println(n, " ", m) }`},
	{name: "keeps, then loops", sent: true, errors: 100000, text: `global last, n, m
on lseek { if (tid() in last) n++; last[tid()] = long_arg(2); delete last[tid() + 1]; while (m++ % 7) print("."); }
on getppid { delete last[tid()] }
probe end { println(n, " ", m) }`},
}
