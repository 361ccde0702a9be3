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
