/* The tracing half of a pair in C: starts its neighbour test4_2.dyn_g++, attaches
 * to it, and fetches and writes back the registers at each of its stops and of
 * its child's.
 *
 *   test_driver cont WAY     goes on by PTRACE_CONT
 *   test_driver syscall WAY  goes on from the event of the new process by
 *                            PTRACE_SYSCALL, with PTRACE_O_TRACESYSGOOD
 *
 *   descriptor 3: "ready PID" and "done CHILD" are written, as lines
 *   descriptors 4 and 5 are the mutatee's
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { status_fd = 3, start_fd, result_fd };

static pid_t start(const char *self, const char *way, int *ready) {
  char path[4096];
  const char *slash = strrchr(self, '/');
  snprintf(path, sizeof path, "%.*stest4_2.dyn_g++", slash ? (int)(slash + 1 - self) : 0, self);
  int ends[2];
  if (pipe(ends) != 0)
    return -1;
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], status_fd); /* its own ready line takes the place of ours */
    close(ends[0]);
    close(ends[1]);
    execl(path, path, way, (char *)0);
    _exit(127);
  }
  close(ends[1]);
  close(start_fd);
  close(result_fd);
  *ready = ends[0];
  return pid;
}

/* The signal to deliver when going on after a stop: none that tracing made. */
static int pass_on(int status) {
  int sig = WSTOPSIG(status);
  if (status >> 16 || sig == SIGTRAP || sig == (SIGTRAP | 0x80) || sig == SIGSTOP)
    return 0;
  return sig;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  int to_syscalls = strcmp(argv[1], "syscall") == 0, ready = -1, status;
  char byte;
  pid_t mutatee = start(argv[0], argv[2], &ready), pid, child = 0;
  if (mutatee < 0 || read(ready, &byte, 1) != 1)
    return 3;
  long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  if (to_syscalls)
    options |= PTRACE_O_TRACESYSGOOD;
  if (ptrace(PTRACE_ATTACH, mutatee, 0, 0) != 0 || waitpid(mutatee, &status, __WALL) != mutatee ||
      ptrace(PTRACE_SETOPTIONS, mutatee, 0, options) != 0)
    return 4;
  /* Up to here nobody watches. */
  if (ptrace(PTRACE_CONT, mutatee, 0, 0) != 0)
    return 4;
  dprintf(status_fd, "ready %d\n", mutatee);

  while ((pid = waitpid(-1, &status, __WALL)) > 0) {
    struct user_regs_struct regs;
    if (pid != mutatee)
      child = pid;
    if (!WIFSTOPPED(status)) {
      if (pid == mutatee)
        break;
      continue;
    }
    ptrace(PTRACE_GETREGS, pid, 0, &regs);
    ptrace(PTRACE_SETREGS, pid, 0, &regs);
    ptrace(to_syscalls && status >> 16 ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, pass_on(status));
  }
  dprintf(status_fd, "done %d\n", child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 3 ? 0 : 5;
}
