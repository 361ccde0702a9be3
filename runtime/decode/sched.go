package decode

import "strconv"

const resetOnFork = 0x40000000 // SCHED_RESET_ON_FORK

// AppendSchedPolicy appends a scheduling policy.
func AppendSchedPolicy(dst []byte, names Names, policy int64) []byte {
	if policy&resetOnFork != 0 {
		dst = append(dst, "SCHED_RESET_ON_FORK|"...)
	}
	return AppendEnum(dst, names("sched_policies"), policy&^resetOnFork)
}

// AppendIoprio appends a priority of input and output: its class and the level.
func AppendIoprio(dst []byte, names Names, v int64) []byte {
	dst = append(AppendEnum(dst, names("ioprio_classes"), v>>13&7), '|')
	return strconv.AppendInt(dst, v&0x1fff, 10)
}

// AppendRlimit appends a struct rlimit: [cur,max], where no limit is -1.
func AppendRlimit(dst, b []byte) []byte {
	dst = strconv.AppendInt(append(dst, '['), i64(b, 0), 10)
	dst = strconv.AppendInt(append(dst, ','), i64(b, 8), 10)
	return append(dst, ']')
}
