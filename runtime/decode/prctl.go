package decode

import "strconv"

// operand is how an argument of prctl(2) is shown.
type operand struct {
	form operandForm
	set  string
}

type operandForm uint8

const (
	hexOperand operandForm = iota
	decOperand
	enumOperand
	flagsOperand
	countOperand // a name, or a signed number
)

func hexArgs(n int) []operand { return make([]operand, n) }

func named(sets ...string) (all []operand) {
	for _, set := range sets {
		all = append(all, operand{enumOperand, set})
	}
	return all
}

var (
	noOperand = hexArgs(0)
	oneHex    = hexArgs(1)
	oneDec    = []operand{{form: decOperand}}
)

// prctlOperands is what options take, by their number; those that are not here
// are shown with all four arguments.
var prctlOperands = map[int64][]operand{
	1:          oneHex,                                           // PR_SET_PDEATHSIG
	2:          oneHex,                                           // PR_GET_PDEATHSIG
	3:          noOperand,                                        // PR_GET_DUMPABLE
	4:          oneDec,                                           // PR_SET_DUMPABLE
	5:          oneHex,                                           // PR_GET_UNALIGN
	6:          named("prctl_unalign"),                           // PR_SET_UNALIGN
	7:          noOperand,                                        // PR_GET_KEEPCAPS
	8:          oneDec,                                           // PR_SET_KEEPCAPS
	9:          oneHex,                                           // PR_GET_FPEMU
	10:         named("prctl_fpemu"),                             // PR_SET_FPEMU
	11:         oneHex,                                           // PR_GET_FPEXC
	12:         named("prctl_fpexc"),                             // PR_SET_FPEXC
	13:         noOperand,                                        // PR_GET_TIMING
	14:         named("prctl_timing"),                            // PR_SET_TIMING
	15:         oneHex,                                           // PR_SET_NAME
	16:         oneHex,                                           // PR_GET_NAME
	19:         oneHex,                                           // PR_GET_ENDIAN
	20:         named("prctl_endian"),                            // PR_SET_ENDIAN
	21:         noOperand,                                        // PR_GET_SECCOMP
	22:         {{enumOperand, "seccomp_modes"}, {}},             // PR_SET_SECCOMP
	23:         named("capabilities"),                            // PR_CAPBSET_READ
	24:         named("capabilities"),                            // PR_CAPBSET_DROP
	25:         oneHex,                                           // PR_GET_TSC
	26:         named("prctl_tsc"),                               // PR_SET_TSC
	27:         noOperand,                                        // PR_GET_SECUREBITS
	28:         {{flagsOperand, "securebits"}},                   // PR_SET_SECUREBITS
	29:         oneDec,                                           // PR_SET_TIMERSLACK
	30:         noOperand,                                        // PR_GET_TIMERSLACK
	31:         noOperand,                                        // PR_TASK_PERF_EVENTS_DISABLE
	32:         noOperand,                                        // PR_TASK_PERF_EVENTS_ENABLE
	33:         named("prctl_mce_kill", "prctl_mce_kill_policy"), // PR_MCE_KILL
	34:         noOperand,                                        // PR_MCE_KILL_GET
	35:         {{enumOperand, "prctl_mm"}, {}},                  // PR_SET_MM
	36:         oneDec,                                           // PR_SET_CHILD_SUBREAPER
	37:         oneHex,                                           // PR_GET_CHILD_SUBREAPER
	38:         oneDec,                                           // PR_SET_NO_NEW_PRIVS
	39:         noOperand,                                        // PR_GET_NO_NEW_PRIVS
	40:         oneHex,                                           // PR_GET_TID_ADDRESS
	41:         oneHex,                                           // PR_SET_THP_DISABLE
	42:         noOperand,                                        // PR_GET_THP_DISABLE
	43:         noOperand,                                        // PR_MPX_ENABLE_MANAGEMENT
	44:         noOperand,                                        // PR_MPX_DISABLE_MANAGEMENT
	0x59616d61: {{countOperand, "prctl_ptracer"}},                // PR_SET_PTRACER
}

var allOperands = hexArgs(4)

// AppendPrctl appends prctl(2)'s option and those of the four arguments behind it
// that the option takes.
func AppendPrctl(dst []byte, names Names, option int64, args [4]int64) []byte {
	option = int64(uint32(option))
	dst = AppendEnum(dst, names("prctl_options"), option)
	list, known := prctlOperands[option]
	if !known {
		list = allOperands
	}
	for i, o := range list {
		dst = o.append(appendComma(dst), names, args[i])
	}
	return dst
}

func (o operand) append(dst []byte, names Names, v int64) []byte {
	switch o.form {
	case decOperand:
		return strconv.AppendUint(dst, uint64(v), 10)
	case enumOperand:
		return AppendEnum(dst, names(o.set), v)
	case flagsOperand:
		return AppendFlags(dst, names(o.set), v)
	case countOperand:
		return AppendEnumDecimal(dst, names(o.set), v)
	}
	return AppendAddress(dst, uint64(v))
}
