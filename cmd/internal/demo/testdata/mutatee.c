/* The traced half of a pair in C: waits to be told, makes one child by the way
 * that its argument names, reports what it was told and ends with status 3 if the
 * child ended as it should.
 *
 *   descriptor 3: a byte is written when it is ready
 *   descriptor 4: a byte is read before the child is made
 *   descriptor 5: the result (8 bytes) is written
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ready_fd = 3, start_fd, result_fd, child_status = 7 };

static long by_fork(void) { return fork(); }
static long by_sysfork(void) { return syscall(SYS_fork); }
static long by_clone(void) { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }

static long by_clone3(void) {
  struct clone_args args;
  memset(&args, 0, sizeof args);
  args.exit_signal = SIGCHLD;
  return syscall(SYS_clone3, &args, sizeof args);
}

static const struct way {
  const char *name;
  long (*make)(void); /* 0: vfork, whose child must not return from a function */
} ways[] = {{"fork", by_fork}, {"sysfork", by_sysfork}, {"vfork", 0}, {"clone", by_clone}, {"clone3", by_clone3}};

int main(int argc, char **argv) {
  const struct way *way = 0;
  for (unsigned i = 0; argc == 2 && i < sizeof ways / sizeof *ways; i++)
    if (strcmp(argv[1], ways[i].name) == 0)
      way = &ways[i];
  if (!way || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
    return 2;
  char go = 0;
  if (write(ready_fd, &go, 1) != 1 || read(start_fd, &go, 1) != 1)
    return 2;
  long child = way->make ? way->make() : vfork();
  if (child == 0)
    _exit(child_status);
  if (child < 0 || write(result_fd, &child, sizeof child) != sizeof child)
    return 4;
  int status = 0;
  if (waitpid(child, &status, 0) != child)
    return 5;
  return WIFEXITED(status) && WEXITSTATUS(status) == child_status ? 3 : 6;
}
