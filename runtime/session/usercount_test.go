package session

import (
	"fmt"
	"strings"
	"testing"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

// threaded is a program whose threads all make the same calls: ROUNDS times value(i, j, name)
// for each i of the list, with a name of its own, within outer(j). It gives way often, so
// that threads meet.
const threaded = `
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#define NOINLINE __attribute__((noipa))

static const long list[] = {0, 1, -1, 7, 63, 100, -100, 1 << 20, 9223372036854775807L, -9223372036854775807L - 1};
static const char *names[] = {"zero", "one", "", "a name that is longer than a word", "\"quoted\"", "x\n", "seven", "e", "\xc3\xa9", "last"};

NOINLINE long value(long i, long j, const char *name) { return i ^ j; }
NOINLINE long outer(long j) {
	long sum = 0;
	for (int k = 0; k < 10; k++) sum ^= value(list[k], j, names[k]);
	return sum;
}

static void *work(void *unused) {
	for (long j = 0; j < ROUNDS; j++) {
		outer(j % 5);
		if (j % 16 == 0) sched_yield();
	}
	return 0;
}

int main(void) {
	pthread_t t[THREADS];
	for (int i = 0; i < THREADS; i++) pthread_create(&t[i], 0, work, 0);
	for (int i = 0; i < THREADS; i++) pthread_join(t[i], 0);
	return 0;
}
`

// userCorpus is scripts about threaded: what they print is known, and sent says whether
// the VM has to see each event. %d in want is the number of calls of outer.
var userCorpus = []struct {
	name, text, want string
	sent             bool
}{
	{name: "a count and a sum", text: `global n, m
probe process("PROGRAM").function("value") { n++; m += long_arg(2) - 2 }
probe end { println(n / 10, " ", m) }`, want: "%[1]d 0\n"},
	{name: "bits", text: `global n, m, o = 255
probe process("PROGRAM").function("value") { n |= long_arg(1); m ^= long_arg(2); o &= 254 }
probe end { println(n, " ", m, " ", o) }`, want: "-1 0 254\n"},
	{name: "by key", text: `global c
probe process("PROGRAM").function("value") { c[long_arg(1)]++ }
probe end { foreach (k+ in c limit 3) println(k, " ", c[k]) }`,
		want: "-9223372036854775808 %[1]d\n-100 %[1]d\n-1 %[1]d\n"},
	{name: "a statistic", text: `global s
probe process("PROGRAM").function("value") { s <<< long_arg(1) & 127 }
probe end { println(@count(s) / 10, " ", @min(s), " ", @max(s), " ", @sum(s)) }`, want: "%[1]d 0 127 %[2]d\n"},
	{name: "a statistic of extremes", text: `global s
probe process("PROGRAM").function("value") { s[long_arg(2)] <<< long_arg(1) }
probe end { foreach (k+ in s) println(k, " ", @count(s[k]) * 5 / 10, " ", @min(s[k]), " ", @max(s[k])) }`,
		want: "0 %[1]d -9223372036854775808 9223372036854775807\n1 %[1]d -9223372036854775808 9223372036854775807\n2 %[1]d -9223372036854775808 9223372036854775807\n3 %[1]d -9223372036854775808 9223372036854775807\n4 %[1]d -9223372036854775808 9223372036854775807\n"},
	{name: "a statistic of what is negative", text: `global s
probe process("PROGRAM").function("value") { if (long_arg(1) < -1 && long_arg(1) > -1000) s <<< long_arg(1) }
probe end { println(@count(s), " ", @min(s), " ", @max(s)) }`, want: "%[1]d -100 -100\n"},
	{name: "histograms", text: `global s, l
probe process("PROGRAM").function("value") { s <<< long_arg(1); l <<< long_arg(2) }
probe end { println(@hist_log(s)[64], " ", @hist_log(s)[65], " ", @hist_log(s)[0], " ", @hist_linear(l, 0, 10, 1)[1] / 2) }`,
		want: "%[1]d %[1]d %[1]d %[1]d\n"},
	{name: "by name", text: `global c
probe process("PROGRAM").function("value") { c[user_string(pointer_arg(3)), execname()]++ }
probe end { foreach ([k, e] in c) println(k, " ", c[k, e]) }`,
		want: "zero %[1]d\none %[1]d\n %[1]d\na name that is longer than a word %[1]d\n\"quoted\" %[1]d\nx\n %[1]d\nseven %[1]d\ne %[1]d\né %[1]d\nlast %[1]d\n"},
	{name: "names that match", text: `global n
probe process("PROGRAM").function("value") { if (user_string(pointer_arg(3), "") =~ "^(zero|.*word)$") n++ }
probe end { println(n / 2) }`, want: "%[1]d\n"},
	{name: "looked at by a timer", text: `global n, s, c, seen, most
probe process("PROGRAM").function("value") { n++; s[long_arg(2)] <<< long_arg(1); c[user_string(pointer_arg(3))]++ }
probe timer.ms(1) {
  sum = 0; foreach (k in s) sum += @count(s[k])
  other = 0; foreach (f in c) other += c[f]
  if (sum != n || other != n) printf("%%d %%d %%d\n", n, sum, other)
  if (n < most) println("less")
  most = n; seen++
}
probe end { println(n / 10, " ", @count(s[1]) / 2, " ", @max(s[4]), " ", c["seven"], " ", seen > 0) }`, want: "%[1]d %[1]d 9223372036854775807 %[1]d 1\n"},
	{name: "kept for the return", text: `global of, n, s
probe process("PROGRAM").function("outer") { of[tid()] = long_arg(1) + 1 }
probe process("PROGRAM").function("outer").return { if (tid() in of) { n++; s <<< of[tid()]; delete of[tid()] } }
probe end { println(n, " ", @count(s), " ", @min(s), " ", @max(s), " ", @sum(s) / 3); foreach (t in of) println("left") }`, want: "%[1]d %[1]d 1 5 %[1]d\n"},
	{name: "a name kept for the return", text: `global name, c
probe process("PROGRAM").function("value") { name[tid()] = user_string(pointer_arg(3), "?") }
probe process("PROGRAM").function("value").return { c[name[tid()]]++; delete name[tid()] }
probe end { foreach (k in c) println(k, " ", c[k]); foreach (t in name) println("left") }`,
		want: "zero %[1]d\none %[1]d\n %[1]d\na name that is longer than a word %[1]d\n\"quoted\" %[1]d\nx\n %[1]d\nseven %[1]d\ne %[1]d\né %[1]d\nlast %[1]d\n"},
	{name: "functions of a pattern", text: `global c, s
probe process("PROGRAM").function("*@threaded.c").call { c[ppfunc()]++; s[ppfunc()] <<< 3 }
probe end { println(c["value"] / 10, " ", c["outer"], " ", @sum(s["outer"]) / 3) }`, want: "%[1]d %[1]d %[1]d\n"},
	{name: "kept by all", sent: true, text: `global last
probe process("PROGRAM").function("outer") { last[pid()] = 3; if (pid() in last) last[pid()] = 7 }
probe end { foreach (p in last) println(last[p]) }`, want: "7\n"},
}

// TestUserCounts counts the calls of a program's threads, which are put aside for each
// other, in both placements.
func TestUserCounts(t *testing.T) {
	const threads, rounds = 6, 400
	program := sources{"threaded.c": threaded}.make(t, "threaded", fmt.Sprintf("gcc -O1 -g -pthread -DTHREADS=%d -DROUNDS=%d -o threaded threaded.c", threads, rounds))
	const calls = threads * rounds
	masked := 0
	for _, v := range []int{0, 1, 127, 7, 63, 100, 28, 0, 127, 0} {
		masked += v
	}
	for _, row := range userCorpus {
		t.Run(row.name, func(t *testing.T) {
			want := fmt.Sprintf(row.want+"%[1]d%[2]d", calls, masked*calls)
			want = strings.TrimSuffix(want, fmt.Sprintf("%d%d", calls, masked*calls))
			text := strings.ReplaceAll(strings.ReplaceAll(row.text, "%%", "%"), "PROGRAM", program)
			for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
				o := run(t, text, mode, Options{Command: program, Ring: 32 << 20})
				if o.out != want || o.err != "" {
					t.Errorf("%v: got\n%s%swant\n%s", mode, o.out, o.err, want)
				}
				if sent := o.sum(layout.Sent) > 0; mode == plan.Auto && sent != row.sent {
					t.Errorf("%d events were sent", o.sum(layout.Sent))
				}
				for i, c := range o.Counts {
					if !c.Settled() {
						t.Errorf("probe %d: counters %v do not add up", i, c)
					}
				}
			}
		})
	}
}
