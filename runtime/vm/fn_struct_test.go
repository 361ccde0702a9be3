package vm

import (
	"encoding/binary"
	"testing"

	"tapir/compiler/bytecode"
	points "tapir/lang/builtin"
	"tapir/runtime/decode"
)

// runStructure is a function of a struct at an address, of which the event carries
// the bytes, or the errno of a failed read.
func runStructure(name string, addr, size int64, b []byte, errno int32) (text string, failed uint64) {
	record := make([]byte, 8, 8+len(b))
	binary.LittleEndian.PutUint32(record, 8)
	binary.LittleEndian.PutUint32(record[4:], uint32(len(b)))
	if errno != 0 {
		binary.LittleEndian.PutUint32(record[4:], uint32(-errno))
	}
	m := &Machine{
		record: append(record, b...), slots: []bytecode.Slot{{Present: true}}, readErrors: []uint64{0}, maxLen: decode.MaxText,
		args: arguments{call: &bytecode.BuiltinCall{Args: 2}, ints: []int64{addr, size}},
	}
	return string(structFunctions[name].append(m, nil)), m.readErrors[0]
}

// TestStructures holds of every function of a struct what all have in common.
func TestStructures(t *testing.T) {
	null := map[string]string{"_sigaltstack": "0x0", "_xattr_value": "0x0"}
	bad := map[string]string{}
	for _, name := range []string{"_sockaddr", "_sockaddr_family", "_sockaddr_ip", "_sockaddr_port", "_sockaddr_flowinfo", "_sockaddr_scope"} {
		bad[name] = "{...}"
	}
	or := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	for name := range structures {
		f := points.Lookup(name)
		if f == nil || !f.Tapset || f.Class != points.Memory {
			t.Errorf("%s is no function of memory: %+v", name, f)
			continue
		}
		most := max(f.Read.Size, f.Read.Max)
		b := make([]byte, most)
		if got, failed := runStructure(name, 0, int64(most), b, 0); got != or(null[name], "NULL") || failed != 0 {
			t.Errorf("%s of no address: %s, %d reads failed", name, got, failed)
		}
		if got, failed := runStructure(name, -1, int64(most), nil, 14); got != or(bad[name], "0xffffffffffffffff") || failed != 1 {
			t.Errorf("%s of a bad address: %s, %d reads failed", name, got, failed)
		}
		if got, failed := runStructure(name, 1, int64(most), b, 0); got == "NULL" || got == "0x1" || failed != 0 {
			t.Errorf("%s of zeros: %s, %d reads failed", name, got, failed)
		}
	}
	if got, _ := runStructure("_xattr_value", 0x70, 0, nil, 0); got != "0x70" {
		t.Errorf("an attribute of no bytes: %s", got)
	}
}

// TestStructuresDeclared holds that every function of a struct has its code here.
func TestStructuresDeclared(t *testing.T) {
	for _, f := range points.Functions {
		isStruct := f.Tapset && f.Class == points.Memory && (f.Names == "addr" || f.Names == "addr size")
		_, here := structures[f.Name]
		_, elsewhere := memory[f.Name]
		if isStruct && !here && !elsewhere {
			t.Errorf("%s has no code", f.Name)
		}
	}
}

// TestStructSizes holds that a struct's fields are all that is read of it, and all
// of them are.
func TestStructSizes(t *testing.T) {
	for name, fields := range map[string][]decode.Field{
		"_tms": decode.Tms, "_sysinfo": decode.Sysinfo, "_sched_attr": decode.SchedAttr, "_dqinfo": decode.Dqinfo, "_stat": decode.Stat,
		"_statx": decode.Statx, "_statfs": decode.Statfs, "_rusage": decode.Rusage, "_msghdr": decode.Msghdr, "_mq_attr": decode.MqAttr,
		"_sigevent": decode.Sigevent, "_flock": decode.Flock, "_flock_held": decode.FlockHeld, "_file_handle": decode.FileHandle, "_file_attr": decode.FileAttr,
		"_cap_header": decode.CapHeader, "_perf_event_attr": decode.PerfEventAttr, "_epoll_event": decode.EpollEvent.Fields,
		"_aio_sigset": decode.AioSigset, "_cachestat": decode.Cachestat, "_cachestat_range": decode.CachestatRange,
		"_io_uring_params": decode.IoUringParams, "_landlock_ruleset": decode.LandlockRuleset, "_landlock_path": decode.LandlockPath,
		"_landlock_port": decode.LandlockPort, "_listmount_request": decode.ListmountRequest, "_mount_attr": decode.MountAttr,
		"_open_how": decode.OpenHow, "_statmount": decode.Statmount, "_statmount_request": decode.StatmountRequest, "_xattr_args": decode.XattrArgs,
	} {
		r := points.Lookup(name).Read
		if want := decode.SizeOf(fields); max(r.Size, r.Max) != want {
			t.Errorf("%s reads %+v, its fields are %d bytes", name, *r, want)
		}
	}
	for name, size := range map[string]int{
		"_timespec": decode.TimespecSize, "_timespecs": 2 * decode.TimespecSize, "_timeval": decode.TimevalSize, "_timevals": 2 * decode.TimevalSize,
		"_timezone": decode.TimezoneSize, "_itimerspec": decode.ItimerspecSize, "_itimerval": decode.ItimerspecSize, "_timex": decode.TimexSize,
		"_sigaction": decode.SigactionSize, "_sigaltstack": decode.SigaltstackSize, "_siginfo": decode.SiginfoSize, "_dqblk": decode.DqblkSize,
		"_user_desc": decode.UserDescSize, "_sockaddr": decode.SockaddrMax, "_xattr_value": decode.XattrMax,
	} {
		if r := points.Lookup(name).Read; max(r.Size, r.Max) != size {
			t.Errorf("%s reads %+v, want %d bytes", name, *r, size)
		}
	}
}

// TestValueFunctions holds that the code of every number's text takes as many
// numbers as the language says.
func TestValueFunctions(t *testing.T) {
	for name, b := range valueFunctions {
		f := points.Lookup(name)
		if f == nil || !f.Tapset || f.Class != points.Pure {
			t.Errorf("%s is no pure function: %+v", name, f)
			continue
		}
		m := &Machine{maxLen: decode.MaxText, args: arguments{call: &bytecode.BuiltinCall{Args: len(f.Params)}}}
		for _, p := range f.Params {
			if p == f.Result {
				m.args.texts = append(m.args.texts, "signals")
			} else {
				m.args.ints = append(m.args.ints, -1)
			}
		}
		if got := b.append(m, nil); len(got) == 0 {
			t.Errorf("%s of -1 is nothing", name)
		}
	}
}
