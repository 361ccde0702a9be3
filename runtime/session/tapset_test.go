package session

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	live "tapir/bpf/target"
	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// refusal says why a script does not compile for the running kernel; nothing if it does.
func refusal(t *testing.T, text string) string {
	t.Helper()
	kernel := thisKernel(t)
	return refusalOf(kernel, text)
}

func refusalOf(kernel *live.Kernel, text string) string {
	set := &source.Set{}
	render := func(ds *source.Diagnostics) string {
		var b strings.Builder
		_ = source.Render(&b, set, ds.List, source.RenderOptions{})
		return b.String()
	}
	options := syntax.Options{Kernel: kernel.Release}
	lib := library.New(library.Options{Sources: set, Syntax: options})
	options.Macros = lib.Macros(text)
	file, ds := syntax.Parse(set, "test.tp", text, options)
	if ds != nil && ds.HasErrors() {
		return render(ds)
	}
	program, ds := check.Check(set, []*syntax.File{file}, lib, kernel, check.Options{})
	if ds.HasErrors() {
		return render(ds)
	}
	if _, ds = compiler.Compile(program, kernel, compiler.Options{}); ds.HasErrors() {
		return render(ds)
	}
	return ""
}

// TestPathsNeedLoops holds that a kernel without bpf_loop is told apart.
func TestPathsNeedLoops(t *testing.T) {
	kernel, err := liveKernel()
	if err != nil || kernel.Type("task_struct") == nil {
		t.Skip("needs the kernel's types: ", err)
	}
	old := kernel.As(live.Version{Major: 5, Minor: 15})
	const want = "paths are read by bpf_loop, which kernels before 5.17 do not have"
	if got := refusalOf(old, `probe kernel.trace("sched_switch") { println(d_path(0)) }`); !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestManyFindTasks has tasks looked for, and paths read, by a probe of many calls,
// whose events carry what is read.
func TestManyFindTasks(t *testing.T) {
	needRoot(t)
	o := run(t, `probe syscall.get*id { if (pid() == target()) println(name, " ", pid2task(pid())->pid == pid(), " ", fullpath_struct_path(task_cwd_path(task_current())) != "") }`,
		plan.Auto, Options{Command: self(t, "__calls", 3)})
	if got := strings.Count(o.out, "getppid 1 1\n"); got != 3 {
		t.Errorf("%d lines, want 3:\n%s%s", got, o.out, o.err)
	}
}

// makeEvents does something for each of the probe points that TestTapsetEvents watches.
func makeEvents() {
	must := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	must(syscall.Kill(os.Getpid(), syscall.SIGUSR1))
	<-c

	_ = exec.Command("/bin/sh", "-c", "exit 3", "two words").Run() // its status is not 0
	talk(must)

	f, err := os.CreateTemp("", "tapset")
	must(err)
	_, err = f.WriteString("text")
	must(err)
	must(f.Sync())
	must(f.Close())
	must(os.Remove(f.Name()))

	b, err := syscall.Mmap(-1, 0, 3*4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	must(err)
	b[4096] = 1
	must(syscall.Munmap(b))
}

// talk sends by TCP and UDP to itself.
func talk(must func(error)) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(err)
	out, err := net.Dial("tcp4", l.Addr().String())
	must(err)
	in, err := l.Accept()
	must(err)
	_, err = out.Write([]byte("hello"))
	must(err)
	_, err = in.Read(make([]byte, 100))
	must(err)
	must(out.Close())
	must(in.Close())

	p, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(err)
	_, err = p.WriteTo([]byte("abc"), p.LocalAddr())
	must(err)
	_, _, err = p.ReadFrom(make([]byte, 10))
	must(err)
}

// eventRows are what probe points of the tapset see of makeEvents, whose process is
// target(): the lines that must be among those that are printed.
var eventRows = []struct {
	name, script string
	want         []string
}{
	{"signals", `
probe signal.send, signal.send.return { if (pid() == target() && sig_pid == target()) println(name, " ", sig, " ", sig_name, " ", pid_name == execname(), " ", shared, " ", send2queue) }
probe signal.send { if (pid() == target() && sig == 10) println(si_code, " ", task_pid(task) == target()) }
probe signal.send.return { if (pid() == target() && sig == 10) println(retstr) }
probe signal.deliver, signal.handle { if (pid() == target()) println(name, " ", sig_name, " ", sig_code, " ", sa_handler > 1, " ", get_sa_handler(ka_addr) == sa_handler && get_sa_flags(ka_addr) == sa_flags, " ", sa_flags_str(sa_flags) != "", " ", is_sig_blocked(task_current(), 34)) }
probe signal.syskill { if (pid() == target()) println(name, " ", pid_name == execname()) }
probe signal.syskill.return { if (pid() == target()) println(name, " ", retstr) }`,
		[]string{"send 10 SIGUSR1 1 1 0", "SI_USER 1", "Signal sent to process", "deliver SIGUSR1 0 1 1 1 0", "handle SIGUSR1 0 1 1 1 0", "syskill 1", "syskill 0"}},
	{"processes", `
probe kprocess.create { if (pid() == target() && new_pid != pid()) println("create ", task_pid(task) == new_pid, " ", new_pid == new_tid) }
probe kprocess.start { if (ppid() == target()) println(name) }
probe kprocess.exec { if (ppid() == target()) println(filename, " ", args, "|", argstr) }
probe kprocess.exec_complete { if (ppid() == target()) println(name, errno, success) }
probe kprocess.exit { if (ppid() == target()) println("exit ", code) }
probe scheduler.process_fork { if (pid() == target() && parent_pid != child_pid) println("fork ", parent_pid == target()) }
probe scheduler.process_exit { if (ppid() == target()) println(name, " ", pid == pid(), " ", priority > 99) }
probe scheduler.process_wait { if (pid() == target()) println(name) }
probe scheduler.wakeup_new { if (pid() == target()) println(name, " ", task_tid >= task_pid, " ", task_state) }
probe scheduler.signal_send { if (pid() == target() && pid == target()) println(name, " ", signal_number) }`,
		[]string{"create 1 1", "start", `/bin/sh ["/bin/sh", "-c", "exit 3", "two words"]|/bin/sh ["/bin/sh", "-c", "exit 3", "two words"]`,
			"exec_complete01", "exit 768", "fork 1", "process_exit 1 1", "wakeup_new 1 0", "signal_send 10"}},
	{"the scheduler", `
probe scheduler.ctxswitch { if (prev_pid == target()) println("off ", prev_tid == tid(), " ", prev_task_name == execname(), " ", prev_priority > 99, " ", next_task != prev_task) }
probe scheduler.ctxswitch { if (next_pid == target()) println("on ", next_task_name != "", " ", nexttsk_state) }
probe scheduler.cpu_off { if (pid() == target()) println(name, " ", task_prev == task_current(), " ", idle) }
probe scheduler.cpu_on { if (task_pid(task_next) == target()) println(name, " ", idle) }
probe scheduler.wakeup { if (task_pid == target()) println(name, " ", task_priority > 99) }`,
		[]string{"off 1 1 1 1", "on 1 0", "cpu_off 1 0", "cpu_on 0", "wakeup 1"}},
	{"the network", `
probe tcp.receive { if (saddr == "127.0.0.1" && pid() == target()) println(name, " ", daddr, " ", protocol, family, " syn ", syn, " ", sport > 0 && dport > 0 && sport != dport) }
probe netdev.transmit, netdev.hard_transmit { if (pid() == target()) println(name, " ", dev_name, " ", length > 40, " ", ntohs(protocol)) }
probe netdev.rx, netdev.receive { if (pid() == target() && dev_name == "lo") println(name, " ", length > 20) }
probe netdev.hard_transmit.return { if (pid() == target()) println(name, " ", retval) }
probe tcpmib.ActiveOpens, tcpmib.PassiveOpens { if (pid() == target()) println(pn(), " ", op, " ", tcpmib_remote_addr(sk) == 0x7f000001, tcpmib_remote_port(sk) > 0, tcpmib_local_port(sk) >= 0, tcpmib_local_addr(sk) == 0x7f000001, " ", tcpmib_get_state(sk) == tcp_ts_get_info_state(sk), tcp_get_info_rto(sk) > 0, tcp_get_info_snd_cwnd(sk) > 0) }
probe tcpmib.CurrEstab { if (pid() == target()) println("established ", op) }`,
		[]string{"tcp.receive 127.0.0.1 62 syn 1 1", "tcp.receive 127.0.0.1 62 syn 0 1", "transmit lo 1 2048", "hard_transmit lo 1 2048", "rx 1", "receive 1", "hard_transmit 0",
			"tcpmib.ActiveOpens 1 1111 111", "tcpmib.PassiveOpens 1 1111 111", "established 1", "established -1"}},
	{"sockets", `
probe tcp.sendmsg.return, tcp.recvmsg.return, udp.sendmsg.return, udp.recvmsg.return { if (pid() == target()) println(name, " ", size, " ", family, " ", saddr, " ", daddr, " ", sport > 0) }
probe socket.send, socket.receive { if (pid() == target()) println(name, " ", success, " ", size, " ", type, " ", protocol) }`,
		[]string{"tcp.sendmsg 5 2 127.0.0.1 127.0.0.1 1", "tcp.recvmsg 5 2 127.0.0.1 127.0.0.1 1", "udp.sendmsg 3 2 127.0.0.1 0.0.0.0 1", "udp.recvmsg 3 2 127.0.0.1 0.0.0.0 1",
			"socket.send 1 5 1 6", "socket.receive 1 5 1 6", "socket.send 1 3 2 17", "socket.receive 1 3 2 17"}},
	{"memory", `
probe vm.mmap, vm.munmap { if (pid() == target()) println(name, " ", length) }
probe vm.pagefault { if (pid() == target()) println(name, " ", write_access, " ", address > 0) }
probe vm.kmem_cache_alloc { if (pid() == target()) println(cache_name, " ", bytes_req > 0 && bytes_alloc >= bytes_req, " ", isinstr(gfp_flag_name, "GFP_")) }
probe vm.kmem_cache_free { if (pid() == target()) println("free ", cache_name, " ", ptr != 0) }
probe vm.kfree { if (pid() == target()) println(name, " ", caller_function == symname(call_site)) }`,
		[]string{"mmap 12288", "munmap 12288", "pagefault 1 1", "pagefault 0 1", "task_struct 1 1", "kfree 1"}},
	{"interrupts", `
probe softirq.raise, softirq.entry, softirq.exit { println(name, " ", vec_name == "NET_RX") }
probe workqueue.insert, workqueue.execute { println(name, " ", work_func != 0) }
probe workqueue.execute.end { println("end ", work_func != 0) }
probe scheduler.tick { println(name) }`,
		[]string{"raise 1", "entry 1", "exit 1", "tick"}},
	{"tasks and paths", `
probe kernel.trace("sched_process_exec") { if (ppid() == target()) {
	exe = current_exe_file()
	println("exe ", inode_name(exe->f_inode) == __file_filename(exe), d_name(exe->f_path->dentry) == __file_filename(exe), isinstr(fullpath_struct_file(task_current(), exe), __file_filename(exe)),
		d_path(&exe->f_path) == fullpath_struct_file(0, exe), task_dentry_path(0, exe->f_path->dentry, exe->f_path->mnt) == fullpath_struct_file(0, exe),
		inode_path(exe->f_inode) == "/" . reverse_path_walk(exe->f_path->dentry))
	println("cwd ", fullpath_struct_path(task_cwd_path(task_current())) == env_var("TAPSET_CWD"), " ", task_exe_file(task_current()) == current_exe_file())
	println(cmdline_str(), "|", cmdline_arg(0), "|", cmdline_arg(2), "|", cmdline_args(1, 2, "+"), "|", cmdline_arg(9))
	println(isinstr(task_ancestry(task_current(), 0), sprintf("(%d)=>", target())), isinstr(pstrace(task_current()), sprintf("(%d) ", target())))
	println(task_max_file_handles(task_current()) >= task_open_file_handles(task_current()), task_open_file_handles(task_current()) >= 3, task_rlimit_nofile(task_current()) == task_rlimit(task_current(), 7))
	println(probing_32bit_app(), pid2task(pid()) == task_current(), pid2execname(pid()) == execname(), pid2execname(target()) == pexecname(), pid2task(1)->pid, task_pid(pid2task(ppid())) == ppid(),
		pid2task(-1), pid2task(0), pid2task(1 << 40), "[", pid2execname(4194303), "]")
	println(proc_mem_size() > proc_mem_txt(), proc_mem_txt() > 0, proc_mem_rss() >= proc_mem_shr(), proc_mem_data() > 0, isinstr(proc_mem_string(), "size: "))
	println(cpu_clock_ns() - task_start_time(tid()) < 30000000000, task_utime_tid(tid()) == task_utime() && task_stime_tid(tid()) == task_stime() && task_start_time(-1) == 0, task_time_string_tid(tid()) == task_time_string(), atomic_read(&pid2task(pid())->mm->mm_users) >= 1, task_utime() >= 0, task_stime() >= 0, isinstr(task_time_string(), "usr: "))
} }
probe kernel.syscall("fsync") { if (pid() == target()) println("file ", isinstr(fullpath_struct_file(0, task_fd_lookup(task_current(), int_arg(1))), "/tapset"), fd_path(int_arg(1)) == fullpath_struct_file(0, task_fd_lookup(task_current(), int_arg(1))), task_fd_lookup(task_current(), 9999), fd_path(9999)) }`,
		[]string{"exe 111111", "011111000[]", "cwd 1 1", "/bin/sh -c exit 3 two words|/bin/sh|exit 3|-c+exit 3|", "11", "111", "11111", "1111111", "file 110"}},
}

// TestTapsetEvents runs probe points of the tapset while something happens for each.
func TestTapsetEvents(t *testing.T) {
	needRoot(t)
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TAPSET_CWD", cwd)
	for _, row := range eventRows {
		for name, mode := range modes {
			t.Run(row.name+"/"+name, func(t *testing.T) {
				if message := refusal(t, row.script); strings.Contains(message, "this kernel has no tracepoint '") {
					t.Skip(message)
				}
				o := run(t, row.script, mode, Options{Command: self(t, "__events"), Ring: 16 << 20})
				lines := o.lines()
				for _, want := range row.want {
					if !slices.Contains(lines, want) {
						slices.Sort(lines)
						t.Errorf("no line %q in\n%.3000s\n%s", want, strings.Join(slices.Compact(lines), "\n"), o.err)
					}
				}
				if strings.Contains(o.err, "ERROR") {
					t.Error(o.err)
				}
			})
		}
	}
}

// TestTapsetBlocks watches a block device, where the machine has one for its files.
func TestTapsetBlocks(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	var st syscall.Stat_t
	if err := syscall.Stat(dir, &st); err != nil {
		t.Fatal(err)
	}
	device, err := os.Readlink(fmt.Sprintf("/sys/dev/block/%d:%d", st.Dev>>8&0xfff, st.Dev&0xff))
	if err != nil {
		t.Skip("files lie on no block device: ", err)
	}
	t.Setenv("TMPDIR", dir)
	o := run(t, `
probe ioblock.request, ioblock_trace.request { if (pid() == target()) println(name, " ", devname, " ", bio_devname(bio) == devname, bdev_name(bdev) == devname, sector == bio_start_sector(bio), " ", bio_rw_str(rw), size % 512, " ", opf & 1, p_start_sect >= 0, vcnt >= idx) }
probe ioscheduler_trace.elv_issue_request, ioscheduler.elv_completed_request { println(name, " ", isinstr("`+filepath.Base(device)+`", devname), " ", isinstr(rq_diskname(rq), devname), " ", elevator_name != "") }`,
		plan.Auto, Options{Command: self(t, "__events")})
	for _, want := range []string{
		fmt.Sprintf("ioblock.request %s 111 W0 111", filepath.Base(device)),
		fmt.Sprintf("ioblock_trace.request %s 111 W0 111", filepath.Base(device)),
	} {
		if !slices.Contains(o.lines(), want) {
			t.Errorf("no line %q in\n%s\n%s", want, o.out, o.err)
		}
	}
}
