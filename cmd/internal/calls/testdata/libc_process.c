// What the C library makes of its functions for processes, signals and time.
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void handler(int sig) { (void)sig; }

int main(void) {
	struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART};
	sigaction(SIGUSR1, &act, NULL);
	//staptest// rt_sigaction (SIGUSR1, {XXXX, SA_RESTART|SA_RESTORER, XXXX, [EMPTY]}, 0x0, 8) = 0
	signal(SIGPIPE, SIG_IGN);
	//staptest// rt_sigaction (SIGPIPE, {SIG_IGN}, XXXX, 8) = 0
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	//staptest// rt_sigprocmask (SIG_BLOCK, [SIGHUP|SIGUSR2], 0x0, 8) = 0
	raise(SIGUSR1);
	//staptest// tgkill (NNNN, NNNN, SIGUSR1) = 0
	alarm(50);
	//staptest// alarm (50) = 0
	alarm(0);
	//staptest// alarm (0) = 50
	struct timespec ts = {0, 1000};
	nanosleep(&ts, NULL);
	//staptest// [[[[nanosleep ([0.000001000], 0x0)!!!!clock_nanosleep (CLOCK_REALTIME, 0x0, [0.000001000], 0x0)]]]] = 0
	poll(NULL, 0, 1);
	//staptest// poll (0x0, 0, 1) = 0
	getpriority(PRIO_PROCESS, 0);
	//staptest// getpriority (PRIO_PROCESS, 0) = NNNN
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	//staptest// [[[[getrlimit (RLIMIT_NOFILE, XXXX)!!!!prlimit64 (0, RLIMIT_NOFILE, NULL, XXXX)]]]] = 0
	sched_yield();
	//staptest// sched_yield () = 0
	pid_t pid = fork();
	//staptest// [[[[fork ()!!!!clone (CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, XXXX, XXXX, XXXX)]]]] = NNNN
	if (pid == 0)
		_exit(5);
	//staptest// exit_group (5) = ?
	int status;
	waitpid(pid, &status, 0);
	//staptest// wait4 (NNNN, XXXX, 0x0, 0x0) = NNNN
	waitpid(-1, &status, WNOHANG);
	//staptest// wait4 (-1, XXXX, WNOHANG, 0x0) = -NNNN (ECHILD)
	pid = vfork();
	if (pid == 0)
		_exit(6);
	//staptest// exit_group (6) = ?
	//staptest// vfork () = NNNN
	waitpid(pid, &status, 0);
	//staptest// wait4 (NNNN, XXXX, 0x0, 0x0) = NNNN
	kill(0x7ffffff, SIGTERM);
	//staptest// kill (134217727, SIGTERM) = -NNNN (ESRCH)
	exit(3);
	//staptest// exit_group (3) = ?
}
