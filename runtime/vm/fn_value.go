package vm

import "tapir/runtime/decode"

// valueFunctions make text of numbers.
var valueFunctions = table{
	"_adjtimex_ret":        value(decode.AppendTimexResult),
	"_fanotify_init_flags": value(decode.AppendFanotifyInit),
	"_futex2_flags":        value(decode.AppendFutex2Flags),
	"_futex_wake_op":       value(decode.AppendFutexWakeOp),
	"_ioprio_value":        value(decode.AppendIoprio),
	"_mempolicy_mode":      value(decode.AppendMempolicyMode),
	"_mmap_flags":          value(decode.AppendMmapFlags),
	"_quotactl_cmd":        value(decode.AppendQuotactlCommand),
	"_sched_policy":        value(decode.AppendSchedPolicy),
	"_shmget_flags":        value(decode.AppendShmgetFlags),
	"_sock_type":           value(decode.AppendSockType),
	"_swapon_flags":        value(decode.AppendSwapFlags),

	"_ipc_key":         nameless(decode.AppendIPCKey),
	"_sem_flags":       nameless(decode.AppendSemFlags),
	"_sigprocmask_how": nameless(decode.AppendSigprocmaskHow),
	"_mknod_mode":      nameless(func(dst []byte, v int64) []byte { return decode.AppendMode(dst, uint32(v)) }),

	"_enum_dec":  member(decode.AppendEnumDecimal),
	"_flags_dec": member(decode.AppendFlagsDecimal),
	"_ipc_cmd":   member(decode.AppendIPCCommand),

	"_sock_protocol": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendSockProtocol(dst, m.args.ints[0], m.args.ints[1])
	}},
	"_prctl_args": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendPrctl(dst, flagSet, m.args.ints[0], [4]int64(m.args.ints[1:]))
	}},
}

// value is a number whose text has names in it.
func value(f func(dst []byte, names decode.Names, v int64) []byte) builtin {
	return builtin{append: func(m *Machine, dst []byte) []byte { return f(dst, flagSet, m.args.ints[0]) }}
}

// nameless is a number whose text has none of the lists' names.
func nameless(f func(dst []byte, v int64) []byte) builtin {
	return builtin{append: func(m *Machine, dst []byte) []byte { return f(dst, m.args.ints[0]) }}
}

// member is a number with a list of names.
func member(f func(dst []byte, set decode.Set, v int64) []byte) builtin {
	return builtin{append: func(m *Machine, dst []byte) []byte {
		return f(dst, flagSet(m.args.texts[0]), m.args.ints[0])
	}}
}
