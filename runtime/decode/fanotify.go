package decode

const fanotifyClass = 0xc

// AppendFanotifyInit appends the class of notification and the flags beside it.
func AppendFanotifyInit(dst []byte, names Names, flags int64) []byte {
	dst = AppendEnum(dst, names("fanotify_classes"), flags&fanotifyClass)
	if rest := flags &^ fanotifyClass; rest != 0 {
		dst = AppendFlags(append(dst, '|'), names("fanotify_init_flags"), rest)
	}
	return dst
}
