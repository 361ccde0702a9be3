package session

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	live "tapir/bpf/target"
	"tapir/compiler/plan"
)

// readZeros reads 1 to n bytes of /dev/zero, so that vfs_read is called with known
// arguments.
func readZeros(n int) {
	fd, err := syscall.Open("/dev/zero", syscall.O_RDONLY, 0)
	if err != nil {
		os.Exit(1)
	}
	buf := make([]byte, n)
	for i := range n {
		if got, err := syscall.Read(fd, buf[:i+1]); err != nil || got != i+1 {
			os.Exit(1)
		}
	}
}

// needFunctions skips a test where the kernel has no way to probe its functions.
func needFunctions(t *testing.T) live.Probing {
	t.Helper()
	needRoot(t)
	k := thisKernel(t)
	_, err := Run(t.Context(), compile(t, `probe kernel.function("vfs_read"), timer.ms(1) { exit() }`, plan.Auto), Options{Out: new(strings.Builder), Err: new(strings.Builder)})
	switch {
	case err != nil && strings.Contains(err.Error(), "CONFIG_KPROBES"):
		t.Skipf("needs probes of functions: %v", err)
	case err != nil:
		t.Fatal(err) // a refusal that is tapir's own fault
	}
	return k.Probing()
}

// functionScripts are handlers over a program that reads 1, 2 and 3 bytes of /dev/zero,
// with what they print.
var functionScripts = []struct {
	name, text, want string
}{
	{"entry", `probe kernel.function("vfs_read") { if (@mine) printf("%s %d\n", ppfunc(), $count) }`, "vfs_read 1\nvfs_read 2\nvfs_read 3\n"},
	{"call", `probe kernel.function("vfs_read@*").call { if (@mine) println(int_arg(3), " ", long_arg(3) == $count) }`, "1 1\n2 1\n3 1\n"},
	{"member", `probe kernel.function("vfs_read") { if (@mine) println(kernel_string($file->f_path->dentry->d_name->name), " ", $$name) }`, strings.Repeat("zero vfs_read\n", 3)},
	{"return", `probe kernel.function("vfs_read").return { if (@mine) println($return, " ", returnval()) }`, "1 1\n2 2\n3 3\n"},
	{"argument at return", `probe kernel.function("vfs_read").return { if (@mine && $count > 1) println($count, " ", $return) }`, "2 2\n3 3\n"},
	{"member at return", `probe kernel.function("vfs_read").return { if (@mine) println(kernel_string($file->f_path->dentry->d_name->name), " ", $$return) }`, "zero return=0x1\nzero return=0x2\nzero return=0x3\n"},
	{"entry of return", `probe kernel.function("vfs_read").return { if (@mine) println(@entry(pid()) == pid(), " ", @entry($count), " ", gettimeofday_ns() > @entry(gettimeofday_ns())) }`, "1 1 1\n1 2 1\n1 3 1\n"},
	{"kprobe", `probe kprobe.function("vfs_read") { if (@mine) println(ulong_arg(3), " ", probefunc(), " ", is_return()) }`, "1 vfs_read 0\n2 vfs_read 0\n3 vfs_read 0\n"},
	{"kprobe return", `probe kprobe.function("vfs_read").return { if (@mine) println(returnval(), " ", is_return()) }`, "1 1\n2 1\n3 1\n"},
	{"pattern", `probe kernel.function("vfs_*") { if (ppfunc() == "vfs_read" && @mine) println($$parms != "", " ", long_arg(3)) }`, "1 1\n1 2\n1 3\n"},
	{"pattern of returns", `probe kernel.function("vfs_r*").return { if (ppfunc() == "vfs_read" && @mine) println($return, " ", @entry(long_arg(3))) }`, "1 1\n2 2\n3 3\n"},
	{"pattern, counted", `global c probe kernel.function("vfs_*").call { if (pid() == target()) c[ppfunc()]++ } probe end { println(c["vfs_read"] >= 3) }`, "1\n"},
	{"latency", `global start, s
probe kernel.function("vfs_read") { if (@mine) start[tid()] = gettimeofday_ns() }
probe kernel.function("vfs_read").return { if (tid() in start) { s <<< gettimeofday_ns() - start[tid()]; delete start[tid()] } }
probe end { println(@count(s), " ", @min(s) > 0) }`, "3 1\n"},
	{"several at a function", `probe kernel.function("vfs_read") { if (@mine) print("a") } probe kernel.function("vfs_read") { if (@mine) print("b") }`, "ababab"},
}

// mine is the condition for calls of the reading thread on its file.
const mine = "@define mine %( pid() == target() && kernel_string(@cast(pointer_arg(1), \"file\")->f_path->dentry->d_name->name) == \"zero\" %)\n"

// mineAtReturn is the same where arguments are no longer at hand.
const mineAtReturn = "@define mine %( pid() == target() && @entry(kernel_string(@cast(pointer_arg(1), \"file\")->f_path->dentry->d_name->name)) == \"zero\" %)\n"

// functionScript is a script with the condition that suits it.
func functionScript(text string) string {
	if strings.Contains(text, ".return") && !strings.Contains(text, "global") {
		return mineAtReturn + text
	}
	return mine + text
}

// TestFunctions runs handlers at functions of the kernel in both placements.
func TestFunctions(t *testing.T) {
	needFunctions(t)
	for _, test := range functionScripts {
		t.Run(test.name, func(t *testing.T) {
			for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
				o := run(t, functionScript(test.text), mode, Options{Command: self(t, "__reads", 3)})
				if o.Failed || o.out != test.want {
					t.Errorf("mode %d printed %q, want %q\n%s", mode, o.out, test.want, o.err)
				}
			}
		})
	}
}

// nestDepth is how often nestWakeups' function of the kernel is in itself.
const nestDepth = 3

// nestWakeups writes to an event that is watched by a watcher that is watched by another
// one, and so on: in the kernel, ep_poll_callback calls itself for each.
func nestWakeups(times int) {
	runtime.LockOSThread()
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	event, err := unix.Eventfd(0, 0)
	fail(err)
	for watched, i := event, 0; i < nestDepth; i++ {
		watcher, err := unix.EpollCreate1(0)
		fail(err)
		fail(unix.EpollCtl(watcher, unix.EPOLL_CTL_ADD, watched, &unix.EpollEvent{Events: unix.EPOLLIN}))
		watched = watcher
	}
	for range times {
		_, err := unix.Write(event, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		fail(err)
	}
}

// TestNestedFunctions has a function of the kernel that calls itself: what @entry keeps is
// that of the call that returns, by trampolines and by breakpoints.
func TestNestedFunctions(t *testing.T) {
	needFunctions(t)
	const times = 50
	for name, point := range map[string]string{"trampoline": "ep_poll_callback", "breakpoint": "ep_*"} {
		script := strings.ReplaceAll(`
global depth, waits, deepest, wrong, returns
probe kernel.function("POINT") {
	if (pid() != target() || ppfunc() != "ep_poll_callback") next
	depth[tid()]++
	waits[tid(), depth[tid()]] = pointer_arg(1)
	if (depth[tid()] == 3) deepest++
}
probe kernel.function("POINT").return {
	if (pid() != target() || ppfunc() != "ep_poll_callback") next
	returns++
	if (@entry(pointer_arg(1)) != waits[tid(), depth[tid()]]) wrong++
	depth[tid()]--
}
probe end { println(deepest, " ", wrong, " ", returns >= 3 * deepest) }`, "POINT", point)
		for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
			t.Run(fmt.Sprint(name, " ", mode), func(t *testing.T) {
				o := run(t, script, mode, Options{Command: self(t, "__nest", times), Ring: 16 << 20})
				if want := fmt.Sprintf("%d 0 1\n", times); o.out != want {
					t.Errorf("printed %q, want %q\n%s", o.out, want, o.err)
				}
			})
		}
	}
}

// TestMissesUnknown has kernels that do not count what their breakpoints miss say so to
// those who want to know of losses, and to no others.
func TestMissesUnknown(t *testing.T) {
	needFunctions(t)
	k := thisKernel(t)
	const said = "kernels before 6.7 do not count the calls that kprobes miss"
	c := compile(t, `probe kernel.function("vfs_*"), timer.ms(1) { exit() }`, plan.Auto)
	for _, o := range []Options{{FailOnSkipped: true, MaxSkipped: 1 << 30}, {Verbose: 1}, {}} {
		asked := o.FailOnSkipped || o.Verbose > 0
		got := runFor(t, t.Context(), c, o)
		if want := asked && !k.CountsMisses(); strings.Contains(got.err, said) != want {
			t.Errorf("%+v on %s: said %q, want %t", o, k.Release(), got.err, want)
		}
	}
}

// TestFunctionsRefused holds what is said where the kernel can't probe its functions.
func TestFunctionsRefused(t *testing.T) {
	needRoot(t)
	c := compile(t, `probe kernel.function("vfs_read"), timer.ms(1) { exit() }`, plan.Auto)
	_, err := Run(t.Context(), c, Options{Out: new(strings.Builder), Err: new(strings.Builder)})
	if err == nil {
		t.Skip("this kernel can probe its functions")
	}
	text := fmt.Sprint(err)
	if !strings.HasPrefix(text, `probe kernel.function("vfs_read"): this kernel`) || !strings.Contains(text, "CONFIG_KPROBES") {
		t.Errorf("Run = %v, want what the kernel lacks", err)
	}
}

// TestModuleFunctions probes a driver of a device that passes nothing on.
func TestModuleFunctions(t *testing.T) {
	if _, err := os.Stat("/sys/module/dummy"); err != nil {
		t.Skip("needs the module dummy")
	}
	needFunctions(t)
	ready := readyFunc(func() {
		c, err := net.Dial("udp", "10.99.99.2:9")
		if err == nil {
			_, err = c.Write([]byte("x"))
			c.Close()
		}
		if err != nil {
			t.Errorf("send a packet: %v", err)
		}
	})
	o := run(t, `probe module("dummy").function("dummy_xm*") { println(ppfunc(), " ", kernel_string($dev->name), " ", $skb->len > 0); exit() }`, plan.Auto, Options{Ready: ready})
	if o.out != "dummy_xmit dummy0 1\n" {
		t.Errorf("printed %q\n%s", o.out, o.err)
	}
}
