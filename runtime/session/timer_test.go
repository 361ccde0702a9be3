package session

import (
	"fmt"
	"strings"
	"testing"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

// TestTimersLoseNothing has timers that take, show and clear what a flood of calls
// adds to, and others that only look. Each call is in exactly one of the sums.
func TestTimersLoseNothing(t *testing.T) {
	needRoot(t)
	const calls = 2_000_000
	const text = `
global n, c, s, total_n, total_c, total_s, looks, torn, elements
on getppid { n++; c[execname(), tid() & 1]++; s[cpu()] <<< 3; elements[tid() & 1]++ }
probe timer.ms(20) {
  looks++
  a = n; b = 0; d = 0
  foreach ([k, l] in c) b += c[k, l]
  foreach (i in s) { d += @count(s[i]); if (@sum(s[i]) != 3 * @count(s[i])) torn++ }
  if (a != b || a != d) torn++
  total_n += a; total_c += b; total_s += d
  n = 0; delete c; delete s
}
probe timer.ms(33) { e = 0; foreach (i in elements) e += elements[i]; if (e != total_n + n) torn++ }
probe end {
  foreach ([k, l] in c) total_c += c[k, l]
  foreach (i in s) total_s += @count(s[i])
  e = 0
  foreach (i in elements) e += elements[i]
  printf("%d %d %d %d %d %d\n", total_n + n, total_c, total_s, e, torn, looks > 3)
}`
	o := run(t, script(text), plan.Auto, Options{Command: self(t, "__calls", calls)})
	if want := fmt.Sprintf("%d %d %d %d 0 1\n", calls, calls, calls, calls); o.out != want || o.sum(layout.Sent) > 0 {
		t.Errorf("got %q, want %q; %d events were sent\n%s", o.out, want, o.sum(layout.Sent), o.err)
	}
}

// TestTimerEndsAtOnce has a timer that ends the session while events go on: what the
// end probe sees is what the timer saw.
func TestTimerEndsAtOnce(t *testing.T) {
	needRoot(t)
	noise(t)
	const text = `
global n, c, unseen, seen
probe kernel.syscall("getppid") { n++; c[execname()]++; unseen++ }
probe timer.ms(50) { foreach (k in c) seen += c[k]; if (seen) exit() }
probe end { foreach (k in c) after += c[k]; printf("%d %d %d\n", seen == after, seen == n, seen == unseen) }`
	o := run(t, text, plan.Auto, Options{})
	if want := "1 1 1\n"; o.out != want || o.sum(layout.Sent) > 0 {
		t.Errorf("got %q, want %q\n%s", o.out, want, o.err)
	}
}

// TestArrayFillsOverTimers has an array that a timer looks at and does not clear,
// so that the kernel has to know what the VM has of it.
func TestArrayFillsOverTimers(t *testing.T) {
	needRoot(t)
	const text = `
global a[3], looks
on lseek { a[long_arg(3)]++ }
probe timer.ms(5) { looks++; foreach (k in a) b += a[k] }
probe end { println("end") }
probe error { foreach (k+ in a) println(k); println(looks > 2) }`
	o := run(t, script(text), plan.Auto, Options{Command: self(t, "__slow", 4)})
	if want := "0\n1\n2\n1\n"; o.out != want || !strings.Contains(o.err, "Array overflow, check size limit (3) near identifier 'a'") {
		t.Errorf("got %q and %q, want %q and an error", o.out, o.err, want)
	}
}

// TestThreadsKeepApart runs what belongs to threads, and what all add to, on
// several of them at a time.
func TestThreadsKeepApart(t *testing.T) {
	needRoot(t)
	const threads, pairs = 8, 20_000
	const text = `
global start, n, s, by, wrong
on lseek { start[tid()] = long_arg(3); by[long_arg(2)]++ }
on getppid {
  if (tid() in start) {
    n++
    s[start[tid()] & 7] <<< start[tid()]
    if (start[tid()] < 0) wrong++
    delete start[tid()]
  }
}
probe end {
  printf("%d %d\n", n, wrong)
  foreach (k+ in by) printf("%d %d\n", k, by[k])
  foreach (k+ in s) printf("%d %d %d %d %d\n", k, @count(s[k]), @sum(s[k]), @min(s[k]), @max(s[k]))
  foreach (t in start) println("left")
}`
	o := compare(t, script(text), Options{Command: self(t, "__threads", threads, pairs)})
	if sent := o.sum(layout.Sent); sent > 0 || !strings.HasPrefix(o.out, fmt.Sprintf("%d 0\n", threads*pairs)) {
		t.Errorf("%d events were sent; got\n%s", sent, o.out)
	}
}

// TestManyElements reads an array of 100,000 elements.
func TestManyElements(t *testing.T) {
	needRoot(t)
	const text = `
global a[100000]
on lseek { a[long_arg(3)] += long_arg(3) }
probe end { n = 0; foreach (k in a- limit 10) { println(k, " ", a[k]); n++ } }`
	o := run(t, script(text), plan.Auto, Options{Command: self(t, "__threads", 1, 100_000)})
	var want strings.Builder
	for i := range 10 {
		fmt.Fprintf(&want, "%d %d\n", 99_999-i, 99_999-i)
	}
	if o.out != want.String() {
		t.Errorf("got\n%s\nwant\n%s%s", o.out, want.String(), o.err)
	}
}

// TestOtherMomentsCount counts ticks of clocks and switches of tasks, which come in
// the midst of system calls.
func TestOtherMomentsCount(t *testing.T) {
	needRoot(t)
	noise(t)
	const text = `
global ticks, names, switches, calls, by
probe timer.profile { ticks++; names[execname()]++ }
probe kernel.trace("sched_switch") { switches[cpu()]++ }
probe kernel.syscall("getppid") { calls++; by[execname(), tid()]++ }
probe end {
  foreach (k in names) n += names[k]
  foreach (k2 in switches) s += switches[k2]
  foreach ([k3, t] in by) c += by[k3, t]
  printf("%d %d %d %d %d\n", ticks, n, s, calls, c)
}`
	o := run(t, text, plan.Auto, Options{Command: self(t, "__calls", 200_000)})
	hits := [3]uint64{}
	for i := range hits {
		hits[i] = o.Counts[i][layout.Aggregated]
	}
	want := fmt.Sprintf("%d %d %d %d %d\n", hits[0], hits[0], hits[1], hits[2], hits[2])
	if o.out != want || o.sum(layout.Sent) > 0 || hits[0] == 0 || hits[2] < 200_000 {
		t.Errorf("got %q, want %q, of %v events\n%s", o.out, want, o.Counts, o.err)
	}
}
