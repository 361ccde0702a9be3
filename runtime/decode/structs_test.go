package decode_test

import (
	"strings"
	"testing"

	"tapir/runtime/decode"
)

// fieldsOf is the decoder of a struct that is its fields.
func fieldsOf(t testing.TB, fields []decode.Field) func(dst, b []byte) []byte {
	return func(dst, b []byte) []byte { return decode.AppendFields(dst, lists(t), fields, b) }
}

func TestStructs(t *testing.T) {
	zero := func(n int) []byte { return make([]byte, n) }
	checkAll(t, []decoded{
		{decode.AppendRlimit, pack(int64(1024), int64(-1)), "[1024,-1]"},
		{fieldsOf(t, decode.SchedAttr), pack(uint32(48), uint32(1), uint64(2), int32(-3), uint32(4), uint64(5), uint64(6), uint64(7)),
			"{size=48, sched_policy=1, sched_flags=2, sched_nice=-3, sched_priority=4, sched_runtime=5, sched_deadline=6, sched_period=7}"},
		{fieldsOf(t, decode.Tms), pack(int64(1), int64(2), int64(3), int64(4)), "{tms_utime=1, tms_stime=2, tms_cutime=3, tms_cstime=4}"},
		{fieldsOf(t, decode.Sysinfo), pack(int64(9), []uint64{1, 2, 3, 4, 5, 6, 7, 8, 10}, uint16(11)),
			"{uptime=9, loads=[1, 2, 3], totalram=4, freeram=5, sharedram=6, bufferram=7, totalswap=8, freeswap=10, procs=11}"},
		{fieldsOf(t, decode.Dqinfo), pack(uint64(1), uint64(2), uint32(3), uint32(4)), "{dqi_bgrace=1, dqi_igrace=2, dqi_flags=3, dqi_valid=4}"},
		{decode.AppendDqblk, pack([]uint64{1, 2, 3, 4, 5}), "{dqb_bhardlimit=1, dqb_bsoftlimit=2, dqb_curspace=3, dqb_ihardlimit=4, dqb_isoftlimit=5, ...}"},
		{decode.AppendUserDesc, pack(int32(-1), uint32(0x1000), uint32(0xfffff), uint32(0b1010101)),
			"{entry_number=4294967295, base_addr=4096, limit=1048575, seg_32bit=1, contents=2, read_exec_only=0, limit_in_pages=1, seg_not_present=0, useable=1, lm=0}"},
		{decode.AppendUserDesc, pack(uint32(6), uint32(0), uint32(0), uint32(0x88)),
			"{entry_number=6, base_addr=0, limit=0, seg_32bit=0, contents=0, read_exec_only=1, limit_in_pages=0, seg_not_present=0, useable=0, lm=1}"},

		{fieldsOf(t, decode.Stat), pack(uint64(1), uint64(77), uint64(1), uint32(0o100644), uint32(5), uint32(6), uint32(0), uint64(0), int64(1234), int64(4096), int64(8), int64(1), int64(2), int64(3), int64(4)),
			"{st_mode=S_IFREG|0644, st_size=1234, st_ino=77, st_nlink=1, st_uid=5, st_gid=6, st_blocks=8, st_mtime=3.000000004}"},
		{fieldsOf(t, decode.Stat), pack(zero(24), uint32(0o20666), uint32(0), uint32(0), uint32(0), uint64(0x103), zero(64)),
			"{st_mode=S_IFCHR|0666, st_size=0, st_ino=0, st_nlink=0, st_uid=0, st_gid=0, st_rdev=1:3, st_blocks=0, st_mtime=0.000000000}"},
		{fieldsOf(t, decode.Statx), pack(uint32(0x7ff), uint32(4096), uint64(0x2000), uint32(2), uint32(3), uint32(4), uint16(0o40755), uint16(0), uint64(9), uint64(10), uint64(11), zero(56), int64(12), uint32(13), uint32(0), zero(16), uint64(14)),
			"{stx_mode=S_IFDIR|0755, stx_size=10, stx_ino=9, stx_nlink=2, stx_uid=3, stx_gid=4, stx_blocks=11, stx_attributes=STATX_ATTR_MOUNT_ROOT, stx_mtime=12.000000013, stx_mnt_id=14}"},
		{fieldsOf(t, decode.Statfs), pack([]uint64{0xef53, 4096, 1, 2, 3, 4, 5, 6, 255, 4096, 0x1020}),
			"{f_type=EXT4_SUPER_MAGIC, f_bsize=4096, f_blocks=1, f_bfree=2, f_bavail=3, f_files=4, f_ffree=5, f_namelen=255, f_flags=ST_VALID|ST_RELATIME}"},
		{fieldsOf(t, decode.Rusage), pack(int64(1), int64(2), int64(3), int64(4), []int64{5, 0, 0, 0, 6, 7, 0, 8, 9, 0, 0, 0, 10, 11}),
			"{ru_utime=1.000002, ru_stime=3.000004, ru_maxrss=5, ru_minflt=6, ru_majflt=7, ru_inblock=8, ru_oublock=9, ru_nvcsw=10, ru_nivcsw=11}"},
		{decode.AppendPair, pack(int32(3), int32(-1)), "[3, -1]"},
		{decode.AppendSchedParam, pack(int32(50)), "[50]"},
		{decode.AppendCapData, pack([]uint32{1, 2, 3, 0x10, 0x20, 0x30}), "{effective=0x1000000001, permitted=0x2000000002, inheritable=0x3000000003}"},
		{fieldsOf(t, decode.CapHeader), pack(uint32(0x20080522), int32(0)), "{version=_LINUX_CAPABILITY_VERSION_3, pid=0}"},
		{fieldsOf(t, decode.Msghdr), pack(uint64(0), int32(0), int32(0), uint64(0x70), uint64(1), uint64(0), uint64(0), uint32(0x40)),
			"{msg_name=0x0, msg_namelen=0, msg_iov=0x70, msg_iovlen=1, msg_control=0x0, msg_controllen=0, msg_flags=0x40}"},
		{fieldsOf(t, decode.MqAttr), pack(int64(0x800), int64(10), int64(8192), int64(1)), "{mq_flags=O_NONBLOCK, mq_maxmsg=10, mq_msgsize=8192, mq_curmsgs=1}"},
		{fieldsOf(t, decode.Sigevent), pack(uint64(5), int32(14), int32(4), int32(77)), "{sigev_value=0x5, sigev_signo=SIGALRM, sigev_notify=SIGEV_THREAD_ID, sigev_tid=77}"},
		{fieldsOf(t, decode.Flock), pack(int16(1), int16(0), int32(0), int64(10), int64(-1), int32(7)), "{l_type=F_WRLCK, l_whence=SEEK_SET, l_start=10, l_len=-1}"},
		{fieldsOf(t, decode.FlockHeld), pack(int16(2), int16(2), int32(0), int64(10), int64(-1), int32(7)), "{l_type=F_UNLCK, l_whence=SEEK_END, l_start=10, l_len=-1, l_pid=7}"},
		{fieldsOf(t, decode.FileHandle), pack(uint32(8), int32(1)), "{handle_bytes=8, handle_type=0x1}"},
		{fieldsOf(t, decode.FileAttr), pack(uint64(8), uint32(1), uint32(2), uint32(3), uint32(4)), "{fa_xflags=0x8, fa_extsize=1, fa_nextents=2, fa_projid=3, fa_cowextsize=4}"},
		{fieldsOf(t, decode.PerfEventAttr), pack(uint32(2), uint32(136), uint64(0x15), uint64(1), uint64(0x400), uint64(0)),
			"{type=PERF_TYPE_TRACEPOINT, size=136, config=0x15, sample_period=1, sample_type=0x400, read_format=0x0}"},
		{decode.AppendUtsname, pack("Linux", zero(60), "vm\n", zero(62), "6.18", zero(61), "#1", zero(63), "x86_64", zero(59)),
			`{sysname="Linux", nodename="vm\n", release="6.18", version="#1", machine="x86_64"}`},

		{decode.AppendXattr, pack("value\x00"), `"value"`},
		{decode.AppendXattr, pack("a\"b\\\x01\xff"), `"a"b\\x01\xff"`},
		{decode.AppendXattr, pack("\x01\x00"), `"\x01\x00"`},
		{decode.AppendXattr, pack("\x00"), `"\x00"`},
		{decode.AppendXattr, pack("ab\x00\x00"), `"ab\x00\x00"`},
		{decode.AppendXattr, pack(strings.Repeat("x", 60)), `"` + strings.Repeat("x", 50) + `"`},
	})
}

func TestNewStructs(t *testing.T) {
	checkAll(t, []decoded{
		{fieldsOf(t, decode.OpenHow), pack(uint64(0x80042), uint64(0o640), uint64(0x28)), "{flags=O_RDWR|O_CREAT|O_CLOEXEC, mode=0640, resolve=RESOLVE_BENEATH|RESOLVE_CACHED}"},
		{fieldsOf(t, decode.OpenHow), pack(uint64(1<<40), uint64(0), uint64(0)), "{flags=O_RDONLY|0x10000000000, resolve=0x0}"},
		{fieldsOf(t, decode.OpenHow), pack(uint64(0), uint64(0o640)), "{flags=O_RDONLY, mode=0640}"}, // an older program's
		{fieldsOf(t, decode.MountAttr), pack(uint64(0x100001), uint64(0x10), uint64(0x40000), uint64(3)),
			"{attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_IDMAP, attr_clr=MOUNT_ATTR_NOATIME, propagation=MS_PRIVATE, userns_fd=3}"},
		{fieldsOf(t, decode.IoUringParams), pack(uint32(0), uint32(0), uint32(0x1002), uint32(1), uint32(2000), uint32(0), uint32(0)), "{flags=IORING_SETUP_SQPOLL|IORING_SETUP_SINGLE_ISSUER, sq_thread_cpu=1, sq_thread_idle=2000}"},
		{fieldsOf(t, decode.LandlockRuleset), pack(uint64(5), uint64(2), uint64(1)),
			"{handled_access_fs=LANDLOCK_ACCESS_FS_EXECUTE|LANDLOCK_ACCESS_FS_READ_FILE, handled_access_net=LANDLOCK_ACCESS_NET_CONNECT_TCP, scoped=LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET}"},
		{fieldsOf(t, decode.LandlockRuleset), pack(uint64(0)), "{handled_access_fs=0x0}"},
		{fieldsOf(t, decode.LandlockPath), pack(uint64(8), int32(-1)), "{allowed_access=LANDLOCK_ACCESS_FS_READ_DIR, parent_fd=-1}"},
		{fieldsOf(t, decode.LandlockPort), pack(uint64(1), uint64(80)), "{allowed_access=LANDLOCK_ACCESS_NET_BIND_TCP, port=80}"},
		{fieldsOf(t, decode.CachestatRange), pack(uint64(1), uint64(2)), "{off=1, len=2}"},
		{fieldsOf(t, decode.Cachestat), pack([]uint64{1, 2, 3, 4, 5}), "{nr_cache=1, nr_dirty=2, nr_writeback=3, nr_evicted=4, nr_recently_evicted=5}"},
		{fieldsOf(t, decode.StatmountRequest), pack(uint32(24), uint32(0), uint64(0x100), uint64(3)), "{size=24, mnt_id=0x100, param=STATMOUNT_SB_BASIC|STATMOUNT_MNT_BASIC}"},
		{fieldsOf(t, decode.ListmountRequest), pack(uint32(32), uint32(0), int64(-1), uint64(0), uint64(9)), "{size=32, mnt_id=LSMT_ROOT, param=0x0, mnt_ns_id=0x9}"},
		{fieldsOf(t, decode.XattrArgs), pack(uint64(0x70), uint32(4), uint32(1)), "{value=0x70, size=4, flags=XATTR_CREATE}"},
		{fieldsOf(t, decode.AioSigset), pack(uint64(0x70), uint64(8)), "{sigmask=0x70, sigsetsize=8}"},
		{fieldsOf(t, decode.Statmount), pack(uint32(512), uint32(0), uint64(1), uint32(8), uint32(1), uint64(0xef53)), "{size=512, mask=STATMOUNT_SB_BASIC, sb_dev=8:1, sb_magic=EXT4_SUPER_MAGIC}"},
	})
}

func TestArrays(t *testing.T) {
	array := func(e decode.Element) func(dst, b []byte, size int64) []byte {
		return func(dst, b []byte, size int64) []byte { return decode.AppendArray(dst, lists(t), e, b, size) }
	}
	longs := make([]uint64, 100)
	for i := range longs {
		longs[i] = 1 << 63
	}
	for i, row := range []struct {
		f    func(dst, b []byte, size int64) []byte
		b    []byte
		size int64
		want string
	}{
		{array(decode.Pollfd), pack(int32(3), uint16(1), uint16(0), int32(-1), uint16(4), uint16(0x14)), 16, "[{fd=3, events=POLLIN}, {fd=-1, events=POLLOUT, revents=POLLOUT|POLLHUP}]"},
		{array(decode.Pollfd), nil, 0, "[]"},
		{array(decode.Pollfd), pack(int32(3), uint16(1), uint16(0)), 80, "[{fd=3, events=POLLIN}, ...]"},
		{array(decode.EpollEvent), pack(uint32(0x80000001), uint64(5)), 12, "[{events=EPOLLIN|EPOLLET, data=0x5}]"},
		{array(decode.FutexWaitv), pack(uint64(1), uint64(0x70), uint32(0x82), uint32(0)), 24, "[{val=0x1, uaddr=0x70, flags=FUTEX2_SIZE_U32|FUTEX2_PRIVATE}]"},
		{array(decode.IoEvent), pack(uint64(1), uint64(2), int64(-5), int64(0)), 32, "[{data=0x1, obj=0x2, res=-5, res2=0}]"},
		{array(decode.Sembuf), pack(uint16(0), int16(-1), int16(0x1000)), 6, "[{sem_num=0, sem_op=-1, sem_flg=SEM_UNDO}]"},
		{decode.AppendIovecs, pack(uint64(0x1000), uint64(5), uint64(0), uint64(0)), 32, "[{0x1000, 5}, {0x0, 0}]"},
		{decode.AppendIovecs, pack(uint64(0x1000), uint64(5), uint64(7)), 24, "[{0x1000, 5}]"}, // half an element is none
		{decode.AppendInts, pack(int32(-1), int32(2)), 8, "[-1, 2]"},
		{decode.AppendLongs, pack(uint64(1)), 8, "[1]"},
		{decode.AppendLongs, pack(longs), 800, "[" + strings.Repeat("9223372036854775808, ", 24) + "...]"},
		{decode.AppendBitset, pack(uint64(0x8000000000000009), uint64(1)), 16, "[0, 3, 63, 64]"},
		{decode.AppendBitset, pack(uint64(0)), 8, "[]"},
		{func(dst, b []byte, size int64) []byte { return decode.AppendLSMs(dst, lists(t), b, size) }, pack(uint64(100), uint64(1)), 16, "[LSM_ID_CAPABILITY, 0x1]"},
	} {
		if got := text(t, func(dst []byte) []byte { return row.f(dst, row.b, row.size) }); got != row.want {
			t.Errorf("row %d\n got %s\nwant %s", i, got, row.want)
		}
	}
	all := make([]byte, 128)
	for i := range all {
		all[i] = 0xff
	}
	if got := text(t, func(dst []byte) []byte { return decode.AppendBitset(dst, all, 128) }); len(got) > decode.MaxText || !strings.HasSuffix(got, ", ...]") {
		t.Errorf("a full set: %s", got)
	}
}
