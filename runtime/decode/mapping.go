package decode

import "strconv"

// The size of mmap(2)'s huge pages: the logarithm in the flags' upper bits.
const (
	mapHugetlb   = 0x40000
	mapHugeShift = 26
	mapHugeMask  = 0x3f
)

// AppendMmapFlags appends mmap(2)'s flags, a size of huge pages in front:
// MAP_HUGE_2MB|MAP_PRIVATE|MAP_HUGETLB.
func AppendMmapFlags(dst []byte, names Names, flags int64) []byte {
	if log := flags >> mapHugeShift & mapHugeMask; log != 0 && flags&mapHugetlb != 0 {
		dst = append(appendSize(append(dst, "MAP_HUGE_"...), log), '|')
		flags &^= mapHugeMask << mapHugeShift
	}
	return AppendFlags(dst, names("mmap_flags"), flags)
}

// appendSize appends 2 to the power of log with a unit.
func appendSize(dst []byte, log int64) []byte {
	unit := min(log/10, 3)
	dst = strconv.AppendUint(dst, 1<<(log-10*unit), 10)
	if unit > 0 {
		dst = append(dst, " KMG"[unit])
	}
	return append(dst, 'B')
}

const mempolicyModeFlags = 0xc000

// AppendMempolicyMode appends a memory policy, its flags in front.
func AppendMempolicyMode(dst []byte, names Names, mode int64) []byte {
	if flags := mode & mempolicyModeFlags; flags != 0 {
		dst = append(AppendEnum(dst, names("mempolicy_mode_flags"), flags), '|')
	}
	return AppendEnum(dst, names("mempolicy_modes"), mode&^mempolicyModeFlags)
}
