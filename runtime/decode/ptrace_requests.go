package decode

// form is what a request takes, in the labelled form.
type form uint8

const (
	noArgs form = iota
	pidOnly
	addrOnly
	dataOnly
	addrData
	signal    // data is a signal
	options   // data is a set of options
	sized     // addr is the size of what data points to
	indexed   // addr is a number
	regset    // addr is a note type, data points to an iovec
	archPrctl // data is the code, addr its argument
)

// form5 is how SystemTap 5 prints addr and data.
type form5 uint8

const (
	unknown5 form5 = iota // the request has no name there
	words5                // addr, data
	peek5                 // addr, [data]: the kernel stores the word at data
	signal5
	options5
	regset5
	area5 // a number, data
	archPrctl5
)

// request is one of ptrace(2)'s requests.
type request struct {
	number int64
	name   string
	form   form
	form5  form5
}

// requests are those of x86-64, by the kernel's names. The ones without a form
// in SystemTap 5 are younger than it.
var requests = [...]request{
	{0x0, "PTRACE_TRACEME", noArgs, words5},
	{0x1, "PTRACE_PEEKTEXT", addrOnly, peek5},
	{0x2, "PTRACE_PEEKDATA", addrOnly, peek5},
	{0x3, "PTRACE_PEEKUSR", addrOnly, peek5},
	{0x4, "PTRACE_POKETEXT", addrData, words5},
	{0x5, "PTRACE_POKEDATA", addrData, words5},
	{0x6, "PTRACE_POKEUSR", addrData, words5},
	{0x7, "PTRACE_CONT", signal, signal5},
	{0x8, "PTRACE_KILL", pidOnly, words5},
	{0x9, "PTRACE_SINGLESTEP", signal, signal5},
	{0xc, "PTRACE_GETREGS", dataOnly, words5},
	{0xd, "PTRACE_SETREGS", dataOnly, words5},
	{0xe, "PTRACE_GETFPREGS", dataOnly, words5},
	{0xf, "PTRACE_SETFPREGS", dataOnly, words5},
	{0x10, "PTRACE_ATTACH", pidOnly, words5},
	{0x11, "PTRACE_DETACH", signal, signal5},
	{0x12, "PTRACE_GETFPXREGS", dataOnly, words5},
	{0x13, "PTRACE_SETFPXREGS", dataOnly, words5},
	{0x15, "PTRACE_OLDSETOPTIONS", options, options5},
	{0x18, "PTRACE_SYSCALL", signal, signal5},
	{0x19, "PTRACE_GET_THREAD_AREA", indexed, area5},
	{0x1a, "PTRACE_SET_THREAD_AREA", indexed, area5},
	{0x1e, "PTRACE_ARCH_PRCTL", archPrctl, archPrctl5},
	{0x1f, "PTRACE_SYSEMU", signal, signal5},
	{0x20, "PTRACE_SYSEMU_SINGLESTEP", signal, signal5},
	{0x21, "PTRACE_SINGLEBLOCK", signal, signal5},
	{0x4200, "PTRACE_SETOPTIONS", options, options5},
	{0x4201, "PTRACE_GETEVENTMSG", dataOnly, words5},
	{0x4202, "PTRACE_GETSIGINFO", dataOnly, words5},
	{0x4203, "PTRACE_SETSIGINFO", dataOnly, words5},
	{0x4204, "PTRACE_GETREGSET", regset, regset5},
	{0x4205, "PTRACE_SETREGSET", regset, regset5},
	{0x4206, "PTRACE_SEIZE", options, words5},
	{0x4207, "PTRACE_INTERRUPT", pidOnly, words5},
	{0x4208, "PTRACE_LISTEN", pidOnly, words5},
	{0x4209, "PTRACE_PEEKSIGINFO", addrData, words5},
	{0x420a, "PTRACE_GETSIGMASK", sized, words5},
	{0x420b, "PTRACE_SETSIGMASK", sized, words5},
	{0x420c, "PTRACE_SECCOMP_GET_FILTER", indexed, unknown5},
	{0x420d, "PTRACE_SECCOMP_GET_METADATA", sized, unknown5},
	{0x420e, "PTRACE_GET_SYSCALL_INFO", sized, unknown5},
	{0x420f, "PTRACE_GET_RSEQ_CONFIGURATION", sized, unknown5},
	{0x4210, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG", sized, unknown5},
	{0x4211, "PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG", sized, unknown5},
	{0x4212, "PTRACE_SET_SYSCALL_INFO", sized, unknown5},
}

// findRequest is the request of a number, or nil.
func findRequest(number int64) *request {
	for i := range requests {
		if requests[i].number == number {
			return &requests[i]
		}
	}
	return nil
}
