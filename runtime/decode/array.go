package decode

import "strconv"

// Element is one struct of an array.
type Element struct {
	Size   int
	Fields []Field
}

// The structs that come in arrays.
var (
	Pollfd     = Element{8, []Field{{"fd", 0, I32, ""}, {"events", 4, Flags16, "poll_events"}, {"revents", 6, Flags16 | Optional, "poll_events"}}}
	EpollEvent = Element{12, []Field{{"events", 0, Flags32, "epoll_events"}, {"data", 4, X64, ""}}}
	FutexWaitv = Element{24, []Field{{"val", 0, X64, ""}, {"uaddr", 8, X64, ""}, {"flags", 16, Futex32, ""}}}
	IoEvent    = Element{32, []Field{{"data", 0, X64, ""}, {"obj", 8, X64, ""}, {"res", 16, I64, ""}, {"res2", 24, I64, ""}}}
	Sembuf     = Element{6, []Field{{"sem_num", 0, U16, ""}, {"sem_op", 2, I16, ""}, {"sem_flg", 4, Flags16, "semop_flags"}}}
)

// AppendArray appends the structs in b, in brackets. Dots stand for what lies
// between b's end and the array's size, and beyond what a string can hold.
func AppendArray(dst []byte, names Names, e Element, b []byte, size int64) []byte {
	return appendList(dst, b, size, e.Size, func(dst, b []byte) []byte { return AppendFields(dst, names, e.Fields, b) })
}

// AppendIovecs appends an array of struct iovec: [{0x1000, 5}, …].
func AppendIovecs(dst, b []byte, size int64) []byte {
	return appendList(dst, b, size, iovecSize, func(dst, b []byte) []byte {
		dst = AppendAddress(append(dst, '{'), u64(b, 0))
		return append(strconv.AppendUint(appendComma(dst), u64(b, 8), 10), '}')
	})
}

// AppendInts appends an array of int.
func AppendInts(dst, b []byte, size int64) []byte {
	return appendList(dst, b, size, 4, func(dst, b []byte) []byte { return strconv.AppendInt(dst, i32(b, 0), 10) })
}

// AppendLongs appends an array of unsigned long.
func AppendLongs(dst, b []byte, size int64) []byte {
	return appendList(dst, b, size, 8, func(dst, b []byte) []byte { return strconv.AppendUint(dst, u64(b, 0), 10) })
}

// AppendLSMs appends an array of what identifies security modules.
func AppendLSMs(dst []byte, names Names, b []byte, size int64) []byte {
	set := names("lsm_ids")
	return appendList(dst, b, size, 8, func(dst, b []byte) []byte { return AppendEnum(dst, set, i64(b, 0)) })
}

// appendList appends elements of n bytes in brackets.
func appendList(dst, b []byte, size int64, n int, element func(dst, b []byte) []byte) []byte {
	start, more := len(dst), size-size%int64(n) > int64(len(b))
	dst = append(dst, '[')
	for ; len(b) >= n; b = b[n:] {
		before := len(dst)
		if len(dst) > start+1 {
			dst = appendComma(dst)
		}
		if dst = element(dst, b[:n]); len(dst)-start > MaxText-len(", ...]") {
			dst, more = dst[:before], true
			break
		}
	}
	return closeList(dst, start, more)
}

// closeList ends a list that began at start, with dots if there is more.
func closeList(dst []byte, start int, more bool) []byte {
	if more {
		if len(dst) > start+1 {
			dst = appendComma(dst)
		}
		dst = append(dst, "..."...)
	}
	return append(dst, ']')
}

// AppendBitset appends the numbers of the bits that are set: descriptors,
// processors.
func AppendBitset(dst, b []byte, size int64) []byte {
	start, more := len(dst), size > int64(len(b))
	dst = append(dst, '[')
	for i := range 8 * len(b) {
		if b[i/8]>>(i%8)&1 == 0 {
			continue
		}
		if len(dst)-start > MaxText-len(", 12345, ...]") {
			more = true
			break
		}
		if len(dst) > start+1 {
			dst = appendComma(dst)
		}
		dst = strconv.AppendInt(dst, int64(i), 10)
	}
	return closeList(dst, start, more)
}

const utsField = 65 // bytes of each text of struct utsname

var utsNames = [...]string{"sysname", "nodename", "release", "version", "machine"}

// AppendUtsname appends a struct utsname.
func AppendUtsname(dst, b []byte) []byte {
	dst = append(dst, '{')
	for i, name := range utsNames {
		if i > 0 {
			dst = appendComma(dst)
		}
		text := b[min(i*utsField, len(b)):min((i+1)*utsField, len(b))]
		dst = AppendQuoted(append(append(dst, name...), '='), text, 0)
	}
	return append(dst, '}')
}

// AppendPair appends two ints, as pipe(2) makes them.
func AppendPair(dst, b []byte) []byte {
	dst = strconv.AppendInt(append(dst, '['), i32(b, 0), 10)
	return append(strconv.AppendInt(appendComma(dst), i32(b, 4), 10), ']')
}

// AppendCapData appends the two struct __user_cap_data_structs of capget(2), whose
// sets have 32 bits each: {effective=…, permitted=…, inheritable=…}.
func AppendCapData(dst, b []byte) []byte {
	dst = append(dst, '{')
	for i, name := range [...]string{"effective", "permitted", "inheritable"} {
		if i > 0 {
			dst = appendComma(dst)
		}
		set := uint64(u32(b, 4*i)) | uint64(u32(b, 12+4*i))<<32
		dst = AppendAddress(append(append(dst, name...), '='), set)
	}
	return append(dst, '}')
}

// AppendSchedParam appends a struct sched_param: [priority].
func AppendSchedParam(dst, b []byte) []byte {
	return append(strconv.AppendInt(append(dst, '['), i32(b, 0), 10), ']')
}
