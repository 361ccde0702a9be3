package decode

// Structs of the calls that are younger than SystemTap's.

// OpenHow is openat2(2)'s struct open_how.
var OpenHow = []Field{
	{"flags", 0, Open64, ""},
	{"mode", 8, Oct64 | Optional, ""},
	{"resolve", 16, Flags64, "openat2_resolve"},
}

// MountAttr is struct mount_attr.
var MountAttr = []Field{
	{"attr_set", 0, Flags64, "mount_attributes"},
	{"attr_clr", 8, Flags64, "mount_attributes"},
	{"propagation", 16, Flags64, "mount_propagation"},
	{"userns_fd", 24, U64, ""},
}

// IoUringParams is struct io_uring_params, without the rings' offsets.
var IoUringParams = []Field{
	{"sq_entries", 0, U32 | Optional, ""},
	{"cq_entries", 4, U32 | Optional, ""},
	{"flags", 8, Flags32, "io_uring_setup_flags"},
	{"sq_thread_cpu", 12, U32 | Optional, ""},
	{"sq_thread_idle", 16, U32 | Optional, ""},
	{"wq_fd", 24, U32 | Optional, ""},
	{"features", 20, Flags32 | Optional, "io_uring_features"},
}

// LandlockRuleset is struct landlock_ruleset_attr.
var LandlockRuleset = []Field{
	{"handled_access_fs", 0, Flags64, "landlock_fs_access"},
	{"handled_access_net", 8, Flags64, "landlock_net_access"},
	{"scoped", 16, Flags64, "landlock_scopes"},
}

// LandlockPath is struct landlock_path_beneath_attr.
var LandlockPath = []Field{
	{"allowed_access", 0, Flags64, "landlock_fs_access"},
	{"parent_fd", 8, I32, ""},
}

// LandlockPort is struct landlock_net_port_attr.
var LandlockPort = []Field{
	{"allowed_access", 0, Flags64, "landlock_net_access"},
	{"port", 8, U64, ""},
}

// CachestatRange is struct cachestat_range.
var CachestatRange = []Field{
	{"off", 0, U64, ""},
	{"len", 8, U64, ""},
}

// Cachestat is struct cachestat.
var Cachestat = []Field{
	{"nr_cache", 0, U64, ""},
	{"nr_dirty", 8, U64, ""},
	{"nr_writeback", 16, U64, ""},
	{"nr_evicted", 24, U64, ""},
	{"nr_recently_evicted", 32, U64, ""},
}

// StatmountRequest and ListmountRequest are struct mnt_id_req, whose param is of
// the call.
var (
	StatmountRequest = []Field{
		{"size", 0, U32, ""},
		{"mnt_ns_fd", 4, U32 | Optional, ""},
		{"mnt_id", 8, X64, ""},
		{"param", 16, Flags64, "statmount_mask"},
		{"mnt_ns_id", 24, X64 | Optional, ""},
	}
	ListmountRequest = []Field{
		{"size", 0, U32, ""},
		{"mnt_ns_fd", 4, U32 | Optional, ""},
		{"mnt_id", 8, Enum64, "listmount_roots"},
		{"param", 16, X64, ""},
		{"mnt_ns_id", 24, X64 | Optional, ""},
	}
)

// Statmount is struct statmount without its texts.
var Statmount = []Field{
	{"size", 0, U32, ""},
	{"mask", 8, Flags64, "statmount_mask"},
	{"sb_dev", 16, Device32 | Optional, ""},
	{"sb_magic", 24, Enum64 | Optional, "filesystems"},
	{"mnt_id", 40, X64 | Optional, ""},
	{"mnt_parent_id", 48, X64 | Optional, ""},
	{"mnt_id_old", 56, U32 | Optional, ""},
	{"mnt_parent_id_old", 60, U32 | Optional, ""},
	{"mnt_attr", 64, Flags64 | Optional, "mount_attributes"},
	{"mnt_propagation", 72, Flags64 | Optional, "mount_propagation"},
}

// XattrArgs is struct xattr_args.
var XattrArgs = []Field{
	{"value", 0, X64, ""},
	{"size", 8, U32, ""},
	{"flags", 12, Flags32, "xattrat_flags"},
}

// AioSigset is struct __aio_sigset: where io_pgetevents(2)'s set is.
var AioSigset = []Field{
	{"sigmask", 0, X64, ""},
	{"sigsetsize", 8, U64, ""},
}
