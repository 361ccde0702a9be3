package session

import (
	"testing"

	"tapir/compiler/plan"
)

// TestGo sees the returns of functions of Go by the instructions that return, while the
// stacks of its goroutines grow.
func TestGo(t *testing.T) {
	program := sources{"main.go": `package main

type pair struct{ a, b int }

//go:noinline
func add(a, b int) int { return a + b }

//go:noinline
func deep(n int) int {
	var room [1000]byte
	if n == 0 {
		return int(room[n])
	}
	return deep(n-1) + 1
}

//go:noinline
func (p *pair) sum(name string, k int) int { return p.a + p.b + len(name) + k }

func main() {
	p := &pair{3, 4}
	if add(1, 2)+deep(300)+p.sum("xy", 1) != 313 {
		panic("wrong")
	}
}
`}.make(t, "traced", "go build -o traced main.go")
	const script = `global n
probe process("PROGRAM").function("main.add") { printf("%s(%d, %d)\n", ppfunc(), $a, $b) }
probe process("PROGRAM").function("main.add").return { printf("%d\n", returnval()) }
probe process("PROGRAM").function("main.deep").return { n++ }
probe process("PROGRAM").function("main.(*pair).sum") { printf("%d %d %d\n", $p->a, $p->b, $k) }
probe end { println(n) }`
	const want = "main.add(1, 2)\n3\n3 4 1\n301\n"
	if o := traceProgram(t, program, script, plan.Auto); o.out != want || o.err != "" {
		t.Errorf("got\n%s%swant\n%s", o.out, o.err, want)
	}
}

// TestCPlusPlus finds functions by the names that the source has.
func TestCPlusPlus(t *testing.T) {
	program := sources{"traced.cc": `
namespace shop {
struct Base { int id; };
struct Item : Base { long price; long total(int n) const; };
__attribute__((noipa)) long Item::total(int n) const { return price * n; }
template <class T> __attribute__((noipa)) T twice(T x) { return x + x; }
}
int main() { shop::Item i; i.id = 7; i.price = 5; return i.total(3) + shop::twice(2L) == 19 ? 0 : 1; }
`}.make(t, "traced", "g++ -O1 -g -o traced traced.cc")
	const script = `
probe process("PROGRAM").function("shop::Item::total") { printf("%s %d %d %d\n", ppfunc(), $this->price, $this->id, $n) }
probe process("PROGRAM").function("total").return { println($return) }
probe process("PROGRAM").function("shop::tw*") { println($x) }`
	const want = "shop::Item::total 5 7 3\n15\n2\n"
	if o := traceProgram(t, program, script, plan.Auto); o.out != want || o.err != "" {
		t.Errorf("got\n%s%swant\n%s", o.out, o.err, want)
	}
}

// TestRust finds functions by the names that the source has.
func TestRust(t *testing.T) {
	program := sources{"traced.rs": `
mod shop { #[inline(never)] pub fn total(price: u64, n: u32) -> u64 { price * n as u64 } }
fn main() { std::process::exit(if shop::total(std::env::args().count() as u64 * 5, 3) == 15 { 0 } else { 1 }) }
`}.make(t, "traced", "rustc -g -O -o traced traced.rs")
	const script = `
probe process("PROGRAM").function("traced::shop::total") { printf("%s %d %d\n", ppfunc(), $price, $n) }
probe process("PROGRAM").function("traced::shop::total").return { println($return) }`
	const want = "traced::shop::total 5 3\n15\n"
	if o := traceProgram(t, program, script, plan.Auto); o.out != want || o.err != "" {
		t.Errorf("got\n%s%swant\n%s", o.out, o.err, want)
	}
}

// TestProcessTree sees the functions of a forked process, whose program is the same, and
// tells the target's processes from others.
func TestProcessTree(t *testing.T) {
	program := sources{"fork.c": `
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
__attribute__((noipa)) int work(int n) { return n + 1; }
static void *run(void *p) { work(3); return p; }
int main(void) {
	pthread_t t;
	work(1);
	if (fork() == 0) { work(2); _exit(0); }
	wait(0);
	pthread_create(&t, 0, run, 0);
	pthread_join(t, 0);
	return 0;
}
`}.make(t, "traced", "gcc -O1 -pthread -o traced fork.c")
	const script = `
probe process("PROGRAM").function("work") { printf("work %d\n", int_arg(1)) }
probe process("PROGRAM").begin { println("begin") }
probe process("PROGRAM").end { println("end") }
probe process("PROGRAM").thread.begin { println("thread begin") }
probe process("PROGRAM").thread.end { println("thread end") }
`
	const want = "begin\nwork 1\nbegin\nwork 2\nend\nthread begin\nwork 3\nthread end\nend\n"
	if o := traceProgram(t, program, withoutEnds(t, script), plan.Auto); o.out != withoutEnds(t, want) || o.err != "" {
		t.Errorf("got\n%s%swant\n%s", o.out, o.err, want)
	}
}
