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

	"_stat":            {text: fields(decode.Stat)},
	"_statx":           {text: fields(decode.Statx)},
	"_statfs":          {text: fields(decode.Statfs)},
	"_utsname":         {text: bytesOnly(decode.AppendUtsname)},
	"_rusage":          {text: fields(decode.Rusage)},
	"_pair":            {text: bytesOnly(decode.AppendPair)},
	"_msghdr":          {text: fields(decode.Msghdr)},
	"_mq_attr":         {text: fields(decode.MqAttr)},
	"_sigevent":        {text: fields(decode.Sigevent)},
	"_flock_held":      {text: fields(decode.FlockHeld)},
	"_flock":           {text: fields(decode.Flock)},
	"_sched_param":     {text: bytesOnly(decode.AppendSchedParam)},
	"_file_handle":     {text: fields(decode.FileHandle)},
	"_file_attr":       {text: fields(decode.FileAttr)},
	"_cap_header":      {text: fields(decode.CapHeader)},
	"_cap_data":        {text: bytesOnly(decode.AppendCapData)},
	"_perf_event_attr": {text: fields(decode.PerfEventAttr)},

	"_epoll_event":  {text: fields(decode.EpollEvent.Fields)},
	"_epoll_events": {text: arrayOf(decode.EpollEvent)},
	"_io_events":    {text: arrayOf(decode.IoEvent)},
	"_pollfds":      {text: arrayOf(decode.Pollfd)},
	"_sembufs":      {text: arrayOf(decode.Sembuf)},
	"_futex_waitvs": {text: arrayOf(decode.FutexWaitv)},
	"_iovecs":       {text: decode.AppendIovecs},
	"_ints":         {text: decode.AppendInts},
	"_longs":        {text: decode.AppendLongs},
	"_bitset":       {text: decode.AppendBitset},

	"_aio_sigset":        {text: fields(decode.AioSigset)},
	"_cachestat":         {text: fields(decode.Cachestat)},
	"_cachestat_range":   {text: fields(decode.CachestatRange)},
	"_io_uring_params":   {text: fields(decode.IoUringParams)},
	"_landlock_ruleset":  {text: fields(decode.LandlockRuleset)},
	"_landlock_path":     {text: fields(decode.LandlockPath)},
	"_landlock_port":     {text: fields(decode.LandlockPort)},
	"_listmount_request": {text: fields(decode.ListmountRequest)},
	"_mount_attr":        {text: fields(decode.MountAttr)},
	"_open_how":          {text: fields(decode.OpenHow)},
	"_statmount":         {text: fields(decode.Statmount)},
	"_statmount_request": {text: fields(decode.StatmountRequest)},
	"_xattr_args":        {text: fields(decode.XattrArgs)},
	"_lsm_ids": {text: func(dst, b []byte, size int64) []byte {
		return decode.AppendLSMs(dst, flagSet, b, size)
	}},
}

// arrayOf is the decoder of an array of structs.
func arrayOf(e decode.Element) func([]byte, []byte, int64) []byte {
	return func(dst, b []byte, size int64) []byte { return decode.AppendArray(dst, flagSet, e, b, size) }
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
