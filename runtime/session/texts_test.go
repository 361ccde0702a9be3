package session

import (
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/compiler/bytecode"
	"tapir/runtime/vm"
)

// workWithTexts makes calls with texts of lengths at which something ends: words, keys,
// what quotes leave room for, and strings of the language.
func workWithTexts(seed, calls int) {
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	setName("work-main")
	edge := edgeOfMemory()
	for range calls {
		switch r.IntN(12) {
		case 0:
			setName([]string{"a", "work-main", "0123456789abcde", "b"}[r.IntN(4)])
		case 1:
			syscall.RawSyscall(syscall.SYS_GETPPID, 0, 0, 0)
		case 2:
			// Above the program there may be its heap, anywhere within a GiB.
			access([]uintptr{0, 1, 0x5dead0000000, 0x800000000000, 0xffffffffff600000, 0xffff888000000000}[r.IntN(6)], r.IntN(4))
		case 3: // a text that ends with the memory, and one that goes beyond
			n := 1 + r.IntN(600)
			text := edge[len(edge)-n:]
			for i := range text {
				text[i] = 'e'
			}
			if r.IntN(2) == 0 {
				text[n-1] = 0
			}
			access(uintptr(unsafe.Pointer(&text[0])), r.IntN(4))
		default:
			copy(edge, append(boundaryText(r), 0)) // which stays where it is, unlike what Go has
			access(uintptr(unsafe.Pointer(&edge[0])), r.IntN(4))
		}
	}
}

func access(path uintptr, mode int) { syscall.RawSyscall(syscall.SYS_ACCESS, path, uintptr(mode), 0) }

// edgeOfMemory is a page behind which there is nothing, at the same place in every run.
func edgeOfMemory() []byte {
	const at, page = 0x600000000000, 4096
	addr, _, errno := syscall.RawSyscall6(syscall.SYS_MMAP, at, 2*page, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANONYMOUS|unix.MAP_FIXED_NOREPLACE, ^uintptr(0), 0)
	if errno != 0 {
		panic(errno)
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_MUNMAP, addr+page, page, 0); errno != 0 {
		panic(errno)
	}
	return unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&addr))), page)
}

// lengths are those of boundaryText.
var lengths = []int{
	0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 126, 127, 128, 129, 200, 255, 256, 300,
	503, 504, 506, 507, 508, 509, 510, 511, 512, 513, 519, 600, 2000,
}

// boundaryText is one of few texts of a length: equal but for its end, its beginning, or
// what needs escapes.
func boundaryText(r *rand.Rand) []byte {
	if r.IntN(3) == 0 {
		return []byte([]string{"/etc/passwd", "/etc/group", "/etc", "", "/usr/lib/a", "\"/etc/x\"", "0x1", "a\"b", "é€", "\xff\xfe", "a\nb\x01", "work-main"}[r.IntN(12)])
	}
	n := lengths[r.IntN(len(lengths))]
	text := []byte(strings.Repeat("/etc/abc", n/8+1)[:n])
	if n == 0 {
		return text
	}
	switch r.IntN(7) {
	case 0:
		text[n-1] = 'z'
	case 1:
		text[0] = 'X'
	case 2:
		text[n/2] = '"'
	case 3:
		text[n-1] = 0xc3
	case 4:
		copy(text[n/2:], "\xc3\xa9")
	}
	return text
}

// textCorpus is scripts about texts of programs.
var textCorpus = []struct {
	name   string
	text   string
	sent   bool
	errors int
	// rejects is set if the kernel rejects some events for their texts.
	rejects bool
}{
	{name: "as a key", text: `global c
on access { c[user_string_nofault(pointer_arg(1))]++ }
probe end { foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "as a key, with another text for what can't be read", text: `global c
on access { c[user_string(pointer_arg(1), "none"), execname(), int_arg(2)]++ }
probe end { foreach ([k, e, i] in c) println(strlen(k), k, " ", e, i, " ", c[k, e, i]) }`},
	{name: "as a key, or an error", errors: 100000, text: `global c, n, m
on access { n++; c[user_string(pointer_arg(1))]++; m++ }
probe end { println(n, " ", m); foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "as a key, or an error that ends it", text: `global c, n
function note(k) { n++; c[user_string(pointer_arg(1)), k]++; return 0 }
on access { note(int_arg(2)) }
probe error { println(n) }`},
	{name: "of the kernel's, or an error", errors: 100000, text: `global c
on access { if (pointer_arg(1) >= 0 && pointer_arg(1) <= 1) c[kernel_string(pointer_arg(1))]++; else c[kernel_string(pointer_arg(1), "other")]++ }
probe end { foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "a quoted key", text: `global c
on access { c[user_string_quoted(pointer_arg(1))]++ }
probe end { foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "a quoted key of statistics", text: `global c
on access { c[user_string_quoted(pointer_arg(1)), execname()] <<< int_arg(2) }
probe end { foreach ([k, e] in c) println(strlen(k), k, e, " ", @count(c[k, e]), @sum(c[k, e])) }`},
	{name: "a quoted key and a literal", text: `global c
probe begin { c["\"/etc/group\""] = 1000; c["0x1"] = 5; c["plain"] = 3 }
on access { c[user_string_quoted(pointer_arg(1))]++; c["\"/etc/passwd\""] += 100 }
on getppid { c["0x1"]++; c["\"\\303\\251\""]++; c["\""]++ }
probe end { foreach (k in c) println(k, " ", c[k]) }`},
	{name: "a quoted key that a timer looks at", text: `global c
on access { c[user_string_quoted(pointer_arg(1))]++ }
probe timer.ms(5) { foreach (k in c) if (0) println(k) }
probe end { foreach (k+ in c) println(k, " ", c[k]) }`},
	{name: "a full array", errors: 100000, text: `global c[7], n
on access { n++; c[user_string_nofault(pointer_arg(1))]++; n++ }
probe end { println(n); foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "a full array of quoted keys", errors: 100000, text: `global c[7], n
probe begin { c["\"/etc/group\""] = 1 }
on access { if (int_arg(2)) { n++; c[user_string_quoted(pointer_arg(1))]++; n++ } }
probe end { println(n); foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "a choice as a key", text: `global c
on access { c[int_arg(2) == 1 ? user_string_nofault(pointer_arg(1)) : int_arg(2) == 2 ? "two" : int_arg(2) ? execname() : user_string_quoted(pointer_arg(1))]++ }
probe end { foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "a choice of short texts as a key", text: `global c
on access { c[int_arg(2) == 1 ? execname() : int_arg(2) ? "two or three, and more" : "", user_string(pointer_arg(1), "") =~ "^/" ? "yes" : "no"]++ }
probe end { foreach ([k, l] in c) println(k, " ", l, " ", c[k, l]) }`},
	{name: "cut at a number", text: `global c
on access { c[user_string_n(pointer_arg(1), 9, ""), 1]++; c[user_string_n(pointer_arg(1), 8, "?"), 2]++; c[user_string_n(pointer_arg(1), 0, "?"), 3]++; c[user_string_n(pointer_arg(1), -4, "?"), 4]++; c[user_string_n(pointer_arg(1), 510, "?"), 5]++; c[user_string_n(pointer_arg(1), 511, "?"), 6]++; c[user_string_n(pointer_arg(1), 9999, "?"), 7]++ }
probe end { foreach ([k, i] in c) println(i, " ", strlen(k), k, " ", c[k, i]) }`},
	{name: "several texts as keys", text: `global c
on access { p = pointer_arg(1); c[user_string_nofault(p), user_string_n(p, 5, "none"), execname(), user_string_quoted(p)]++ }
probe end { foreach ([a, b, d, e] in c) println(strlen(a), a, " ", b, " ", d, " ", e, " ", c[a, b, d, e]) }`},
	{name: "a long literal as a key", text: `global c
on access { c[int_arg(2) & 1 ? "` + strings.Repeat("long", 127) + `" : "` + strings.Repeat("x", 511) + `"]++ }
probe end { foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "a literal too long", sent: true, text: `global c
on access { c[int_arg(2) & 1 ? "` + strings.Repeat("x", 513) + `" : "y"]++ }
probe end { foreach (k in c) println(strlen(k), k, " ", c[k]) }`},
	{name: "what threads have seen", text: `global seen, again
on access { f = user_string_nofault(pointer_arg(1)); if ([tid(), f] in seen) again[f]++; else seen[tid(), f] = 1; if (int_arg(2) == 3) delete seen[tid(), f] }
probe end { foreach (k in again) println(k, " ", again[k]); foreach ([t, k] in seen) println(k, " ", seen[t, k]) }`},
	{name: "what threads have seen, in quotes", sent: true, text: `global seen, again
on access { f = user_string_quoted(pointer_arg(1)); if ([tid(), f] in seen) again[f]++; else seen[tid(), f] = 1 }
probe end { foreach (k in again) println(k, " ", again[k]); foreach ([t, k] in seen) println(k, " ", seen[t, k]) }`},
	{name: "kept for the return", text: `global name, c, s
on access { name[tid()] = user_string_nofault(pointer_arg(1)) }
on access.return { if (tid() in name) { c[name[tid()]]++; s[name[tid()], execname()] <<< returnval(); delete name[tid()] } }
probe end { foreach (k in c) println(strlen(k), k, " ", c[k]); foreach ([k, e] in s) println(k, e, " ", @sum(s[k, e])) }`},
	{name: "kept for the return in quotes", text: `global name, c
on access { name[tid()] = int_arg(2) == 3 ? "three" : user_string_quoted(pointer_arg(1)) }
on access.return { if (tid() in name) { c[name[tid()]] <<< returnval(); delete name[tid()] } }
probe end { foreach (k in c) println(strlen(k), k, " ", @count(c[k]), " ", @sum(c[k])); foreach (t in name) println("left") }`},
	{name: "kept until the end", text: `global name, other
probe begin { name[-1] = "of old"; name[-2] = "" }
on access { name[tid()] = user_string_nofault(pointer_arg(1)); other[tid(), int_arg(2)] = user_string_quoted(pointer_arg(1)); if (int_arg(2) == 2) other[tid(), 9] = other[tid(), 2]; if (name[tid()] == "") delete other[tid(), 1] }
probe end { foreach (t in name) println(name[t]); foreach ([t, i] in other) println(i, other[t, i]) }`},
	{name: "kept and compared", text: `global name, n
on access { if (name[tid()] == user_string_nofault(pointer_arg(1))) n[0]++; if (name[tid()] =~ "c$") n[1]++; if (isinstr(name[tid()], "passwd")) n[2]++; name[tid()] = user_string_nofault(pointer_arg(1)) }
probe end { foreach (k in n) println(k, " ", n[k]) }`},
	{name: "kept in quotes and compared", sent: true, text: `global name, n
on access { if (name[tid()] =~ "c\"$") n++; name[tid()] = user_string_quoted(pointer_arg(1)) }
probe end { println(n) }`},
	{name: "kept by all", sent: true, text: `global name
on access { name[pid()] = user_string_nofault(pointer_arg(1)) }
probe end { foreach (t in name) println(name[t]) }`},
	{name: "kept, full", errors: 100000, text: `global name[3], n
on access { n++; name[tid(), int_arg(2)] = user_string_nofault(pointer_arg(1)); n++ }
probe end { println(n); foreach ([t, i] in name) println(i, name[t, i]) }`},
	{name: "compared", text: `global n
on access { f = user_string_nofault(pointer_arg(1)); if (f == "/etc/passwd") n[1]++; if (f != "/etc/passwd") n[2]++; if (f == "") n[3]++; if (f == "` + strings.Repeat("/etc/abc", 63) + `/etc/ab") n[4]++; if (f == "` + strings.Repeat("/etc/abc", 63) + `/etc/a") n[5]++
  if (f == execname()) n[6]++; if (f == user_string_n(pointer_arg(1), 16, "?")) n[7]++; if (f != kernel_string(pointer_arg(1), "")) n[8]++; if ("/etc" == f) n[9]++; if (f == (int_arg(2) ? "/etc/group" : "/etc/passwd")) n[10]++ }
probe end { foreach (k in n) println(k, " ", n[k]) }`},
	{name: "matched", text: `global n
on access { f = user_string(pointer_arg(1), "none"); if (f =~ "^/etc/") n[1]++; if (f !~ "^/etc/") n[2]++; if (f =~ "z$") n[3]++; if (f =~ "^$") n[4]++; if (f =~ "\"") n[5]++; if (f =~ "(abc/etc/){3,}") n[6]++; if (f =~ "e{511}") n[7]++; if (f =~ "^(none|/etc(/passwd)?)$") n[8]++; if (f =~ "[^a-z/]") n[9]++; if (f =~ "^.{509,510}$") n[10]++; if (f =~ "\n") n[11]++; if (f =~ "^.{511}$") n[12]++ }
probe end { foreach (k in n) println(k, " ", n[k]) }`},
	{name: "looked into", text: `global n
on access { f = user_string_nofault(pointer_arg(1)); if (isinstr(f, "abc/etc")) n[1]++; if (!isinstr(f, "/")) n[2]++; if (isinstr(f, "")) n[3]++; if (isinstr(f, ".")) n[4]++; if (isinstr(f, "a\"b")) n[5]++
  if (substr(f, 0, 5) == "/etc/") n[6]++; if (substr(f, 0, 5) != "/etc") n[7]++; if (substr(f, 0, 600) == "/etc/passwd") n[8]++; if ("X" == substr(f, 0, 1)) n[9]++; if (substr(f, 0, 3) == "") n[10]++; if (isinstr(execname(), "work")) n[11]++; if (substr(execname(), 0, 2) == "01") n[12]++ }
probe end { foreach (k in n) println(k, " ", n[k]) }`},
	{name: "compared with what the VM cuts", sent: true, text: `global n
on access { f = user_string_nofault(pointer_arg(1)); if (substr(f, 0, 600) == "` + strings.Repeat("/etc/abc", 65) + `") n[1]++; if (isinstr(f, "` + strings.Repeat("/etc/abc", 64) + `")) n[2]++; if (f == "` + strings.Repeat("/etc/abc", 64) + `") n[3]++ }
probe end { foreach (k in n) println(k, " ", n[k]) }`},
	{name: "compared in quotes with what the VM cuts", sent: true, text: `on access { if (user_string_quoted(pointer_arg(1)) == "\"` + strings.Repeat("/etc/abc", 63) + `/etc/a") println(int_arg(2)) }
on access { if (isinstr(user_string_quoted(pointer_arg(1)), "` + strings.Repeat("/etc/abc", 64) + `")) println("in ", int_arg(2)) }
on access { if (isinstr(user_string(pointer_arg(1)), "` + strings.Repeat("/etc/abc", 64) + `")) println("in ", int_arg(2)) }`, errors: 100000},
	{name: "passed to functions", text: `global c, n, m
function note(k, i) { if (i > 2) return 0; c[k, i]++; return isinstr(k, "etc") }
function twice(k, i) { x = i + 1; n += note(k, i) + note(execname(), x); if (k == "/etc/passwd") return 1000; return x }
on access { f = user_string_nofault(pointer_arg(1)); m += twice(f, int_arg(2)); for (i = 0; i < int_arg(2); i++) m += note(int_arg(2) & 1 ? f : user_string_quoted(pointer_arg(1)), i) * 100000 }
probe end { println(n, " ", m); foreach ([k, i] in c) println(i, strlen(k), k, " ", c[k, i]) }`, sent: true},
	{name: "passed to functions that count", text: `global c, n, m
function note(k, i) { if (i > 2) return 0; c[k, i]++; return isinstr(k, "etc") }
function twice(k, i) { x = i + 1; n += note(k, i) + note(execname(), x); if (k == "/etc/passwd") return 1000; return x }
on access { f = user_string_nofault(pointer_arg(1)); m += twice(f, int_arg(2)); m += note(f, 2) * 100000 }
on getppid { note("getppid", 1); note(execname(), 2) }
probe end { println(n, " ", m); foreach ([k, i] in c) println(i, strlen(k), k, " ", c[k, i]) }`},
	{name: "passed in quotes", text: `global c
function note(k, i) { c[k, i]++ }
on access { note(user_string_quoted(pointer_arg(1)), int_arg(2)); note(user_string(pointer_arg(1), "none"), 5) }
probe end { foreach ([k, i] in c) println(i, strlen(k), k, " ", c[k, i]) }`},
	{name: "passed, or an error", errors: 100000, sent: true, text: `global c, n
function note(k, i) { n++; if (i > 1) c[k, i]++ }
on access { note(user_string(pointer_arg(1)), int_arg(2)) }
probe end { println(n); foreach ([k, i] in c) println(i, strlen(k), k, " ", c[k, i]) }`},
	{name: "passed on for ever", sent: true, text: `global c
function note(k, i) { c[k, i]++; if (i > 0) note(k, i - 1) }
on access { note(user_string(pointer_arg(1), ""), int_arg(2)) }
probe end { foreach ([k, i] in c) println(i, strlen(k), k, " ", c[k, i]) }`},
	{name: "passed and changed", sent: true, text: `global c
function note(k, i) { if (i > 1) k = "other"; c[k, i]++ }
on access { note(user_string(pointer_arg(1), ""), int_arg(2)) }
probe end { foreach ([k, i] in c) println(i, strlen(k), k, " ", c[k, i]) }`},
	{name: "matched in a filter", sent: true, text: `on access { if (user_string_nofault(pointer_arg(1)) =~ "^/etc/[a-z]+$" && int_arg(2) > 1) println(user_string(pointer_arg(1))) }`},
	{name: "a filter rejects", sent: true, text: `on access { f = user_string(pointer_arg(1), ""); if (f !~ "passwd$") next; if (f == execname()) next; println(f) }`},
	{name: "matched in quotes in a filter", sent: true, rejects: true, text: `on access { f = user_string_quoted(pointer_arg(1)); if (f =~ "^\"/etc/[a-z]+\"$") println(f) }`},
	{name: "not matched in quotes in a filter", sent: true, rejects: true, text: `on access { f = user_string_quoted(pointer_arg(1)); if (f !~ "etc|e{9}" && int_arg(2)) println(f) }`},
	{name: "escapes matched in a filter", sent: true, rejects: true, text: `on access { f = user_string_quoted(pointer_arg(1)); if (f =~ "\\\\|[.]{3}|^0x.*0$") println(f) }`},
	{name: "looked into in quotes in a filter", sent: true, rejects: true, text: `on access { f = user_string_quoted(pointer_arg(1)); if (isinstr(f, "etc/p") || 0) println(f) }
on access { if (isinstr(user_string_quoted(pointer_arg(1)), "ab\"")) println("ab", int_arg(2)) }
on access { if (substr(user_string_quoted(pointer_arg(1)), 0, 3) == "\"/e") println("/e", int_arg(2)) }`},
	{name: "matched in a filter, or an error", sent: true, rejects: true, errors: 100000, text: `on access { if (user_string(pointer_arg(1)) =~ "^/etc/p") println("p") }
on access { if (user_string(pointer_arg(1)) !~ "^/etc/p") println("no p") }
on access { if (user_string(pointer_arg(1)) == "/etc/group" && int_arg(2) == 2) println("group") }
on access { if (user_string_n(pointer_arg(1), 4) == "/etc") println("etc") }`},
	{name: "counts, then prints", sent: true, text: `global c
on access { c[user_string_quoted(pointer_arg(1))]++; if (user_string_nofault(pointer_arg(1)) =~ "z$") println(user_string_quoted(pointer_arg(1))) }
probe end { foreach (k in c) println(k, " ", c[k]) }`},
	{name: "matched() is asked", sent: true, text: `on access { if (user_string_nofault(pointer_arg(1)) =~ "^/etc/(.*)$") println(matched(1)) }`},
	{name: "a variable of the tapset", text: `global c, n
probe syscall.access { if (pid() != target() || int_arg(2) > 3) next; c[pathname]++; if (pathname_unquoted =~ "^/etc") n++ }
probe end { println(n); foreach (k in c) println(k, " ", c[k]) }`},
	{name: "a family of calls", text: `global c
probe syscall.{a*,c*,m*,s*} { if (pid() == target() && name == "access" && int_arg(2) < 4) c[name, user_string_nofault(pointer_arg(1))]++ }
probe end { foreach ([n, k] in c) println(n, k, " ", c[n, k]) }`},
}

// TestTextPlacementsAgree runs the corpus about texts.
func TestTextPlacementsAgree(t *testing.T) {
	needRoot(t)
	noise(t)
	for i, row := range textCorpus {
		t.Run(row.name, func(t *testing.T) {
			for _, form := range formsOf(i) {
				got := compareAs(t, script(row.text), form, Options{Command: self(t, "__texts", 7, 3000), MaxErrors: row.errors})
				if sent := got.sum(layout.Sent); (sent > uint64(got.Errors)) != row.sent {
					t.Errorf("%+v: %d events were sent, %d errors", form, sent, got.Errors)
				}
				if n := got.sum(layout.Rejected); row.rejects && n < 500 {
					t.Errorf("%+v: only %d events were rejected", form, n)
				}
			}
		})
	}
}

// TestTextEncoding holds that texts come out of the kernel's form as they went in.
func TestTextEncoding(t *testing.T) {
	s := &shares{machine: vm.New(&bytecode.Program{}, vm.Options{})}
	for _, text := range []string{"", "a", `"/etc/passwd"`, `""`, "0x7f00", "0x", `"`, `"\303\251"`, `"\u00E9"`, `"x"...`, strings.Repeat("x", 511)} {
		for _, quoted := range []bool{false, true} {
			b := make([]byte, layout.TextSize)
			encodeText(b, text, quoted)
			if got := s.decodeText(b, quoted); got != text {
				t.Errorf("%q: got %q", text, got)
			}
		}
	}
}
