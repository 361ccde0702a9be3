package decode

import "strconv"

// AppendQuotactlCommand appends a command and the kind of quota that it is for.
func AppendQuotactlCommand(dst []byte, names Names, cmd int64) []byte {
	v := uint32(cmd)
	dst = append(AppendEnum(dst, names("quotactl_commands"), int64(v>>8)), '|')
	switch kind := v & 0xff; kind {
	case 0:
		return append(dst, "USRQUOTA"...)
	case 1:
		return append(dst, "GRPQUOTA"...)
	default:
		return AppendAddress(dst, uint64(kind))
	}
}

// DqblkSize is what AppendDqblk needs of a struct if_dqblk.
const DqblkSize = 40

var dqblkNames = [...]string{"dqb_bhardlimit", "dqb_bsoftlimit", "dqb_curspace", "dqb_ihardlimit", "dqb_isoftlimit"}

// AppendDqblk appends the limits of a struct if_dqblk; dots stand for the rest.
func AppendDqblk(dst, b []byte) []byte {
	dst = append(dst, '{')
	for i, name := range dqblkNames {
		dst = append(append(dst, name...), '=')
		dst = appendComma(strconv.AppendUint(dst, u64(b, 8*i), 10))
	}
	return append(dst, "...}"...)
}

const swapPrefer, swapPriority = 0x8000, 0x7fff

// AppendSwapFlags appends swapon(2)'s flags, and the priority if they say that
// there is one.
func AppendSwapFlags(dst []byte, names Names, flags int64) []byte {
	dst = AppendFlags(dst, names("swapon_flags"), flags&^swapPriority)
	if flags&swapPrefer != 0 {
		dst = strconv.AppendInt(append(dst, '|'), flags&swapPriority, 10)
	}
	return dst
}
