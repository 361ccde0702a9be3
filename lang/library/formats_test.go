package library

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/lang/source"
	"tapir/scripts"
)

// eventNames are the calls whose tracepoint has another name than the call: the
// kernel's function differs, as the call is not the first of its name.
var eventNames = map[string]string{
	"stat": "newstat", "lstat": "newlstat", "fstat": "newfstat", "uname": "newuname",
	"sendfile": "sendfile64", "umount2": "umount", "_sysctl": "sysctl",
}

// unlike are the arguments that are not read as the kernel declares them, and why.
var unlike = map[string]string{
	"preadv 1": signedFD, "preadv2 1": signedFD, "pwritev 1": signedFD, "pwritev2 1": signedFD,
	"readv 1": signedFD, "writev 1": signedFD,
	"mmap 5":   signedFD,
	"preadv 3": count, "preadv2 3": count, "pwritev 3": count, "pwritev2 3": count, "readv 3": count, "writev 3": count,
	"file_getattr 4": narrow, "file_setattr 4": narrow, "mbind 3": narrow, "rt_sigprocmask 4": narrow,
	"lsm_set_self_attr 3": "SystemTap takes the size for an address",
}

// unread are the arguments of the kernel's that a row leaves out, and why.
var unread = map[string]string{
	"preadv 5": upper, "preadv2 5": upper, "pwritev 5": upper, "pwritev2 5": upper,
	"membarrier 3": older, "clone 5": older,
}

const (
	signedFD = "a descriptor, which the kernel takes as a long, is shown as an int"
	upper    = "the upper half of an offset that is whole in the argument before it"
	older    = "SystemTap shows nothing of it"
	narrow   = "SystemTap reads the low half"
	count    = "a count that the kernel takes as a long is shown as an int"
)

// formats is the folder of the system calls' tracepoints, mounted for this test where
// it is not yet.
func formats(t *testing.T) string {
	t.Helper()
	const events = "events/syscalls"
	for _, root := range []string{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"} {
		if _, err := os.Stat(filepath.Join(root, events)); err == nil {
			return filepath.Join(root, events)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root: tracefs is not mounted")
	}
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tracefs", unix.MS_RDONLY, ""); err != nil {
		t.Skipf("needs tracefs: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Errorf("unmount tracefs: %v", err)
		}
	})
	if _, err := os.Stat(filepath.Join(dir, events)); err != nil {
		t.Skipf("needs the tracepoints of system calls: %v", err)
	}
	return filepath.Join(dir, events)
}

// param is an argument as the kernel declares it.
type param struct{ ctype, name string }

var formatField = regexp.MustCompile(`(?m)^\tfield:(.*?) ?(\w+);\toffset:(\d+);`)

// params are the arguments of a call by its tracepoint, if it has one.
func params(t *testing.T, dir, call string) (list []param, ok bool) {
	t.Helper()
	if other, ok := eventNames[call]; ok {
		call = other
	}
	text, err := os.ReadFile(filepath.Join(dir, "sys_enter_"+call, "format"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range formatField.FindAllStringSubmatch(string(text), -1) {
		if offset, _ := strconv.Atoi(m[3]); offset >= 16 { // behind the call's number
			list = append(list, param{m[1], m[2]})
		}
	}
	return list, true
}

// rows are all rows of the tapset's tables, parsed.
func rows(t *testing.T) (all []*call) {
	t.Helper()
	l := New(Options{Sources: &source.Set{}})
	l.AliasNames() // for which it has read all kinds
	err := fs.WalkDir(scripts.Tapset(), "syscalls", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".tbl" {
			return err
		}
		text, err := fs.ReadFile(scripts.Tapset(), path)
		for n, line := range tableLines(string(text)) {
			if strings.HasPrefix(line, "kind ") {
				continue
			}
			c, err := row{&l.tables, path, n, line}.parse()
			if err != nil {
				t.Errorf("%s:%d: %v", path, n, err)
				continue
			}
			all = append(all, c)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRowsAreAsTheKernelHasThem holds the rows against the formats of this kernel's
// tracepoints: the number of arguments, which of them are addresses, and how wide
// and whether signed the others are.
func TestRowsAreAsTheKernelHasThem(t *testing.T) {
	dir := formats(t)
	compared, without := 0, []string{}
	for _, c := range rows(t) {
		for _, kernel := range c.kernel {
			list, ok := params(t, dir, kernel)
			if !ok {
				without = append(without, kernel)
				continue
			}
			compared++
			matches(t, c, kernel, list)
		}
	}
	t.Logf("%d calls compared; the kernel has no format of %s", compared, strings.Join(without, " "))
	if compared < 300 {
		t.Errorf("only %d calls were compared", compared)
	}
}

var readsArgument = regexp.MustCompile(`\b(int|uint|long|ulong|pointer)_arg\((\d)\)`)

// matches checks a row against the arguments of its call.
func matches(t *testing.T, c *call, kernel string, list []param) {
	t.Helper()
	read := map[string]bool{}
	for _, m := range readsArgument.FindAllStringSubmatch(c.text, -1) {
		read[m[2]] = true
	}
	for _, a := range c.args {
		for _, m := range readsArgument.FindAllStringSubmatch(a.entry.statements, -1) {
			n, _ := strconv.Atoi(m[2]) // one digit
			read[m[2]] = true
			if n > len(list) {
				t.Errorf("%s: %s is argument %d of %d", c.name, a.name, n, len(list))
				continue
			}
			if _, ok := unlike[kernel+" "+m[2]]; ok {
				continue
			}
			if want := readings(list[n-1].ctype); !slices.Contains(want, m[1]) {
				t.Errorf("%s: %s reads argument %d, `%s %s`, by %s_arg, want %s", c.name, a.name, n, list[n-1].ctype, list[n-1].name, m[1], strings.Join(want, " or "))
			}
		}
	}
	for i, p := range list {
		n := strconv.Itoa(i + 1)
		if _, ok := unread[kernel+" "+n]; !ok && !read[n] {
			t.Errorf("%s reads nothing of argument %s, `%s %s`", c.name, n, p.ctype, p.name)
		}
	}
}

// ints and longs are the kernel's names of numbers of 32 and of 64 bits.
var (
	ints  = strings.Fields("int pid_t key_t mqd_t timer_t clockid_t key_serial_t rwf_t uid_t gid_t qid_t old_uid_t old_gid_t umode_t u32 __u32 __s32 unsigned")
	longs = strings.Fields("long size_t off_t loff_t u64 __u64 aio_context_t")
)

// readings are the functions that may read an argument of a type of the kernel's.
func readings(ctype string) []string {
	words64 := []string{"long", "ulong", "pointer"}
	fields := strings.Fields(strings.NewReplacer("const ", "", "*", " * ").Replace(ctype))
	switch last := fields[len(fields)-1]; {
	case slices.Contains(fields, "*") || strings.HasPrefix(last, "cap_user_"):
		return []string{"pointer", "ulong", "long"}
	case slices.Contains(longs, last) || last == "unsigned" && slices.Contains(fields, "long"):
		return words64
	case slices.Contains(ints, last), slices.Contains(fields, "enum"):
		return []string{"int", "uint"}
	}
	return []string{"a known type for " + ctype}
}
