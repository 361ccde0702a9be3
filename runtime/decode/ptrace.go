package decode

import (
	"encoding/binary"
	"strconv"
)

// Ptrace is ptrace(2)'s arguments, and the bytes at the last one.
type Ptrace struct {
	Request, Pid int64
	Addr, Data   uint64
	// Iovec is what lies at Data, for the requests that take a struct iovec
	// there; short or nil if it could not be read.
	Iovec []byte
}

// PtraceSets are the lists of names that the arguments need.
type PtraceSets struct {
	Signals Set // signals
	Options Set // ptrace_options
	Notes   Set // elf_notes
	Arch    Set // arch_prctl
}

// AppendPtrace appends the arguments that the request uses, each labelled unless
// it explains itself, and leaves out what it ignores:
//
//	PTRACE_TRACEME                                 nothing, not even the pid
//	PTRACE_ATTACH, pid                             KILL, INTERRUPT, LISTEN
//	PTRACE_SEIZE, pid, OPTIONS                     SETOPTIONS, OLDSETOPTIONS
//	PTRACE_PEEKTEXT, pid, addr=0x…                 PEEKDATA, PEEKUSR
//	PTRACE_POKETEXT, pid, addr=0x…, data=0x…       POKEDATA, POKEUSR, PEEKSIGINFO
//	PTRACE_CONT, pid, SIGNAL                       all that let the tracee run, and DETACH
//	PTRACE_GETREGS, pid, data=0x…                  SETREGS, …, GETEVENTMSG, GETSIGINFO, SETSIGINFO
//	PTRACE_GETREGSET, pid, NT_NAME, [{0x…, len}]   SETREGSET; data=0x… if unreadable
//	PTRACE_GETSIGMASK, pid, size=n, data=0x…       requests that pass a size in addr
//	PTRACE_GET_THREAD_AREA, pid, index=n, data=0x… requests that pass an index in addr
//	PTRACE_ARCH_PRCTL, pid, ARCH_SET_FS, addr=0x…
//	0x…, pid, addr=0x…, data=0x…                   any other
func AppendPtrace(dst []byte, sets *PtraceSets, p Ptrace) []byte {
	r := findRequest(p.Request)
	if r == nil {
		dst = appendComma(AppendAddress(dst, uint64(p.Request)))
		dst = strconv.AppendInt(dst, p.Pid, 10)
		return appendWords(dst, p)
	}
	dst = append(dst, r.name...)
	if r.form == noArgs {
		return dst
	}
	dst = strconv.AppendInt(appendComma(dst), p.Pid, 10)
	switch r.form {
	case pidOnly:
		return dst
	case addrOnly:
		return AppendAddress(append(dst, ", addr="...), p.Addr)
	case dataOnly:
		return AppendAddress(append(dst, ", data="...), p.Data)
	case addrData:
		return appendWords(dst, p)
	case signal:
		return AppendSignal(appendComma(dst), sets.Signals, int64(p.Data))
	case options:
		return AppendFlags(appendComma(dst), sets.Options, int64(p.Data))
	case sized:
		dst = strconv.AppendUint(append(dst, ", size="...), p.Addr, 10)
		return AppendAddress(append(dst, ", data="...), p.Data)
	case indexed:
		dst = strconv.AppendInt(append(dst, ", index="...), int64(p.Addr), 10)
		return AppendAddress(append(dst, ", data="...), p.Data)
	case regset:
		dst = AppendEnum(appendComma(dst), sets.Notes, int64(uint32(p.Addr)))
		if p.Data != 0 && len(p.Iovec) < iovecSize {
			return AppendAddress(append(dst, ", data="...), p.Data)
		}
		return appendIovec(appendComma(dst), p)
	case archPrctl:
		dst = AppendEnumDecimal(appendComma(dst), sets.Arch, int64(p.Data))
		return AppendAddress(append(dst, ", addr="...), p.Addr)
	}
	panic("decode: ptrace request without a form")
}

// AppendPtrace5 appends the arguments as SystemTap 5 does: all four, without
// labels, addr and data each as the request takes it.
func AppendPtrace5(dst []byte, sets *PtraceSets, p Ptrace) []byte {
	r, form := findRequest(p.Request), unknown5
	if r != nil {
		form = r.form5
	}
	if form == unknown5 {
		dst = AppendAddress(dst, uint64(p.Request))
	} else {
		dst = append(dst, r.name...)
	}
	dst = appendComma(strconv.AppendInt(appendComma(dst), p.Pid, 10))
	switch form {
	case peek5:
		dst = append(appendComma(AppendAddress(dst, p.Addr)), '[')
		return append(AppendAddress(dst, p.Data), ']')
	case signal5:
		return AppendSignal(appendComma(AppendAddress(dst, p.Addr)), sets.Signals, int64(p.Data))
	case options5:
		return AppendFlags(appendComma(AppendAddress(dst, p.Addr)), sets.Options, int64(p.Data))
	case regset5:
		return appendIovec(appendComma(AppendEnum(dst, sets.Notes, int64(uint32(p.Addr)))), p)
	case area5:
		dst = appendComma(strconv.AppendInt(dst, int64(int32(p.Addr)), 10))
	case archPrctl5:
		dst = appendComma(AppendAddress(dst, p.Addr))
		return AppendEnumDecimal(dst, sets.Arch, int64(p.Data))
	default:
		dst = appendComma(AppendAddress(dst, p.Addr))
	}
	return AppendAddress(dst, p.Data)
}

func appendComma(dst []byte) []byte { return append(dst, ", "...) }

// appendWords appends addr and data as the words that they are.
func appendWords(dst []byte, p Ptrace) []byte {
	dst = AppendAddress(append(dst, ", addr="...), p.Addr)
	return AppendAddress(append(dst, ", data="...), p.Data)
}

// iovecSize is sizeof(struct iovec): a base and a length.
const iovecSize = 16

// appendIovec appends the one iovec that data points to, or data itself.
func appendIovec(dst []byte, p Ptrace) []byte {
	switch {
	case p.Data == 0:
		return append(dst, "NULL"...)
	case len(p.Iovec) < iovecSize:
		return AppendAddress(dst, p.Data)
	}
	dst = AppendAddress(append(dst, "[{"...), binary.LittleEndian.Uint64(p.Iovec))
	dst = strconv.AppendUint(appendComma(dst), binary.LittleEndian.Uint64(p.Iovec[8:]), 10)
	return append(dst, "}]"...)
}
