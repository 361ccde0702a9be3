package builtin

import (
	"strings"

	"tapir/lang/types"
)

// structs are the functions that make text of a struct in the traced program's
// memory: its address, and for those whose size the program tells, the number of
// bytes. runtime/vm has their code under the same names.
var structs = []Func{
	fixed("_timespec", 16, "a struct timespec"),
	fixed("_timespecs", 32, "two struct timespecs"),
	fixed("_timeval", 16, "a struct timeval"),
	fixed("_timevals", 32, "two struct timevals"),
	fixed("_timezone", 8, "a struct timezone"),
	fixed("_itimerspec", 32, "a struct itimerspec"),
	fixed("_itimerval", 32, "a struct itimerval"),
	fixed("_timex", 96, "a struct timex"),
	fixed("_tms", 32, "a struct tms"),
	fixed("_rlimit", 16, "a struct rlimit"),
	fixed("_sysinfo", 82, "a struct sysinfo"),
	fixed("_sched_attr", 48, "a struct sched_attr"),
	fixed("_user_desc", 16, "a struct user_desc"),
	fixed("_sigset", 8, "a set of signals"),
	fixed("_sigaction", 32, "a struct sigaction, without braces"),
	fixed("_sigaltstack", 24, "a stack_t"),
	fixed("_siginfo", 32, "a siginfo_t"),
	fixed("_dqblk", 40, "a struct if_dqblk"),
	fixed("_dqinfo", 24, "a struct if_dqinfo"),

	sized("_sockaddr", 128, "a socket's address"),
	sized("_sockaddr_family", 128, "the family of a socket's address"),
	sized("_sockaddr_ip", 128, "the internet address in a socket's address"),
	sized("_sockaddr_port", 128, "the port in a socket's address"),
	sized("_sockaddr_flowinfo", 128, "the flow in an IPv6 socket's address"),
	sized("_sockaddr_scope", 128, "the scope in an IPv6 socket's address"),
	sized("_xattr_value", 50, "an extended attribute's value"),

	// What calls fill in, and arrays.
	fixed("_stat", 104, "a struct stat"),
	fixed("_statx", 152, "a struct statx"),
	fixed("_statfs", 88, "a struct statfs"),
	fixed("_utsname", 325, "a struct utsname"),
	fixed("_rusage", 144, "a struct rusage"),
	fixed("_pair", 8, "two ints"),
	fixed("_msghdr", 52, "a struct msghdr"),
	fixed("_mq_attr", 32, "a struct mq_attr"),
	fixed("_sigevent", 20, "a struct sigevent"),
	fixed("_flock", 24, "a struct flock, without its owner"),
	fixed("_flock_held", 28, "a struct flock"),
	fixed("_sched_param", 4, "a struct sched_param"),
	fixed("_file_handle", 8, "the head of a struct file_handle"),
	fixed("_cap_header", 8, "a struct __user_cap_header_struct"),
	fixed("_cap_data", 24, "two struct __user_cap_data_structs"),
	fixed("_perf_event_attr", 40, "the head of a struct perf_event_attr"),
	fixed("_epoll_event", 12, "a struct epoll_event"),
	sized("_file_attr", 24, "a struct file_attr"),
	sized("_pollfds", 256, "an array of struct pollfd"),
	sized("_epoll_events", 240, "an array of struct epoll_event"),
	sized("_io_events", 256, "an array of struct io_event"),
	sized("_iovecs", 256, "an array of struct iovec"),
	sized("_sembufs", 96, "an array of struct sembuf"),
	sized("_ints", 128, "an array of ints"),
	sized("_longs", 256, "an array of unsigned longs"),
	sized("_bitset", 128, "the bits that are set, by their numbers"),

	// What calls take that SystemTap has no probes of.
	fixed("_cachestat", 40, "a struct cachestat"),
	fixed("_cachestat_range", 16, "a struct cachestat_range"),
	fixed("_io_uring_params", 28, "a struct io_uring_params"),
	fixed("_landlock_path", 12, "a struct landlock_path_beneath_attr"),
	fixed("_landlock_port", 16, "a struct landlock_net_port_attr"),
	fixed("_aio_sigset", 16, "a struct __aio_sigset"),
	sized("_futex_waitvs", 240, "an array of struct futex_waitv"),
	sized("_landlock_ruleset", 24, "a struct landlock_ruleset_attr"),
	sized("_listmount_request", 32, "a struct mnt_id_req of listmount"),
	sized("_lsm_ids", 128, "an array of security modules"),
	sized("_mount_attr", 32, "a struct mount_attr"),
	sized("_open_how", 24, "a struct open_how"),
	sized("_statmount", 80, "a struct statmount"),
	sized("_statmount_request", 32, "a struct mnt_id_req of statmount"),
	sized("_xattr_args", 16, "a struct xattr_args"),
}

// fixed is a struct of size bytes.
func fixed(name string, size int, doc string) Func {
	return Func{Name: name, Params: params{long}, Names: "addr", Result: str, Class: Memory, Tapset: true, Read: &Read{Size: size}, Doc: doc}
}

// sized is a struct of as many bytes as its second argument says, of which at most
// a number are read.
func sized(name string, most int, doc string) Func {
	return Func{Name: name, Params: params{long, long}, Names: "addr size", Result: str, Class: Memory, Tapset: true, Read: &Read{LenArg: 1, Max: most}, Doc: doc}
}

// numbers are the functions that make text of numbers which are neither flags nor
// a member of an enumeration.
var numbers = []Func{
	text("_adjtimex_ret", "ret", "adjtimex's result: the clock's state"),
	text("_fanotify_init_flags", "flags", "fanotify_init's flags"),
	text("_futex2_flags", "flags", "the flags of futex_wait and its kin"),
	text("_futex_wake_op", "val3", "the operation and the comparison of FUTEX_WAKE_OP"),
	text("_ioprio_value", "ioprio", "a class and level of input and output"),
	text("_ipc_key", "key", "the key of semget and msgget"),
	text("_mempolicy_mode", "mode", "a memory policy"),
	text("_mknod_mode", "mode", "a file's type and permissions"),
	text("_mmap_flags", "flags", "mmap's flags"),
	text("_prctl_args", "option arg2 arg3 arg4 arg5", "prctl's option and those of its arguments that it takes"),
	text("_quotactl_cmd", "cmd", "a command of quotactl and the kind of quota"),
	text("_sched_policy", "policy", "a scheduling policy"),
	text("_sem_flags", "flags", "the flags and the mode of semget and msgget"),
	text("_shmget_flags", "flags", "the flags and the mode of shmget"),
	text("_sigprocmask_how", "how", "what rt_sigprocmask does with a set"),
	text("_sock_protocol", "family protocol", "a socket's protocol"),
	text("_sock_type", "type", "a socket's type and flags"),
	text("_swapon_flags", "flags", "swapon's flags and priority"),
	{Name: "_enum_dec", Params: params{str, long}, Names: "set val", Result: str, Class: Pure, Tapset: true, Doc: "a value by the names of an enumeration, or in decimal"},
	{Name: "_flags_dec", Params: params{str, long}, Names: "set val", Result: str, Class: Pure, Tapset: true, Doc: "the bits of a value by the names of a flag set, others in decimal"},
	{Name: "_ipc_cmd", Params: params{str, long}, Names: "set cmd", Result: str, Class: Pure, Tapset: true, Doc: "the command of a control call of semaphores, messages or shared memory"},
}

// text is a function of as many numbers as it has names.
func text(name, names, doc string) Func {
	f := Func{Name: name, Names: names, Result: str, Class: Pure, Tapset: true, Doc: doc}
	for range strings.Fields(names) {
		f.Params = append(f.Params, types.Long)
	}
	return f
}
