package decode

import "strconv"

// The flags of semget(2) and msgget(2), and of control calls of all three kinds.
const (
	ipcCreat = 0x200
	ipcExcl  = 0x400
	ipc64    = 0x100
	modeBits = 0o777
)

// AppendSemFlags appends the flags of semget(2) and msgget(2), then the mode:
// IPC_CREAT|IPC_EXCL|0644; of none of them, nothing.
func AppendSemFlags(dst []byte, flags int64) []byte {
	start := len(dst)
	v := uint64(flags)
	if v&ipcCreat != 0 {
		dst = append(dst, "IPC_CREAT"...)
	}
	if v&ipcExcl != 0 {
		dst = append(appendBar(dst, start), "IPC_EXCL"...)
	}
	if rest := v &^ (ipcCreat | ipcExcl | modeBits); rest != 0 {
		dst = AppendAddress(appendBar(dst, start), rest)
	}
	if mode := v & modeBits; mode != 0 {
		dst = appendOctal(appendBar(dst, start), mode)
	}
	return dst
}

// AppendShmgetFlags appends the flags of shmget(2), and the mode if there is one.
func AppendShmgetFlags(dst []byte, names Names, flags int64) []byte {
	dst = AppendFlags(dst, names("shmget_flags"), flags&^modeBits)
	if mode := flags & modeBits; mode != 0 {
		dst = appendOctal(append(dst, '|'), uint64(mode))
	}
	return dst
}

// AppendIPCCommand appends the command of a control call, whose names are set.
func AppendIPCCommand(dst []byte, set Set, cmd int64) []byte {
	if cmd&ipc64 != 0 {
		dst = append(dst, "IPC_64|"...)
	}
	return AppendEnum(dst, set, cmd&^ipc64)
}

// AppendIPCKey appends the key of semget(2) and msgget(2).
func AppendIPCKey(dst []byte, key int64) []byte {
	if key == 0 {
		return append(dst, "IPC_PRIVATE"...)
	}
	return strconv.AppendInt(dst, key, 10)
}
