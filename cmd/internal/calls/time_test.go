package calls

import "golang.org/x/sys/unix"

func clockCalls(c *caller) {
	names := []string{"REALTIME", "MONOTONIC", "PROCESS_CPUTIME_ID", "THREAD_CPUTIME_ID", "MONOTONIC_RAW", "REALTIME_COARSE",
		"MONOTONIC_COARSE", "BOOTTIME", "REALTIME_ALARM", "BOOTTIME_ALARM", "SGI_CYCLE", "TAI"}
	for i, name := range names {
		c.do(`clock_gettime (CLOCK_`+name+`, $2) = R`, unix.SYS_CLOCK_GETTIME, i, c.blank())
		c.do(`clock_getres (CLOCK_`+name+`, $2) = R`, unix.SYS_CLOCK_GETRES, i, c.blank())
	}
	c.do(`clock_gettime (XXXX, 0x0) = R`, unix.SYS_CLOCK_GETTIME, -1, nil)
	c.do(`clock_gettime (CLOCK_REALTIME, 0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_CLOCK_GETTIME, 0, bad)
	c.do(`clock_getres (XXXX, 0x0) = R`, unix.SYS_CLOCK_GETRES, -16, nil)
	short := put(c, [2]int64{0, 1000})
	c.do(`clock_settime (CLOCK_MONOTONIC, [0.000001000]) = -22 (EINVAL)`, unix.SYS_CLOCK_SETTIME, 1, short)
	c.do(`clock_settime (CLOCK_MONOTONIC, NULL) = R`, unix.SYS_CLOCK_SETTIME, 1, nil)
	c.do(`clock_settime (XXXX, 0xffffffffffffffff) = R`, unix.SYS_CLOCK_SETTIME, -1, bad)
	c.do(`clock_nanosleep (CLOCK_MONOTONIC, 0x0, [0.000001000], $4) = 0`, unix.SYS_CLOCK_NANOSLEEP, 1, 0, short, c.blank())
	c.do(`clock_nanosleep (CLOCK_REALTIME, TIMER_ABSTIME, [0.000001000], 0x0) = 0`, unix.SYS_CLOCK_NANOSLEEP, 0, 1, short, nil)
	c.do(`clock_nanosleep (XXXX, 0xffffffff, NULL, 0xffffffffffffffff) = R`, unix.SYS_CLOCK_NANOSLEEP, -1, -1, nil, bad)
	c.do(`nanosleep ([0.000001000], $2) = 0`, unix.SYS_NANOSLEEP, short, c.blank())
	c.do(`nanosleep ([-1.000000000], 0x0) = -22 (EINVAL)`, unix.SYS_NANOSLEEP, put(c, [2]int64{-1, 0}), nil)
	c.do(`nanosleep (NULL, 0x0) = -14 (EFAULT)`, unix.SYS_NANOSLEEP, nil, nil)
	c.do(`nanosleep (0xffffffffffffffff, 0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_NANOSLEEP, bad, bad)
	c.do(`gettimeofday ($1, 0x0) = 0`, unix.SYS_GETTIMEOFDAY, c.blank(), nil)
	c.do(`gettimeofday (0xffffffffffffffff, 0x0) = -14 (EFAULT)`, unix.SYS_GETTIMEOFDAY, bad, nil)
	c.do(`settimeofday (0xffffffffffffffff, NULL) = -14 (EFAULT)`, unix.SYS_SETTIMEOFDAY, bad, nil)
	c.do(`settimeofday ([-1.000000], NULL) = -22 (EINVAL)`, unix.SYS_SETTIMEOFDAY, put(c, [2]int64{-1, 0}), nil)
	c.do(`settimeofday ([1.2000000], [1, 2]) = -22 (EINVAL)`, unix.SYS_SETTIMEOFDAY, put(c, [2]int64{1, 2000000}), put(c, [2]int32{1, 2}))
	c.do(`time ($1) = R`, unix.SYS_TIME, c.blank())
	c.do(`time (0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_TIME, bad)
	timex := put(c, struct {
		modes, _                         uint32
		offset, freq, maxerror, esterror int64
		status, _                        int32
		constant, precision, tolerance   int64
		sec, usec, tick                  int64
		_                                [200]byte
	}{offset: 1, freq: 2, maxerror: 3, esterror: 4, status: 5, constant: 6, precision: 7, tolerance: 8, tick: 9})
	text := `{0x0, constant=6, esterror=4, freq=2, maxerror=3, offset=1, precision=7, status=5, tick=9, tolerance=8}`
	c.do(`adjtimex (`+text+`) = NNNN (TIME_.+)`, unix.SYS_ADJTIMEX, timex)
	c.do(`adjtimex (NULL) = -14 (-14)`, unix.SYS_ADJTIMEX, nil)
	c.do(`adjtimex (0xffffffffffffffff) = -14 (-14)`, unix.SYS_ADJTIMEX, bad)
	c.do(`clock_adjtime (CLOCK_MONOTONIC, NULL) = R`, unix.SYS_CLOCK_ADJTIME, 1, nil)
	c.do(`clock_adjtime (XXXX, 0xffffffffffffffff) = R`, unix.SYS_CLOCK_ADJTIME, -1, bad)
	modes := put(c, [26]uint64{0x4003})
	c.do(`clock_adjtime (CLOCK_MONOTONIC, {ADJ_OFFSET|ADJ_FREQUENCY|ADJ_TICK, constant=0, esterror=0, freq=0, maxerror=0, offset=0, precision=0, status=0, tick=0, tolerance=0}) = R`,
		unix.SYS_CLOCK_ADJTIME, 1, modes)
}

func timerCalls(c *caller) {
	id := c.blank()
	c.do(`timer_create (CLOCK_MONOTONIC, 0x0, $3) = 0`, unix.SYS_TIMER_CREATE, 1, nil, id)
	timer := int(get[int32](c, id))
	c.do(`timer_create (XXXX, 0xffffffffffffffff, 0x0) = R`, unix.SYS_TIMER_CREATE, -1, bad, nil)
	value := put(c, [4]int64{1, 2, 300, 4})
	c.do(`timer_settime (#1, 0, [1.000002,300.000004], $4) = 0`, unix.SYS_TIMER_SETTIME, timer, 0, value, c.blank())
	c.do(`timer_settime (-1, 1, NULL, 0x0) = -22 (EINVAL)`, unix.SYS_TIMER_SETTIME, -1, 1, nil, nil)
	c.do(`timer_settime (#1, -1, 0xffffffffffffffff, 0x0) = -14 (EFAULT)`, unix.SYS_TIMER_SETTIME, timer, -1, bad, nil)
	c.do(`timer_gettime (#1, $2) = 0`, unix.SYS_TIMER_GETTIME, timer, c.blank())
	c.do(`timer_gettime (-1, 0x0) = -22 (EINVAL)`, unix.SYS_TIMER_GETTIME, -1, nil)
	c.do(`timer_getoverrun (#1) = 0`, unix.SYS_TIMER_GETOVERRUN, timer)
	c.do(`timer_getoverrun (-1) = -22 (EINVAL)`, unix.SYS_TIMER_GETOVERRUN, -1)
	c.do(`timer_delete (#1) = 0`, unix.SYS_TIMER_DELETE, timer)
	c.do(`timer_delete (-1) = -22 (EINVAL)`, unix.SYS_TIMER_DELETE, -1)
	fd := c.do(`timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC|TFD_NONBLOCK) = R`, unix.SYS_TIMERFD_CREATE, 1, unix.O_CLOEXEC|unix.O_NONBLOCK)
	c.do(`timerfd_create (CLOCK_REALTIME, 0x0) = R`, unix.SYS_TIMERFD_CREATE, 0, 0)
	c.do(`timerfd_create (XXXX, TFD_TIMER_ABSTIME|TFD_TIMER_CANCEL_ON_SET|TFD_CLOEXEC|TFD_NONBLOCK|XXXX) = -22 (EINVAL)`, unix.SYS_TIMERFD_CREATE, -1, -1)
	c.do(`timerfd_settime (#1, TFD_TIMER_ABSTIME, [1.000002,300.000004], $4) = 0`, unix.SYS_TIMERFD_SETTIME, fd, 1, value, c.blank())
	c.do(`timerfd_settime (-1, 0x0, 0xffffffffffffffff, 0x0) = -14 (EFAULT)`, unix.SYS_TIMERFD_SETTIME, -1, 0, bad, nil)
	c.do(`timerfd_settime (#1, 0x0, NULL, 0x0) = -14 (EFAULT)`, unix.SYS_TIMERFD_SETTIME, fd, 0, nil, nil)
	c.do(`timerfd_gettime (#1, $2) = 0`, unix.SYS_TIMERFD_GETTIME, fd, c.blank())
	c.do(`timerfd_gettime (-1, 0x0) = -9 (EBADF)`, unix.SYS_TIMERFD_GETTIME, -1, nil)
	for i, name := range []string{"ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF"} {
		c.do(`getitimer (`+name+`, $2) = 0`, unix.SYS_GETITIMER, i, c.blank())
		c.do(`setitimer (`+name+`, [1.000002,300.000004], $3) = 0`, unix.SYS_SETITIMER, i, value, c.blank())
		c.do(`setitimer (`+name+`, [0.000000,0.000000], 0x0) = 0`, unix.SYS_SETITIMER, i, put(c, [4]int64{}), nil)
	}
	c.do(`getitimer (0xffffffff, 0x0) = R`, unix.SYS_GETITIMER, -1, nil)
	c.do(`setitimer (0xffffffff, 0xffffffffffffffff, 0x0) = R`, unix.SYS_SETITIMER, -1, bad, nil)
	c.do(`setitimer (0x3, NULL, 0xffffffffffffffff) = R`, unix.SYS_SETITIMER, 3, nil, bad)
}
