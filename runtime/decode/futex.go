package decode

import "strconv"

const futexShiftedArg = 8 // the operand is the number of a bit

// AppendFutexWakeOp appends the operation and the comparison that FUTEX_WAKE_OP
// has in one number: {FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0}.
func AppendFutexWakeOp(dst []byte, names Names, val int64) []byte {
	v := uint32(val)
	op := v >> 28
	dst = append(dst, '{')
	if op&futexShiftedArg != 0 {
		dst = append(dst, "FUTEX_OP_OPARG_SHIFT|"...)
	}
	dst = AppendEnum(dst, names("futex_wake_ops"), int64(op&^futexShiftedArg))
	dst = strconv.AppendUint(appendComma(dst), uint64(v>>12&0xfff), 10)
	dst = AppendEnum(appendComma(dst), names("futex_wake_cmps"), int64(v>>24&0xf))
	dst = strconv.AppendUint(appendComma(dst), uint64(v&0xfff), 10)
	return append(dst, '}')
}

// futexSizes are the sizes of a futex by the two lowest bits of its flags.
var futexSizes = [4]string{"FUTEX2_SIZE_U8", "FUTEX2_SIZE_U16", "FUTEX2_SIZE_U32", "FUTEX2_SIZE_U64"}

// AppendFutex2Flags appends the flags of futex_wait(2) and its kin: the size, then
// the rest.
func AppendFutex2Flags(dst []byte, names Names, flags int64) []byte {
	v := uint32(flags)
	dst = append(dst, futexSizes[v&3]...)
	if rest := v &^ 3; rest != 0 {
		dst = AppendFlags(append(dst, '|'), names("futex2_flags"), int64(rest))
	}
	return dst
}
