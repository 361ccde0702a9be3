package decode

const fanotifyClass = 0xc

// AppendFanotifyInit appends the class of notification and the flags beside it.
func AppendFanotifyInit(dst []byte, names Names, flags int64) []byte {
	v := uint32(flags)
	dst = AppendEnum(dst, names("fanotify_classes"), int64(v&fanotifyClass))
	if rest := v &^ fanotifyClass; rest != 0 {
		dst = AppendFlags(append(dst, '|'), names("fanotify_init_flags"), int64(rest))
	}
	return dst
}
