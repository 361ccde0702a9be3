/* A program whose threads share a CPU and use memory for the first time. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

enum { PAGE = 4096, ROUNDS = 3, THREADS = 3 };

__attribute__((noinline)) int work(int pages)
{
	volatile char *memory = mmap(0, (long)pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise((void *)memory, (long)pages * PAGE, MADV_NOHUGEPAGE);
	for (int i = 0; i < pages; i++) {
		memory[(long)i * PAGE] = 1;
		sched_yield();
	}
	munmap((void *)memory, (long)pages * PAGE);
	return pages;
}

static void *thread(void *number)
{
	for (int i = 0; i < ROUNDS; i++)
		work(100 * (1 + (int)(long)number));
	return 0;
}

int main(void)
{
	pthread_t threads[THREADS];
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof one, &one);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], 0, thread, (void *)i);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], 0);
	return 0;
}
