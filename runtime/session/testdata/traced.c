// A program with a known sequence of calls and marks.
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "mark.h"

#define NOINLINE __attribute__((noipa))

struct inner { unsigned char bytes[4]; short s; };
struct point {
	int x, y;
	const char *label;
	struct point *next;
	struct inner inner;
	unsigned low : 3, high : 5;
	int : 0;
	signed char negative;
};

int counter = 7;
const char *label = "global label";

NOINLINE long add(long a, long b) { return a + b; }
NOINLINE int factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }
NOINLINE const char *greet(const char *who, char initial, short neg, unsigned u) { return who + (initial == 'w' && neg < 0 && u > 1); }
NOINLINE int walk(struct point *p) {
	int n = 0;
	for (; p; p = p->next) n += p->x;
	return n;
}
NOINLINE void tick(int i, const char *s) {
	static short half = -7;
	static unsigned char table[4] = {1, 2, 3, 4};
	long index = i;
	table[0] = half + 8; // a page that the program has not touched can't be read
	MARK3(demo, tick, "-4@%0 8@%1 -8@%2", "r"(i), "r"(s), "r"(-(long)i));
	MARK2(demo, memory, "-2@%0 1@%1", "m"(half), "m"(table[2]));
	MARK2(demo, indexed, "1@(%0,%1,1) 1@1(%0,%1,1)", "r"(table), "r"(index));
	MARK2(other, sizes, "-1@%b0 2@%w0", "q"(0x1ff0 + i), "q"(0));
	MARK1(other, constant, "-4@%0", "n"(-5));
}
NOINLINE int watched(void) {
	if (watched_semaphore == 0) return 0;
	WATCHED(demo, watched, "4@%0", "r"((int)watched_semaphore));
	return 1;
}

int main(int argc, char **argv) {
	struct point b = {3, 4, "second", 0, {{5, 6, 7, 8}, -2}, 5, 17, -3};
	struct point a = {1, -2, "first", &b, {{1, 2, 3, 4}, 9}, 2, 30, -4};
	long sum = 0;
	printf("%s\n", label);
	sum += add(2, 3) + add(-5, 1);
	sum += factorial(4);
	sum += walk(&a);
	printf("%s\n", greet("world", 'w', -3, 4000000000u));
	for (int i = 0; i < 3; i++) {
		counter += i;
		tick(i, i == 1 ? "one" : "other");
	}
	printf("watched %d sum %ld\n", watched(), sum);
	return 0;
}
