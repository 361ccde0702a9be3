package decode

// Structs that are their fields, with the bytes that those need.

// SchedAttr is struct sched_attr, as far as its first version goes.
var SchedAttr = []Field{
	{"size", 0, U32, ""},
	{"sched_policy", 4, U32, ""},
	{"sched_flags", 8, U64, ""},
	{"sched_nice", 16, I32, ""},
	{"sched_priority", 20, U32, ""},
	{"sched_runtime", 24, U64, ""},
	{"sched_deadline", 32, U64, ""},
	{"sched_period", 40, U64, ""},
}

// Tms is struct tms.
var Tms = []Field{
	{"tms_utime", 0, U64, ""},
	{"tms_stime", 8, U64, ""},
	{"tms_cutime", 16, U64, ""},
	{"tms_cstime", 24, U64, ""},
}

// Dqinfo is struct if_dqinfo.
var Dqinfo = []Field{
	{"dqi_bgrace", 0, U64, ""},
	{"dqi_igrace", 8, U64, ""},
	{"dqi_flags", 16, U32, ""},
	{"dqi_valid", 20, U32, ""},
}

// Sysinfo is struct sysinfo.
var Sysinfo = []Field{
	{"uptime", 0, I64, ""},
	{"loads", 8, Three64, ""},
	{"totalram", 32, U64, ""},
	{"freeram", 40, U64, ""},
	{"sharedram", 48, U64, ""},
	{"bufferram", 56, U64, ""},
	{"totalswap", 64, U64, ""},
	{"freeswap", 72, U64, ""},
	{"procs", 80, U16, ""},
}

// Stat is struct stat, what most want to know first.
var Stat = []Field{
	{"st_mode", 24, Mode32, ""},
	{"st_size", 48, I64, ""},
	{"st_ino", 8, U64, ""},
	{"st_nlink", 16, U64, ""},
	{"st_uid", 28, U32, ""},
	{"st_gid", 32, U32, ""},
	{"st_rdev", 40, Device64 | Optional, ""},
	{"st_blocks", 64, I64, ""},
	{"st_mtime", 88, Stamp64, ""},
}

// Statx is struct statx, up to its mount.
var Statx = []Field{
	{"stx_mode", 28, Mode16, ""},
	{"stx_size", 40, U64, ""},
	{"stx_ino", 32, U64, ""},
	{"stx_nlink", 16, U32, ""},
	{"stx_uid", 20, U32, ""},
	{"stx_gid", 24, U32, ""},
	{"stx_rdev", 128, Device32 | Optional, ""},
	{"stx_blocks", 48, U64, ""},
	{"stx_attributes", 8, Flags64 | Optional, "statx_attributes"},
	{"stx_mtime", 112, Stamp64, ""},
	{"stx_mnt_id", 144, U64 | Optional, ""},
}

// Statfs is struct statfs.
var Statfs = []Field{
	{"f_type", 0, Enum64, "filesystems"},
	{"f_bsize", 8, I64, ""},
	{"f_blocks", 16, U64, ""},
	{"f_bfree", 24, U64, ""},
	{"f_bavail", 32, U64, ""},
	{"f_files", 40, U64, ""},
	{"f_ffree", 48, U64, ""},
	{"f_namelen", 64, I64, ""},
	{"f_flags", 80, Flags64, "statfs_flags"},
}

// Rusage is struct rusage, as far as Linux fills it.
var Rusage = []Field{
	{"ru_utime", 0, Micro64, ""},
	{"ru_stime", 16, Micro64, ""},
	{"ru_maxrss", 32, I64, ""},
	{"ru_minflt", 64, I64, ""},
	{"ru_majflt", 72, I64, ""},
	{"ru_inblock", 88, I64, ""},
	{"ru_oublock", 96, I64, ""},
	{"ru_nvcsw", 128, I64, ""},
	{"ru_nivcsw", 136, I64, ""},
}

// Msghdr is struct msghdr.
var Msghdr = []Field{
	{"msg_name", 0, X64, ""},
	{"msg_namelen", 8, I32, ""},
	{"msg_iov", 16, X64, ""},
	{"msg_iovlen", 24, U64, ""},
	{"msg_control", 32, X64, ""},
	{"msg_controllen", 40, U64, ""},
	{"msg_flags", 48, X32, ""},
}

// MqAttr is struct mq_attr.
var MqAttr = []Field{
	{"mq_flags", 0, Flags64, "open_flags"},
	{"mq_maxmsg", 8, I64, ""},
	{"mq_msgsize", 16, I64, ""},
	{"mq_curmsgs", 24, I64, ""},
}

// Sigevent is struct sigevent.
var Sigevent = []Field{
	{"sigev_value", 0, X64, ""},
	{"sigev_signo", 8, Enum32, "signals"},
	{"sigev_notify", 12, Enum32, "sigev_notify"},
	{"sigev_tid", 16, I32 | Optional, ""},
}

// FlockHeld is struct flock as the kernel answers who holds a lock.
var FlockHeld = []Field{
	{"l_type", 0, Enum16, "flock_types"},
	{"l_whence", 2, Enum16, "seek_whence"},
	{"l_start", 8, I64, ""},
	{"l_len", 16, I64, ""},
	{"l_pid", 24, I32 | Optional, ""},
}

// Flock is struct flock as programs ask for a lock.
var Flock = FlockHeld[:4]

// FileHandle is the head of struct file_handle.
var FileHandle = []Field{
	{"handle_bytes", 0, U32, ""},
	{"handle_type", 4, X32, ""},
}

// CapHeader is struct __user_cap_header_struct.
var CapHeader = []Field{
	{"version", 0, Enum32, "capability_versions"},
	{"pid", 4, I32, ""},
}

// PerfEventAttr is the head of struct perf_event_attr.
var PerfEventAttr = []Field{
	{"type", 0, Enum32, "perf_types"},
	{"size", 4, U32, ""},
	{"config", 8, X64, ""},
	{"sample_period", 16, U64, ""},
	{"sample_type", 24, X64, ""},
	{"read_format", 32, X64, ""},
}

// FileAttr is struct file_attr.
var FileAttr = []Field{
	{"fa_xflags", 0, X64, ""},
	{"fa_extsize", 8, U32, ""},
	{"fa_nextents", 12, U32, ""},
	{"fa_projid", 16, U32, ""},
	{"fa_cowextsize", 20, U32, ""},
}
