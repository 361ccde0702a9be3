// A program with a known stack at a known system call: outer calls middle, which calls
// inner, which asks for its parent. With an argument it is busy in inner instead.
#include <stdlib.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone))

static volatile long sum;

KEEP static void nothing(void) { sum++; } // what calls nothing has no frame

KEEP long parent(void) {
	long result;
	nothing();
	__asm__ volatile("syscall" : "=a"(result) : "a"(110) : "rcx", "r11", "memory");
	return result + sum;
}

KEEP long inner(int busy) {
	for (int i = 0; i < busy; i++)
		sum += i;
	return parent() + 1;
}

KEEP long middle(int busy) { return inner(busy) + 1; }

KEEP long outer(int busy) { return middle(busy) + 1; }

int main(int argc, char **argv) {
	int busy = argc > 1 ? atoi(argv[1]) : 0;
	return outer(busy) == 42;
}
