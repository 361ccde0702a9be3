package vm

import "tapir/runtime/decode"

// structure says what becomes of a struct at the address that a function gets.
type structure struct {
	// null and bad are the texts of no address and of one that can't be read; if
	// they are empty, NULL and the address.
	null, bad string
	// empty is set if a size of 0 is as good as no address.
	empty bool
	// text gets the bytes that were read, and the size that the program told.
	text func(dst, b []byte, size int64) []byte
}

// structures is the code of the functions of structs, by name.
var structures = map[string]structure{
	"_timespec":   {text: bytesOnly(decode.AppendTimespecs)},
	"_timespecs":  {text: bytesOnly(decode.AppendTimespecs)},
	"_timeval":    {text: bytesOnly(decode.AppendTimevals)},
	"_timevals":   {text: bytesOnly(decode.AppendTimevals)},
	"_timezone":   {text: bytesOnly(decode.AppendTimezone)},
	"_itimerspec": {text: bytesOnly(decode.AppendItimer)},
	"_itimerval":  {text: bytesOnly(decode.AppendItimer)},
	"_timex":      {text: withNames(decode.AppendTimex)},
	"_tms":        {text: fields(decode.Tms)},
	"_rlimit":     {text: bytesOnly(decode.AppendRlimit)},
	"_sysinfo":    {text: fields(decode.Sysinfo)},
	"_sched_attr": {text: fields(decode.SchedAttr)},
	"_user_desc":  {text: bytesOnly(decode.AppendUserDesc)},

	"_sigset":      {text: withNames(decode.AppendSigset)},
	"_sigaction":   {text: withNames(decode.AppendSigaction)},
	"_sigaltstack": {text: withNames(decode.AppendSigaltstack), null: "0x0"},
	"_siginfo":     {text: withNames(decode.AppendSiginfo)},

	"_dqblk":       {text: bytesOnly(decode.AppendDqblk)},
	"_dqinfo":      {text: fields(decode.Dqinfo)},
	"_xattr_value": {text: bytesOnly(decode.AppendXattr), null: "0x0", empty: true},

	"_sockaddr":          {text: decode.AppendSockaddr, bad: "{...}"},
	"_sockaddr_family":   {text: decode.AppendSockaddrFamily, bad: "{...}"},
	"_sockaddr_ip":       {text: decode.AppendSockaddrIP, bad: "{...}"},
	"_sockaddr_port":     {text: decode.AppendSockaddrPort, bad: "{...}"},
	"_sockaddr_flowinfo": {text: decode.AppendSockaddrFlowinfo, bad: "{...}"},
	"_sockaddr_scope":    {text: decode.AppendSockaddrScope, bad: "{...}"},
}

// bytesOnly is a decoder of bytes alone.
func bytesOnly(f func(dst, b []byte) []byte) func([]byte, []byte, int64) []byte {
	return func(dst, b []byte, _ int64) []byte { return f(dst, b) }
}

// withNames is a decoder that has lists of names.
func withNames(f func(dst []byte, names decode.Names, b []byte) []byte) func([]byte, []byte, int64) []byte {
	return func(dst, b []byte, _ int64) []byte { return f(dst, flagSet, b) }
}

// fields is the decoder of a struct that is its fields.
func fields(list []decode.Field) func([]byte, []byte, int64) []byte {
	return func(dst, b []byte, _ int64) []byte { return decode.AppendFields(dst, flagSet, list, b) }
}

// structFunctions has the code of structures in the form of all other functions.
var structFunctions = func() table {
	t := table{}
	for name := range structures {
		s := structures[name]
		t[name] = builtin{append: s.append}
	}
	return t
}()

// append is the function itself: the address is its first argument, the size the
// second one, if it has any.
func (s structure) append(m *Machine, dst []byte) []byte {
	addr, size := m.args.ints[0], int64(0)
	if len(m.args.ints) > 1 {
		size = m.args.ints[1]
	}
	switch {
	case addr == 0 && s.null == "":
		return append(dst, "NULL"...)
	case addr == 0:
		return append(dst, s.null...)
	case s.empty && size == 0:
		return decode.AppendAddress(dst, uint64(addr))
	}
	b, errno := m.read()
	switch {
	case errno == 0:
		return s.text(dst, b, size)
	case s.bad != "":
		return append(dst, s.bad...)
	}
	return decode.AppendAddress(dst, uint64(addr))
}
