package vm_test

import (
	"strings"
	"testing"

	"tapir/lang/doc"
	"tapir/runtime/vm"
)

// libraryRows run the functions of the library, built in or in the language, in
// a begin probe. Each row is named after the functions that it is about.
var libraryRows = []struct {
	functions string
	body      string
	want      string
}{
	// Strings.
	{"strlen substr", `println(strlen("hello"), "[", substr("hello", 1, 3), "][", substr("hello", 9, 2), "][", substr("hello", -1, 2), "]")`, "5[ell][][]\n"},
	{"isinstr strpos", `println(isinstr("hello", "ell"), isinstr("hello", "x"), strpos("hello", "l"), strpos("hello", "z"), strpos("hello", ""))`, "102-10\n"},
	{"stringat", `println(stringat("hello", 0), " ", stringat("hello", 4), " ", stringat("\xff", 0))`, "104 111 255\n"},
	{"stringat", `println("a", stringat("hello", 5))`, "ERROR: Position out of bounds near 'stringat' at 3:14\n"},
	{"stringat", `stringat("", -1)`, "ERROR: Position out of bounds near 'stringat' at 3:1\n"},
	{"str_replace", `println(str_replace("a-b-c", "-", "+"), str_replace("aaa", "aa", "b"), str_replace("abc", "x", "y"), str_replace("abc", "", "y"), str_replace("abc", "b", ""))`, "a+b+cbaabcabcac\n"},
	{"str_replace", `s = "0123456789abcdef"; for (i = 0; i < 5; i++) s = s . s; t = str_replace(s, "0", "xxxxxxxxxx"); println(strlen(t), substr(t, 0, 12))`, "511xxxxxxxxxx12\n"},
	{"strtol", `println(strtol("0x2a", 16), " ", strtol("052", 0), " ", strtol("-17", 10), " ", strtol("abc", 10))`, "42 42 -17 0\n"},
	{"isdigit", `println(isdigit("5"), isdigit("x"), isdigit("5x"), isdigit(""), isdigit("x5"))`, "10100\n"},
	{"tokenize", `println("[", tokenize("one two  three", " "), "]") for (i = 0; i < 4; i++) print("[", tokenize(" "), "]")`, "[one]\n[two][three][][]"},
	{"tokenize", `t = tokenize("a,b;c", ",;") while (t != "") { print("<", t, ">") t = tokenize(",;") }`, "<a><b><c>"},
	{"tokenize", `println(tokenize("k=v=w", "="), tokenize("", "="), tokenize(""), "|", tokenize(","))`, "kvw|\n"},
	{"tokenize", `println(tokenize(" "), "|", tokenize(",,", ","), "|", tokenize(","))`, "||\n"},
	{"text_str", `println(text_str("tab\tnl\nq\"bs\\bell\x07\xff end"))`, `tab\tnl\nq\"bs\\bell\a\377 end` + "\n"},
	{"text_strn", `println(text_strn("abcdefgh", 3, 0), " ", text_strn("abcdefgh", 3, 1), " ", text_strn("ab", 3, 1), " ", text_strn("a\tb", 10, 1), " ", text_strn("a\tb", 2, 0))`, `abc ""... "ab" "a\tb" a` + "\n"},
	{"string_quoted", `println(string_quoted("hi \"there\"\n"))`, `"hi \"there\"\n"` + "\n"},

	// Floating point.
	{"fp_add fp_div fp_to_string fp_to_long string_to_fp long_to_fp fp_lt",
		`println(fp_to_string(fp_add(string_to_fp("1.5"), string_to_fp("2.25")), 3), " ", fp_to_long(string_to_fp("3.7"), 0, 0), " ", fp_to_string(fp_div(long_to_fp(1), long_to_fp(3)), 6), " ", fp_lt(long_to_fp(1), long_to_fp(2)))`,
		"3.750 4 0.333333 1\n"},
	{"fp_to_long", `x = string_to_fp("-2.5"); for (i = 0; i < 5; i++) print(fp_to_long(x, i, 0)) println(" ", fp_to_long(string_to_fp("1e30"), 0, 1))`, "-2-2-3-2-3 -9223372036854775808\n"},
	{"string_to_fp", `println(fp_to_string(string_to_fp(" -.5e1x"), 1), " ", fp_to_string(string_to_fp("x"), 0), " ", fp_to_string(string_to_fp("."), 0), " ", fp_to_string(string_to_fp("7."), 0))`, "-5.0 0 0 7\n"},
	{"fp_sub fp_mul fp_rem fp_sqrt fp_eq fp_le", `a = long_to_fp(7); b = long_to_fp(2); println(fp_to_long(fp_sub(a, b), 0, 0), fp_to_long(fp_mul(a, b), 0, 0), fp_to_long(fp_rem(a, b), 0, 0), fp_to_string(fp_sqrt(b), 4), fp_eq(a, a), fp_eq(a, b), fp_le(b, a), fp_le(a, b))`, "514-11.41421010\n"},

	// Results, signals, numbers.
	{"errno_str errno_p", `println(errno_str(2), errno_str(-2), "[", errno_str(4096), "]", errno_p(-2), errno_p(2), errno_p(-4096))`, "ENOENTENOENT[]100\n"},
	{"return_str", `for (f = 0; f < 4; f++) for (r = -2; r < 3; r += 2) printf("%d,%d=%s ", f, r, return_str(f, r))`,
		"0,-2=-2 (ENOENT) 0,0=0 0,2=2 1,-2=-2 (ENOENT) 1,0=0 1,2=2 2,-2=-2 (ENOENT) 2,0=0x0 2,2=0x2 3,-2=-2 (ENOENT) 3,0=00 3,2=02 "},
	{"return_str", `println(return_str(1, -513), " ", return_str(2, -513), " ", return_str(1, -4096), " ", return_str(2, 65536))`, "-513 0xfffffffffffffdff -4096 0x10000\n"},
	{"assert", `assert(1 == 1) assert(1, "fine") assert(0, "assert message")`, "ERROR: assert message from 3:34\n"},
	{"signal_str", `println(signal_str(9), " ", signal_str(16), " ", signal_str(34), " ", signal_str(0), " ", signal_str(99))`, "SIGKILL SIGSTKFLT SIGRTMIN+2 0 99\n"},
	{"sigset_mask_str", `println(sigset_mask_str(0x103), "|", sigset_mask_str(0), "|", sigset_mask_str(-1 << 63))`, "1,2,9||64\n"},
	{"sa_flags_str sa_handler_str", `println(sa_flags_str(0x14000004), "|", sa_flags_str(0), "|", sa_handler_str(0), sa_handler_str(1), sa_handler_str(0x1000))`, "SIGINFO|RESTART|RESTORER||defaultignored0x1000\n"},
	{"randint", `for (i = 0; i < 100; i++) { r = randint(10); if (r < 0 || r > 9) println("bad ", r) } println(randint(1), randint(0))`, "00\n"},
	{"syscall_name syscall_num", `println(syscall_name(0), syscall_name(257), "[", syscall_name(99999), "]", syscall_num("openat"), syscall_num("no"))`, "readopenat[]257-1\n"},

	{"asmlinkage fastcall regparm", `asmlinkage() fastcall() regparm(3) println("on")`, "on\n"},

	// Devices, network.
	{"MAJOR MINOR MKDEV usrdev2kerndev", `println(MAJOR(2049), " ", MINOR(2049), " ", MKDEV(8, 1), " ", usrdev2kerndev(2049))`, "0 2049 8388609 8388609\n"},
	{"ntohs ntohl htons htonl ntohll htonll", `println(ntohs(1), " ", ntohl(1), " ", htons(0x1234), " ", htonl(0x12345678), " ", ntohll(1), " ", htonll(0xff))`, "256 16777216 13330 2018915346 72057594037927936 -72057594037927936\n"},
	{"bio_rw_str bio_rw_num", `println(bio_rw_str(0), bio_rw_str(1), bio_rw_str(0x801), bio_rw_num(0x801))`, "RWW1\n"},
	{"_sys_open_flag_str", `println(_sys_open_flag_str(0x241))`, "O_WRONLY|O_CREAT|O_TRUNC\n"},
	{"system switch_file", `system("echo nobody runs this"); switch_file(); println("on")`, "on\n"},
	{"ip_ntop format_ipaddr", `println(ip_ntop(htonl(0x7f000001)), " ", format_ipaddr(htonl(0xc0a80101), 2), "[", format_ipaddr(1, 10), "]")`, "127.0.0.1 192.168.1.1[]\n"},
	{"tcp_sockstate_str", `println(tcp_sockstate_str(1), tcp_sockstate_str(10))`, "TCP_ESTABLISHEDTCP_LISTEN\n"},

	// Terminals.
	{"ansi_set_color ansi_set_color2 ansi_set_color3 ansi_reset_color ansi_new_line",
		`ansi_set_color(31) ansi_reset_color() ansi_set_color2(31, 44) ansi_set_color(31, 44) ansi_set_color3(31, 44, 1) ansi_set_color(31, 44, 1) ansi_new_line()`,
		"\x1b[31m\x1b[0;0m\x1b[44;31m\x1b[44;31m\x1b[44;31;1m\x1b[44;31;1m\n"},
	{"ansi_clear_screen ansi_cursor_move ansi_cursor_hide ansi_cursor_show ansi_cursor_save ansi_cursor_restore",
		`ansi_clear_screen() ansi_cursor_move(3, 7) ansi_cursor_hide() ansi_cursor_show() ansi_cursor_save() ansi_cursor_restore()`,
		"\x1b[1;1H\x1b[J\x1b[7;3H\x1b[>5I\x1b[>5h\x1b[s\x1b[u"},

	// Nesting: the time in front is not stable.
	{"indent", `println(substr(indent(1), 6, 99), "|", substr(indent(1), 6, 99), "|", substr(indent(-1), 6, 99), "|", substr(indent(-1), 6, 99), "|", indent_depth(0))`, " :| : | : | :|0\n"},
	{"thread_indent", `println(isinstr(thread_indent(1), sprintf("%s(%d):", execname(), tid())), strlen(thread_indent(1)) - strlen(thread_indent(-2)))`, "10\n"},
	{"indent_depth thread_indent_depth", `println(indent_depth(1), indent_depth(1), indent_depth(1), indent_depth(-1), indent_depth(-1), indent_depth(0), indent_depth(-1), indent_depth(-1), thread_indent_depth(1), thread_indent_depth(0))`, "0122100000\n"},

	// Stopwatches and queues.
	{"start_stopwatch stop_stopwatch read_stopwatch_ns read_stopwatch_us read_stopwatch_ms read_stopwatch_s delete_stopwatch",
		`start_stopwatch("w") stop_stopwatch("w") a = read_stopwatch_ns("w") println(a > 0, a == read_stopwatch_ns("w"), a / 1000 == read_stopwatch_us("w"), read_stopwatch_ms("w") >= 0, read_stopwatch_s("w"))
		start_stopwatch("w") println(read_stopwatch_ns("w") > a) delete_stopwatch("w") println(read_stopwatch_ns("w"), read_stopwatch_s("no"))`,
		"11110\n1\n00\n"},
	{"qsq_start qs_wait qs_run qs_done qsq_utilization qsq_blocked qsq_wait_queue_length qsq_service_time qsq_wait_time qsq_throughput",
		`qsq_start("q") qs_wait("q") for (i = 0; i < 2000; i++) s = sprint(i) qs_run("q") for (i = 0; i < 2000; i++) s = sprint(i) qs_done("q")
		u = qsq_utilization("q", 100) b = qsq_blocked("q", 100)
		println(u > 0 && u <= 100, b > 0 && b <= 100, qsq_wait_queue_length("q", 1000) > 0, qsq_service_time("q", 1000) > 0, qsq_wait_time("q", 1000) > qsq_service_time("q", 1000), qsq_throughput("q", 1000000) > 0)`,
		"111111\n"},
	{"qsq_print", `qsq_print("none")`, "none: 0.000000 ops/s, 0.000000 qlen, 0 await, 0 svctm, 0% wait, 0% util\n"},

	// The probe and the session.
	{"pp pn ppfunc probefunc probe_type is_return user_mode", `println(pp(), "|", pn(), "|", ppfunc(), "|", probefunc(), "|", probe_type(), "|", is_return(), user_mode())`, "begin|begin||0x0|begin_end|00\n"},
	{"stp_pid target", `println(stp_pid() == pid(), target())`, "10\n"},
	{"cpuid mem_page_size HZ jiffies", `println(cpuid() >= 0, mem_page_size(), HZ() >= 100, jiffies() > 4000000000)`, "1409611\n"},
	{"remote_id remote_uri module_name", `println(remote_id(), "[", remote_uri(), "]", module_name())`, "-1[]tapir\n"},
	{"is_myproc", `println(is_myproc())`, "1\n"},
	{"log warn error", `log("a") warn("b") error("c")`, "a\nWARNING: b\nERROR: c\n"},

	// Stacks, of which there are none here, and addresses.
	{"backtrace ubacktrace callers ucallers stack ustack uaddr addr", `println("[", backtrace(), ubacktrace(), callers(-1), ucallers(2), "]", stack(0), ustack(0), uaddr(), addr())`, "[]0000\n"},
	{"print_backtrace print_ubacktrace print_ubacktrace_brief sprint_backtrace sprint_ubacktrace", `print_backtrace() print_ubacktrace() print_ubacktrace_brief() println("[", sprint_backtrace(), sprint_ubacktrace(), "]")`, "[]\n"},
	{"print_stack print_syms print_ustack print_usyms", `print_stack("0x1 0x2") print_syms("0x3") print_ustack("0x4") print_usyms("5 no 0x6") print_stack("")`, " 0x1\n 0x2\n 0x3\n 0x4\n 0x5\n 0x6\n"},
	{"sprint_stack sprint_syms sprint_ustack sprint_usyms", `print(sprint_stack("0x1 0x2"), sprint_syms("0x3"), sprint_ustack("0x4"), sprint_usyms("5"))`, "0x1\n0x2\n0x3\n0x4\n0x5\n"},
	{"symname symdata modname usymname usymdata umodname", `println(symname(1), symdata(2), modname(3), usymname(4), usymdata(5), umodname(6))`, "0x10x2<unknown>0x40x5<unknown>\n"},
	{"usymfile usymline usymfileline", `println(usymfile(1), usymline(2), usymfileline(3))`, "0x10x20x3\n"},
	{"caller caller_addr stack_size symfile symline symfileline", `println(caller(), caller_addr(), " ", stack_size(), symfile(1), symline(2), symfileline(3))`, "0x0 0x00 163840x10x20x3\n"},

	// Amounts and times for people.
	{"bytes_to_string pages_to_string", `println(bytes_to_string(5), "|", bytes_to_string(1023), "|", bytes_to_string(1024), "|", bytes_to_string(102399), "|", bytes_to_string(102400), "|", bytes_to_string(1 << 21), "|", bytes_to_string(5 << 30), "|", pages_to_string(3))`,
		"    5| 1023| 1.0K|99.9K| 100K| 2.0M| 5.0G|12.0K\n"},
	{"msecs_to_string usecs_to_string nsecs_to_string", `println(msecs_to_string(62003), " ", usecs_to_string(62000003), " ", nsecs_to_string(62000000003))`, "1m2.003s 1m2.000003s 1m2.000000003s\n"},
	{"cputime_to_msecs cputime_to_usecs cputime_to_string", `println(cputime_to_msecs(1234567890), " ", cputime_to_usecs(1234567890), " ", cputime_to_string(1234567890))`, "1234 1234567 0m1.234s\n"},

	{"vm_fault_contains", `println(vm_fault_contains(4, VM_FAULT_MAJOR), vm_fault_contains(4, VM_FAULT_MINOR), vm_fault_contains(0x200, VM_FAULT_MINOR), vm_fault_contains(0x201, VM_FAULT_ERROR), vm_fault_contains(0x40, VM_FAULT_OOM), vm_fault_contains(0x100, VM_FAULT_NOPAGE))`, "101101\n"},

	// Time.
	{"ctime tz_ctime tz_gmtoff tz_name", `println(ctime(0), "|", ctime(1700000000), "|", tz_ctime(0) == ctime(-tz_gmtoff()) . " " . tz_name(), tz_ctime() != "", strlen(ctime()))`,
		"Thu Jan  1 00:00:00 1970|Tue Nov 14 22:13:20 2023|1124\n"},
	{"local_clock_ns local_clock_us local_clock_ms local_clock_s cpu_clock_ns cpu_clock_us cpu_clock_ms cpu_clock_s",
		`a = cpu_clock_ns(); println(local_clock_ns() >= a, cpu_clock_ns(0) >= a, local_clock_us() >= a / 1000, cpu_clock_us(0) >= a / 1000, local_clock_ms() >= a / 1000000, cpu_clock_ms(0) >= a / 1000000, local_clock_s() >= a / 1000000000, cpu_clock_s(0) >= a / 1000000000)`,
		"11111111\n"},
}

func TestLibrary(t *testing.T) {
	for _, row := range libraryRows {
		t.Run(row.functions, func(t *testing.T) {
			r := compile(t, "\nprobe begin {\n"+row.body+"\n}\n").run(vm.Options{Limits: vm.Limits{Actions: 10000}})
			if got := r.out + r.errs; got != row.want {
				t.Errorf("in: %s\n got %q\nwant %q", row.body, got, row.want)
			}
		})
	}
}

// TestArraysAreNoParameters holds that an array of the script does not come between a
// function of the tapset and its parameter of that name.
func TestArraysAreNoParameters(t *testing.T) {
	r := compile(t, `global bytes probe begin { bytes["x"] = 2048; println(bytes_to_string(bytes["x"])) }`).run(vm.Options{})
	if want := " 2.0K\n"; r.out != want {
		t.Errorf("got %q, want %q\n%s", r.out, want, r.errs)
	}
}

// TestLibraryIsTested holds that every function that the reference describes and
// that needs no event has a row above, or a test elsewhere.
func TestLibraryIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, row := range libraryRows {
		for name := range strings.FieldsSeq(row.functions) {
			tested[name] = true
		}
	}
	for name := range strings.FieldsSeq(`
		pid tid ppid execname pexecname uid euid gid egid pgrp sid cpu get_cycles
		gettimeofday_ns gettimeofday_us gettimeofday_ms gettimeofday_s
		target_set_pid target_set_report in_target folio_pages exit abort speculation speculate commit discard matched matched_str ngroups
		json_set_prefix json_add_array json_add_array_numeric_metric json_add_array_string_metric json_add_numeric_metric json_add_string_metric`) {
		tested[name] = true
	}
	for _, e := range doc.All() {
		if e.Kind == doc.Function && !tested[e.Name] && !needsEvent(e) {
			t.Errorf("no test runs %s", e.Form)
		}
	}
}

func needsEvent(e *doc.Entry) bool {
	switch e.File {
	case "task.tp", "atomic.tp", "cmdline.tp", "dentry.tp", "proc_mem.tp", "signals.tp", "sock.tp", "vfs.tp":
		return true
	case "ioblock.tp":
		return e.Name != "bio_rw_num"
	}
	return strings.Contains(e.Text, "in probes of system calls") || strings.Contains(e.Text, "in probes that fire in the kernel") || strings.HasPrefix(e.Name, "user_") || e.Name == "returnstr"
}
