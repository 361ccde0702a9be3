package calls

import "golang.org/x/sys/unix"

func limitCalls(c *caller) {
	resources := []string{"CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME"}
	for i, name := range resources {
		c.do(`getrlimit (RLIMIT_`+name+`, $2) = 0`, unix.SYS_GETRLIMIT, i, c.blank())
		c.do(`prlimit64 (0, RLIMIT_`+name+`, NULL, $4) = 0`, unix.SYS_PRLIMIT64, 0, i, nil, c.blank())
	}
	c.do(`getrlimit (RLIMIT_CPU, 0x0) = -14 (EFAULT)`, unix.SYS_GETRLIMIT, 0, nil)
	c.do(`getrlimit (RLIM_INFINITY, 0x0) = -22 (EINVAL)`, unix.SYS_GETRLIMIT, -1, nil)
	c.do(`getrlimit (0x22, 0x0) = -22 (EINVAL)`, unix.SYS_GETRLIMIT, 0x22, nil)
	limit := put(c, [2]int64{100, -1})
	c.do(`setrlimit (RLIMIT_CORE, [100,-1]) = R`, unix.SYS_SETRLIMIT, 4, limit)
	c.do(`setrlimit (RLIMIT_CORE, [0,0]) = R`, unix.SYS_SETRLIMIT, 4, put(c, [2]int64{}))
	c.do(`setrlimit (RLIMIT_NOFILE, NULL) = -14 (EFAULT)`, unix.SYS_SETRLIMIT, 7, nil)
	c.do(`setrlimit (RLIMIT_NOFILE, 0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_SETRLIMIT, 7, bad)
	c.do(`setrlimit (RLIM_INFINITY, [100,-1]) = -22 (EINVAL)`, unix.SYS_SETRLIMIT, -1, limit)
	c.do(`prlimit64 (-1, RLIM_INFINITY, 0xffffffffffffffff, 0x0) = R`, unix.SYS_PRLIMIT64, -1, -1, bad, nil)
	c.do(`prlimit64 (0, RLIMIT_CORE, [0,0], 0x0) = 0`, unix.SYS_PRLIMIT64, 0, 4, put(c, [2]int64{}), nil)
	c.do(`getrusage (RUSAGE_SELF, $2) = 0`, unix.SYS_GETRUSAGE, 0, c.blank())
	c.do(`getrusage (RUSAGE_CHILDREN, 0x0) = -14 (EFAULT)`, unix.SYS_GETRUSAGE, -1, nil)
	c.do(`getrusage (RUSAGE_THREAD, $2) = 0`, unix.SYS_GETRUSAGE, 1, c.blank())
	c.do(`getrusage (RUSAGE_BOTH, 0xffffffffffffffff) = R`, unix.SYS_GETRUSAGE, -2, bad)
	c.do(`getrusage (0x7, 0x0) = -22 (EINVAL)`, unix.SYS_GETRUSAGE, 7, nil)
	c.do(`getpriority (PRIO_PROCESS, 0) = R`, unix.SYS_GETPRIORITY, 0, 0)
	c.do(`getpriority (PRIO_PGRP, -1) = R`, unix.SYS_GETPRIORITY, 1, -1)
	c.do(`getpriority (0xffffffff, 0) = -22 (EINVAL)`, unix.SYS_GETPRIORITY, -1, 0)
	c.do(`setpriority (PRIO_PROCESS, 0, 1) = R`, unix.SYS_SETPRIORITY, 0, 0, 1)
	c.do(`setpriority (PRIO_USER, -1, -1) = R`, unix.SYS_SETPRIORITY, 2, -1, -1)
	c.do(`ioprio_get (IOPRIO_WHO_PROCESS, 0) = R`, unix.SYS_IOPRIO_GET, 1, 0)
	c.do(`ioprio_get (-1, -1) = -22 (EINVAL)`, unix.SYS_IOPRIO_GET, -1, -1)
	c.do(`ioprio_set (IOPRIO_WHO_PROCESS, 0, IOPRIO_CLASS_BE|4) = R`, unix.SYS_IOPRIO_SET, 1, 0, 2<<13|4)
	c.do(`ioprio_set (IOPRIO_WHO_USER, -1, IOPRIO_CLASS_IDLE|0) = R`, unix.SYS_IOPRIO_SET, 3, -1, 3<<13)
	c.do(`times (.+) = NNNN`, unix.SYS_TIMES, c.blank())
	c.do(`times (NULL) = NNNN`, unix.SYS_TIMES, nil)
	c.do(`times (0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_TIMES, bad)
	c.do(`sysinfo (.+) = 0`, unix.SYS_SYSINFO, c.blank())
	c.do(`sysinfo (NULL) = -14 (EFAULT)`, unix.SYS_SYSINFO, nil)
	c.do(`sysinfo (0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_SYSINFO, bad)
}

func schedCalls(c *caller) {
	for i, name := range []string{"SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "0x4", "SCHED_IDLE", "SCHED_DEADLINE"} {
		c.do(`sched_get_priority_max (`+name+`) = R`, unix.SYS_SCHED_GET_PRIORITY_MAX, i)
		c.do(`sched_get_priority_min (`+name+`) = R`, unix.SYS_SCHED_GET_PRIORITY_MIN, i)
	}
	c.do(`sched_getaffinity (0, 128, $3) = R`, unix.SYS_SCHED_GETAFFINITY, 0, 128, c.blank())
	c.do(`sched_getaffinity (-1, 4294967295, 0x0) = R`, unix.SYS_SCHED_GETAFFINITY, -1, -1, nil)
	c.do(`sched_setaffinity (0, 8, 0xffffffffffffffff) = R`, unix.SYS_SCHED_SETAFFINITY, 0, 8, bad)
	c.do(`sched_getparam (0, $2) = 0`, unix.SYS_SCHED_GETPARAM, 0, c.blank())
	c.do(`sched_getparam (-1, 0x0) = -22 (EINVAL)`, unix.SYS_SCHED_GETPARAM, -1, nil)
	c.do(`sched_setparam (0, 0xffffffffffffffff) = R`, unix.SYS_SCHED_SETPARAM, 0, bad)
	c.do(`sched_getscheduler (0) = R`, unix.SYS_SCHED_GETSCHEDULER, 0)
	c.do(`sched_getscheduler (-1) = -22 (EINVAL)`, unix.SYS_SCHED_GETSCHEDULER, -1)
	c.do(`sched_setscheduler (0, SCHED_OTHER, $3) = R`, unix.SYS_SCHED_SETSCHEDULER, 0, 0, c.blank())
	c.do(`sched_setscheduler (-1, SCHED_RESET_ON_FORK|SCHED_RR, 0x0) = -22 (EINVAL)`, unix.SYS_SCHED_SETSCHEDULER, -1, 0x40000002, nil)
	c.do(`sched_rr_get_interval (0, $2) = 0`, unix.SYS_SCHED_RR_GET_INTERVAL, 0, c.blank())
	c.do(`sched_rr_get_interval (-1, 0x0) = -22 (EINVAL)`, unix.SYS_SCHED_RR_GET_INTERVAL, -1, nil)
	attr := put(c, struct {
		size, policy              uint32
		flags                     uint64
		nice                      int32
		priority                  uint32
		runtime, deadline, period uint64
	}{48, 0, 1, 3, 0, 4, 5, 6})
	text := `{size=48, sched_policy=0, sched_flags=1, sched_nice=3, sched_priority=0, sched_runtime=4, sched_deadline=5, sched_period=6}`
	c.do(`sched_setattr (0, `+text+`, 0) = R`, unix.SYS_SCHED_SETATTR, 0, attr, 0)
	c.do(`sched_setattr (-1, NULL, 4294967295) = R`, unix.SYS_SCHED_SETATTR, -1, nil, -1)
	c.do(`sched_setattr (0, 0xffffffffffffffff, 0) = R`, unix.SYS_SCHED_SETATTR, 0, bad, 0)
	c.do(`sched_getattr (0, `+text+`, 56, 0) = 0`, unix.SYS_SCHED_GETATTR, 0, attr, 56, 0)
	c.do(`sched_getattr (-1, NULL, 4294967295, 4294967295) = -22 (EINVAL)`, unix.SYS_SCHED_GETATTR, -1, nil, -1, -1)
}
