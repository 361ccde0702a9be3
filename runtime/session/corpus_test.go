package session

// agreeing is a script that does the same in both placements.
type agreeing struct {
	name    string
	text    string
	sent    bool // events go to the VM
	errors  int  // that the session bears
	entries int  // MAXMAPENTRIES
	actions int  // MAXACTION
}

// corpus is scripts that count, sum and remember.
var corpus = []agreeing{
	{name: "count", text: `global n
on lseek { n++ }
probe end { println(n) }`},
	{name: "count down", text: `global n = 5
on lseek { n-- }
on getppid { --n }
probe end { println(n) }`},
	{name: "sum and difference", text: `global n, m
on lseek { n += long_arg(2); m -= long_arg(3) }
probe end { println(n, " ", m) }`},
	{name: "bits", text: `global a, b = 255, c = 3
on lseek { a |= long_arg(2); b &= long_arg(3) | 1; c ^= long_arg(2) }
probe end { println(a, " ", b, " ", c) }`},
	{name: "bits of elements", text: `global a, b, c
on lseek { a[long_arg(3) & 3] |= long_arg(2); b[long_arg(3) & 3] &= long_arg(2); c[long_arg(3) & 3] ^= long_arg(2) }
probe end { foreach (k in a) println(k, " ", a[k], " ", b[k], " ", c[k]) }`},
	{name: "mixed bits", sent: true, text: `global a
on lseek { a |= 1; a ^= long_arg(2) }
probe end { println(a) }`},
	{name: "begin sets the value", text: `global n, a
probe begin { n = 100; a["b"] = 7; a["zz"] = 8 }
on lseek { n++; a[execname()]++ }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "by name", text: `global c
on lseek { c[execname()]++ }
probe end { foreach (k in c) println(k, " ", c[k]) }`},
	{name: "by name, sorted", text: `global c
on lseek { c[execname()]++ }
probe end { foreach (k in c-) println(k, " ", c[k]); foreach (k+ in c) println(k); foreach (k in c) println(k) }`},
	{name: "by two names and a number", text: `global c
on lseek { c[execname(), long_arg(3), pexecname() == execname()] += long_arg(2) }
probe end { foreach ([a, b, d] in c) println(a, " ", b, " ", d, " ", c[a, b, d]) }`},
	{name: "by literal", text: `global c
on lseek { c["lseek"]++ }
on getppid { c["getppid, which has a long name"]++ }
on getuid { c[execname()]++ }
probe end { foreach (k in c) println(k, " ", c[k]) }`},
	{name: "by numbers", text: `global c
on lseek { c[long_arg(2)]++; c[long_arg(3)] += 2 }
probe end { foreach (k in c) println(k, " ", c[k]) }`},
	{name: "sum by extreme keys", text: `global c
on lseek { c[long_arg(2), long_arg(3)] += long_arg(2) * long_arg(3) }
probe end { foreach ([a, b] in c+ limit 30) println(a, " ", b, " ", c[a, b]) }`},
	{name: "statistic", text: `global s
on lseek { s <<< long_arg(2) }
probe end { println(@count(s), " ", @sum(s), " ", @min(s), " ", @max(s), " ", @avg(s)) }`},
	{name: "statistic of nothing", text: `global s
on lseek { if (long_arg(2) == 123456) s <<< long_arg(2) }
probe end { println(@count(s)); println(@avg(s)) }`},
	{name: "statistics", text: `global s
on lseek { s[execname(), long_arg(3) & 3] <<< long_arg(2) }
probe end { foreach ([a, b] in s) println(a, b, " ", @count(s[a, b]), " ", @sum(s[a, b]), " ", @min(s[a, b]), " ", @max(s[a, b]), " ", @avg(s[a, b])) }`},
	{name: "statistics by rank", text: `global s
on lseek { s[long_arg(2)] <<< long_arg(3) }
probe end { foreach (k in s @sum- limit 5) println(k, " ", @sum(s[k])); foreach (k in s @max+ limit 3) println(k); foreach (k in s) println(k) }`},
	{name: "variance", sent: true, text: `global s
on lseek { s <<< long_arg(3) }
probe end { println(@variance(s)) }`},
	{name: "histogram", text: `global s
on lseek { s <<< long_arg(2) }
probe end { print(@hist_log(s)); println(@hist_log(s)[64]) }`},
	{name: "histograms", text: `global s
on lseek { s[execname()] <<< long_arg(2) }
probe end { foreach (k in s) { println(k); print(@hist_log(s[k])) } }`},
	{name: "linear histogram", text: `global s
on lseek { s <<< long_arg(2) }
probe end { print(@hist_linear(s, 0, 20, 2)) }`},
	{name: "linear histogram below 0", text: `global s
on lseek { s[1] <<< long_arg(3) }
probe end { print(@hist_linear(s[1], -3, 3, 1)) }`},
	{name: "linear histogram of extremes", text: `global s
on lseek { s <<< long_arg(2) }
probe end { print(@hist_linear(s, -100, 100, 10)); println(@hist_linear(s, -100, 100, 10)[0]) }`},
	{name: "wide linear histogram", text: `global s
on lseek { s <<< long_arg(2) }
probe end { print(@hist_linear(s, -9000000000000000000, 9000000000000000000, 1000000000000000000)) }`},
	{name: "histogram's buckets", text: `global s
on lseek { s <<< long_arg(2) }
probe end { foreach (b in @hist_log(s)) if (@hist_log(s)[b]) println(b, " ", @hist_log(s)[b]) }`},
	{name: "automatic display", text: `global n, c, s
on lseek { n++; c[execname()]++; s[long_arg(3) & 1] <<< long_arg(2) }`},
	{name: "conditions", text: `global a, b, c
on lseek { if (long_arg(2) > 5) a++; else if (long_arg(2) < 0) b++; else c[long_arg(2)]++ }
probe end { println(a, " ", b); foreach (k in c) println(k, " ", c[k]) }`},
	{name: "logic", text: `global a
on lseek { if (long_arg(2) > 5 && execname() == "a" || !(long_arg(3) & 1)) a[execname() != "b"]++ }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "choice", text: `global a
on lseek { a[long_arg(2) > 3 ? long_arg(3) : -1] += long_arg(3) == 2 ? 10 : 1 }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "next", text: `global a, b
on lseek { a++; if (long_arg(2) % 3 == 0) next; b++; if (long_arg(2) % 5) { b += 100; next } else b += 1000 }
probe end { println(a, " ", b) }`},
	{name: "next at the end of both", text: `global a
on lseek { if (long_arg(2) % 3 == 0) { a++; next } else { a += 2; next } }
probe end { println(a) }`},
	{name: "variables", text: `global a
on lseek { x = long_arg(2); y = x * 2; if (x > 4) { y += 3; z = y } x++; a[z] += x + y }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "a variable of a name", text: `global a
on lseek { who = execname(); a[who]++ }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "functions", text: `global a
function twice(x) { return 2 * x }
function sign(x) { if (x < 0) return -1; if (x > 0) return 1; return 0 }
function note(k, v) { if (v > 100) return 0; a[k] += v }
on lseek { note(sign(long_arg(3)), twice(twice(long_arg(2) & 63))); note(5, sign(twice(long_arg(3)))) }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "functions with variables", text: `global a
function f(x) { y = x; x += 3; if (y > 4) { z = x } else { z = g(x) } return z + y }
function g(x) { x = x * 7; return x - 1 }
on lseek { a[f(long_arg(2)) & 7] += f(f(long_arg(3))) }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "recursion", sent: true, text: `global a
function f(x) { if (x <= 0) return 1; a++; return f(x - 1) + 1 }
on lseek { f(long_arg(3) & 3) }
probe end { println(a) }`},
	{name: "arithmetic", text: `global a, b
on lseek { x = long_arg(2); y = long_arg(3); a[1] ^= x * y; a[2] ^= x << (y & 63); a[3] ^= x >> 3; a[4] ^= x >>> 7; a[5] ^= -x; a[6] ^= ~y; b[7] += x / 7; b[8] += x % -10; b[9] += x / -1 }
probe end { foreach (k in a) println(k, " ", a[k]); foreach (k in b) println(k, " ", b[k]) }`},
	{name: "shifts by any number", text: `global a
on lseek { x = long_arg(2); y = long_arg(3); a[1] ^= x << y; a[2] ^= x >> y; a[3] ^= x >>> y }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "division by what may be 0", errors: 100000, text: `global a, n
on lseek { n++; a[1] ^= long_arg(2) / long_arg(3); a[2] ^= long_arg(2) % long_arg(3); n += 1000 }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "division by 0 ends it", text: `global a, n
on lseek { n++; a[0] += 100 / long_arg(3) }
probe end { println("end") }
probe error { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "division by 0 in a function", errors: 3, text: `global a, n
function part(x, y) { return x / y }
function of(x, y) { return part(x, y) + 1 }
on lseek { n++; a[0] += of(100, long_arg(3)) }
probe error { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "full array", text: `global a[5], n
on lseek { n++; a[long_arg(2)]++; n++ }
probe end { println("end") }
probe error { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "full array, borne", errors: 100000, text: `global a[5], n
on lseek { n++; a[long_arg(2)]++; n += 100000 }
probe end { println(n); foreach (k in a) println(k, " ", a[k]) }`},
	{name: "full array of statistics", errors: 100, text: `global a[3], n
on lseek { n++; a[execname(), long_arg(2)] <<< long_arg(3) }
probe error { println(n); foreach ([k, l] in a) println(k, l, " ", @sum(a[k, l])) }`},
	{name: "full by MAXMAPENTRIES", entries: 4, text: `global a
on lseek { a[long_arg(2)]++ }
probe error { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "full from begin", errors: 10, text: `global a[4]
probe begin { a[-5] = 1; a[0] = 2; a[-6] = 3 }
on lseek { a[long_arg(2)]++ }
probe error { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "wrapping array", sent: true, text: `global a%[5]
on lseek { a[long_arg(2)]++ }
probe end { foreach (k in a) println(k, " ", a[k]) }`},
	{name: "entry to return", text: `global start, s, n
on lseek { start[tid()] = long_arg(2) }
on lseek.return { if (tid() in start) { n++; s <<< returnval() - start[tid()]; delete start[tid()] } }
probe end { println(n, " ", @count(s), " ", @sum(s)); foreach (t in start) println("left") }`},
	{name: "entry to return by call", text: `global start, s
on lseek { t = tid(); start[t, 1] = long_arg(2) }
on lseek.return { t = tid(); if ([t, 1] in start) { d = returnval() - start[t, 1]; delete start[t, 1]; if (d > 0) s[execname()] <<< d } }
probe end { foreach (k in s) { println(k); print(@hist_log(s[k])) } }`},
	{name: "what threads keep", text: `global last, same, n
on lseek { if (last[tid()] == long_arg(2)) same++; last[tid()] = long_arg(2); n[tid()] *= 3; n[tid()] += 7; n[tid()] <<= 1 }
probe end { println(same); foreach (t in last) println(last[t]); foreach (t in n) println(n[t]) }`},
	{name: "what threads keep, by number", text: `global seen, again
on lseek { if ([tid(), long_arg(2)] in seen) again[long_arg(2)]++; else seen[tid(), long_arg(2)] = long_arg(3) }
probe end { foreach (k in again) println(k, " ", again[k]); foreach ([t, k] in seen) println(k, " ", seen[t, k]) }`},
	{name: "full array of threads", errors: 50, text: `global seen[6], n
on lseek { n++; seen[tid(), long_arg(2)] = long_arg(3); n++ }
probe end { println(n); foreach ([t, k] in seen) println(k, " ", seen[t, k]) }
probe error { println(n); foreach ([t, k] in seen) println(k, " ", seen[t, k]) }`},
	{name: "deleted and made again", text: `global a
on lseek { a[tid(), long_arg(2) & 7] = long_arg(3) }
on getppid { delete a[tid(), 3]; delete a[tid(), 4] }
probe end { foreach ([t, k] in a) println(k, " ", a[t, k]) }`},
	{name: "a switch", text: `global on, n
on getppid { on = 1 }
on getuid { on = 0 }
on lseek { if (on) n++ }
probe end { println(on, " ", n) }`},
	{name: "last value", text: `global last
on lseek { last = long_arg(2) }
probe end { println(last) }`},
	{name: "a switch that counts", sent: true, text: `global on, n
on getppid { on++ }
on lseek { if (on > 3) n++ }
probe end { println(on, " ", n) }`},
	{name: "read and written", sent: true, text: `global a, b
on lseek { if (a < 100) a += 3; b = a }
probe end { println(a, " ", b) }`},
	{name: "kept by process", sent: true, text: `global a, n
on lseek { a[pid()] = long_arg(2) }
on getppid { if (pid() in a) { n += a[pid()]; delete a[pid()] } }
probe end { println(n) }`},
	{name: "printed meanwhile", sent: true, text: `global n
on lseek { n++ }
on getppid { println(n) }`},
	{name: "exit decides", sent: true, text: `global n, m
on lseek { n++ }
on getppid { if (m++ == 20) exit() }
probe end { println(n) }`},
	{name: "a text", sent: true, text: `global c
on lseek { c[sprint(long_arg(3))]++ }
probe end { foreach (k in c) println(k, " ", c[k]) }`},
	{name: "caught", sent: true, errors: 10, text: `global c
on lseek { try { c += 10 / long_arg(3) } catch { c -= 1 } }
probe end { println(c) }`},
	{name: "a printing probe beside", sent: true, text: `global n, c
on lseek { n[execname()]++ }
on getuid { if (uid() >= 0) printf("%s\n", execname()) }
probe end { foreach (k in n) println(k, " ", n[k]) }`},
	{name: "two probes at a call", text: `global a, b
on lseek { a++ }
on lseek { b[long_arg(3)]++ }
probe end { println(a); foreach (k in b) println(k, " ", b[k]) }`},
	{name: "two probes at a call, one full", errors: 1000000, text: `global a[2], b
on lseek { a[long_arg(2)]++ }
on lseek { b[long_arg(3)]++ }
probe end { foreach (k in a) println(k, " ", a[k]); foreach (k in b) println(k, " ", b[k]) }`},
	{name: "many variables", text: `global s
on lseek { a = long_arg(2); b = a + 1; c = b * a; d = c - b; e = d ^ a; f = e & c; g = f | b; h = g + d; s[a & 1, h & 1] += a + b + c + d + e + f + g + h }
probe end { foreach ([i, j] in s) println(i, j, " ", s[i, j]) }`},
	{name: "both ends of a call", text: `global n, r
on lseek { n[long_arg(3)]++ }
on lseek.return { r[returnval()]++ }
probe end { foreach (k in n) println(k, " ", n[k]); foreach (k+ in r limit 10) println(k, " ", r[k]) }`},
	{name: "armed by a global", text: `global armed = 1, off, n, m
probe kernel.syscall("lseek") if (armed) { if (pid() == target()) n++ }
probe kernel.syscall("lseek") if (off) { if (pid() == target()) m++ }
probe end { println(n, " ", m) }`},
	{name: "parameters", text: `global who, watch, n
probe begin { who = "a"; watch[3] = 1; watch[5] = 2 }
on lseek { if (long_arg(2) in watch) n[execname() == who] += watch[long_arg(2)] }
probe end { foreach (k in n) println(k, " ", n[k]) }`},
	{name: "what threads keep, spilled", text: `global start, n, s
probe begin { for (i = 0; i < 60; i++) start[65536 + target() + i] = i }
on lseek { start[tid()] = long_arg(2); if (long_arg(2) == 3) start[tid()] += 5 }
on lseek.return { if (tid() in start) { n++; s <<< start[tid()]; delete start[tid()] } }
on getppid { start[tid()] |= 7 }
probe end { println(n, " ", @sum(s)); foreach (t in start) println(start[t]) }`},
	{name: "what threads keep, spilled and full", errors: 5, text: `global start[60], n
probe begin { for (i = 0; i < 60; i++) start[65536 + target() + i] = i }
on lseek { n++; start[tid()] = long_arg(2); n++ }
probe error { println(n); foreach (t in start) println(start[t]) }`},
	{name: "what threads keep, full", errors: 5, text: `global start[2], n
probe begin { start[-1] = 5; start[0] = 3 }
on lseek { n++; start[tid()] = long_arg(2); n++ }
probe error { println(n); foreach (t in start) println(start[t]) }`},
	{name: "kept in order", text: `global last
on lseek { last[tid()] = long_arg(2) }
probe end { foreach (t in last) println(last[t]) }`},
	{name: "names that match", text: `global n
on lseek { if (execname() =~ "^[ab]$") n[1]++; if (execname() !~ "main") n[2]++; if (execname() =~ "^0123456789abcd.$" || execname() =~ "work|b$") n[3]++; if (pexecname() =~ "^sess.*test$") n[4]++; if (execname() =~ "") n[5]++; if (execname() =~ "f") n[6]++ }
probe end { foreach (k in n) println(k, " ", n[k]) }`},
	{name: "match that is asked for", sent: true, text: `global n
on lseek { if (execname() =~ "^.*$") n++; println(matched(0), " ", long_arg(2)) }
probe end { println(n) }`},
	{name: "long names of arrays that a timer reads", text: `global a_name_that_is_long, a_name_that_is_longer
on lseek { a_name_that_is_long[long_arg(2)]++; a_name_that_is_longer[long_arg(3)] += 2 }
probe timer.ms(10) { foreach (k in a_name_that_is_long) if (0) println(k); foreach (k in a_name_that_is_longer) if (0) println(k) }
probe end { foreach (k+ in a_name_that_is_long) println(k, " ", a_name_that_is_long[k]); foreach (k+ in a_name_that_is_longer) println(k, " ", a_name_that_is_longer[k]) }`},
	{name: "names that match in a filter", sent: true, text: `on lseek { if (execname() =~ "^(a|b)" && long_arg(2) > 3) println(execname()) }`},
	{name: "a name that matches too much", sent: true, text: `global n
on lseek { if (execname() =~ "1.{12}b") n++ }
probe end { println(n) }`},
	{name: "counts, then prints", sent: true, text: `global n, s
on lseek { n[execname()]++; s <<< long_arg(2); if (long_arg(2) == 7 && execname() =~ "a$") printf("%d %s\n", long_arg(3), execname()) }
probe end { foreach (k in n) println(k, " ", n[k]); println(@sum(s)) }`},
	{name: "counts, then prints always", sent: true, text: `global n
on lseek { n++; x = long_arg(2) + 1; n += x; println(x) }
probe end { println(n) }`},
	{name: "counts, then errors", sent: true, errors: 100000, text: `global n[3], m
on lseek { n[long_arg(2)]++; if (long_arg(3) > 0) m = long_arg(2) / (long_arg(3) - 2) }
on getppid { println(m) }
probe end { foreach (k in n) println(k, " ", n[k]); println(m) }`},
	{name: "counts, leaves, then prints", sent: true, text: `global n
on lseek { n++; if (long_arg(2) < 5) { n += 10; next }; if (long_arg(3) < 0) next; println(long_arg(2)) }
probe end { println(n) }`},
	{name: "counts what it prints", sent: true, text: `global n, m
on lseek { n++; m++; println(m) }
probe end { println(n) }`},
	{name: "counts between prints", sent: true, text: `global n, m
on lseek { n++; if (long_arg(2) == 3) println("three"); m++ }
on getuid { m++ }
probe end { println(n, " ", m) }`},
	{name: "remembers, then prints", sent: true, text: `global last, n
on lseek { if (tid() in last) n++; last[tid()] = long_arg(2); if (long_arg(2) == 9) println(execname()) }
on getppid { delete last[tid()] }
probe end { println(n) }`},
	{name: "a variable between the parts", sent: true, text: `global n
on lseek { x = long_arg(2); x *= 2; n += x; println(x) }
probe end { println(n) }`},
	{name: "a family of calls", text: `global calls, lat, began
probe syscall.{get*,set*,l*} { if (pid() == target() && name != "lstat") { calls[execname(), name]++; began[tid(), name] = 5 } }
probe syscall.{get*,set*,l*}.return { if (pid() == target() && [tid(), name] in began) { lat[name] <<< began[tid(), name]; delete began[tid(), name] } }
probe end { foreach ([p, n] in calls) if (n == "lseek" || n == "getppid" || n == "getuid") println(p, " ", n, " ", calls[p, n]); println(@count(lat["lseek"])) }`},
	{name: "a family of calls, full", errors: 20, text: `global calls[2]
probe syscall.{get*,set*,l*} { if (pid() == target() && (name == "lseek" || name == "getppid" || name == "getuid")) calls[execname(), name]++ }
probe error { println(calls["a", "lseek"] > 0) }`},
	{name: "nothing at all", text: `on lseek { }
probe end { println("end") }`},
}
