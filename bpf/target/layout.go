package target

import (
	"fmt"
	"strings"
)

// Layout holds byte offsets of struct members that programs read.
type Layout struct {
	Task   Task
	Cred   Cred
	Signal Signal
	Pid    Pid
	Regs   Regs
	Path   Path
	Lookup Lookup
	Cast   *Cast // nil: programs of this kernel can't look at addresses as structs
}

// Cast is what programs need to look at an address as a struct, without the call of a
// helper: bpf_rdonly_cast of Linux 6.2, in whose place the kernel puts a move. The
// numbers are those of the kernel's BTF.
type Cast struct {
	Func       uint32 // bpf_rdonly_cast
	Task, Regs uint32 // task_struct, pt_regs
	Stack      int    // offset in task_struct: the lowest address of the kernel's stack
	OnCPU      int    // offset in task_struct: s32, whether it runs
}

// Task holds offsets in task_struct.
type Task struct {
	Comm       int // char [16]
	Pid        int // s32: the thread's id
	Tgid       int // s32: the process's
	RealParent int // pointer to a task
	Cred       int // pointer to a cred
	Signal     int // pointer to a signal_struct
	PidLinks   int // the links of those that have one of its ids, by enum pid_type
	Status     int // u32: thread_info.status, see CompatStatus
	State      int // u32: what it does, see DeadTask
}

// DeadTask is the bit of Task.State that is set when a thread leaves its CPU for the last
// time (TASK_DEAD in linux/sched.h).
const DeadTask = 0x80

// Cred holds offsets in cred; each is a u32.
type Cred struct{ UID, EUID, GID, EGID int }

// Signal holds offsets in signal_struct, which the threads of a process share.
type Signal struct {
	Pids int // an array of pointers to pids, by enum pid_type
}

// Pid holds offsets in pid.
type Pid struct {
	Numbers   int // an array that begins with the s32 of the first pid namespace
	Namespace int // a pointer to that pid_namespace
	Tasks     int // pointers to the first link of those that have it, by enum pid_type
}

// Path holds offsets in dentry, mount and vfsmount; each is of a pointer, but Mount.
type Path struct {
	Parent     int // of a dentry: the directory that it is in
	Name       int // of a dentry: its name
	Mount      int // of a mount: the vfsmount in it
	Above      int // of a mount: the mount that it lies on
	Mountpoint int // of a mount: the dentry that it covers
	Root       int // of a vfsmount: the dentry where it begins
}

// Lookup holds offsets of what finds a pid by its number: an array in the form of a tree.
type Lookup struct {
	Head  int // of a pid_namespace: the root
	Shift int // of an xa_node: a byte, by how much an index is shifted there
	Slots int // of an xa_node: 64 pointers
}

// Regs holds offsets in pt_regs; each is a u64.
type Regs struct {
	Args   [6]int // the arguments of a system call
	Params [6]int // the arguments of a function
	// User has the registers by their numbers in DWARF, as programs at places in user
	// code find them.
	User   [17]int
	Result int // its result, at its return
	Number int // its number
	// Segment is the code segment, which tells a program from the kernel.
	Segment int
}

// fixedLayout is that of a 6.18.44 kernel built for a micro-VM.
func fixedLayout() *Layout {
	return &Layout{
		Task:   Task{Comm: 1752, Pid: 1264, Tgid: 1268, RealParent: 1280, Cred: 1736, Signal: 1848, PidLinks: 1376, Status: 16, State: 24},
		Cred:   Cred{UID: 8, EUID: 24, GID: 12, EGID: 28},
		Signal: Signal{Pids: 360},
		Pid:    Pid{Numbers: 144, Namespace: 152, Tasks: 64},
		Regs:   Regs{Args: [6]int{112, 104, 96, 56, 72, 64}, Params: x86Params, User: x86User, Result: 80, Number: 120, Segment: 136},
		Path:   Path{Parent: 24, Name: 40, Mount: 32, Above: 16, Mountpoint: 24, Root: 0},
		Lookup: Lookup{Head: 8, Shift: 0, Slots: 40},
		Cast:   &Cast{Func: 65475, Task: 114, Regs: 162, Stack: 32, OnCPU: 52},
	}
}

// want is a member to be found: of a struct, and where its offset goes.
type want struct {
	structure, member string
	offset            *int
}

// wants lists what l needs. The status is found relative to its thread_info; see
// newLayout.
func (l *Layout) wants() []want {
	w := []want{
		{"task_struct", "comm", &l.Task.Comm},
		{"task_struct", "pid", &l.Task.Pid},
		{"task_struct", "__state", &l.Task.State},
		{"task_struct", "tgid", &l.Task.Tgid},
		{"task_struct", "real_parent", &l.Task.RealParent},
		{"task_struct", "cred", &l.Task.Cred},
		{"cred", "uid", &l.Cred.UID},
		{"cred", "euid", &l.Cred.EUID},
		{"cred", "gid", &l.Cred.GID},
		{"cred", "egid", &l.Cred.EGID},
		{"task_struct", "signal", &l.Task.Signal},
		{"signal_struct", "pids", &l.Signal.Pids},
		{"pid", "numbers", &l.Pid.Numbers},
		{"task_struct", "pid_links", &l.Task.PidLinks},
		{"pid", "tasks", &l.Pid.Tasks},
		{"xa_node", "shift", &l.Lookup.Shift},
		{"xa_node", "slots", &l.Lookup.Slots},
		{"dentry", "d_parent", &l.Path.Parent},
		{"mount", "mnt", &l.Path.Mount},
		{"mount", "mnt_parent", &l.Path.Above},
		{"mount", "mnt_mountpoint", &l.Path.Mountpoint},
		{"vfsmount", "mnt_root", &l.Path.Root},
		{"pt_regs", x86Segment, &l.Regs.Segment},
		{"pt_regs", x86Result, &l.Regs.Result},
		{"pt_regs", x86Number, &l.Regs.Number},
	}
	for i, name := range x86Args {
		w = append(w, want{"pt_regs", name, &l.Regs.Args[i]})
	}
	return w
}

// maxOffset is the most that a load instruction can add to a register, less the
// length of a name.
const maxOffset = 1<<15 - 1 - 16

// newLayout finds all members in the BTF data.
func newLayout(data []byte) (*Layout, error) {
	l := &Layout{Regs: Regs{Params: x86Params, User: x86User}}
	var info, name, root, head, namespace int
	wants := append(l.wants(),
		want{"dentry", "d_name", &l.Path.Name},
		want{"qstr", "name", &name},
		want{"pid_namespace", "idr", &l.Lookup.Head},
		want{"idr", "idr_rt", &root},
		want{"xarray", "xa_head", &head},
		want{"upid", "ns", &namespace},
		want{"task_struct", "thread_info", &info},
		want{"thread_info", "status", &l.Task.Status})
	b, err := findMembers(data, wants)
	if err != nil {
		return nil, err
	}
	l.Path.Name += name
	l.Lookup.Head += root + head
	l.Pid.Namespace = l.Pid.Numbers + namespace
	l.Task.Status += info
	if l.Task.Status > maxOffset {
		return nil, fmt.Errorf("thread_info.status is out of reach at offset %d", l.Task.Status)
	}
	l.Cast = b.cast()
	return l, nil
}

// castFunc is a function of the kernel that programs may call.
const castFunc = "bpf_rdonly_cast"

// cast finds what a Cast holds; nil if anything of it is missing.
func (b *btf) cast() *Cast {
	c := &Cast{Func: b.function, Task: b.known["task_struct"], Regs: b.known["pt_regs"]}
	stack, found := b.member(c.Task, "stack", maxNesting)
	running, also := b.member(c.Task, "on_cpu", maxNesting)
	if !found || !also || max(stack, running) > 8*maxOffset || c.Func == 0 || c.Regs == 0 {
		return nil
	}
	c.Stack, c.OnCPU = int(stack/8), int(running/8)
	return c
}

// MissingError says which struct members a kernel's BTF does not describe, or not
// in a form that programs can read.
type MissingError struct {
	Members []string // "struct.member", in the order in which they were asked for
}

func (e *MissingError) Error() string {
	return "the kernel's BTF lacks " + strings.Join(e.Members, ", ")
}
