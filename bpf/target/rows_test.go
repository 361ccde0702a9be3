package target_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/cilium/ebpf/btf"

	"tapir/bpf/target"
	"tapir/scripts"
)

// dead are calls that the kernel has numbers for and no code.
var dead = strings.Fields(`afs_syscall create_module epoll_ctl_old epoll_wait_old get_kernel_syms getpmsg
	nfsservctl putpmsg query_module security tuxcall vserver`)

// head is the beginning of a row: its name, the kernel's names, what is shown.
var head = regexp.MustCompile(`^([a-z]\w*)(?:=([\w,]+))?(?: +"[^"]*")? *\(`)

// absent is the kinds of what only another call of the same probe has.
var absent = regexp.MustCompile(`,? *\w+:(?:absent|no\w+)\)`)

// rows is how many arguments the tapset's rows take of each call.
func rows(t *testing.T) map[string][]int {
	t.Helper()
	all := map[string][]int{}
	tables, err := fs.Glob(scripts.Tapset(), "syscalls/*.tbl")
	if err != nil || len(tables) == 0 {
		t.Fatalf("tables %q, %v", tables, err)
	}
	for _, table := range tables {
		text, err := fs.ReadFile(scripts.Tapset(), table)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(strings.ReplaceAll(string(text), "\n ", " ")) {
			m := head.FindStringSubmatch(line)
			if m == nil || strings.HasPrefix(line, "kind ") {
				continue
			}
			names := m[1]
			if m[2] != "" {
				names = m[2]
			}
			n := arguments(absent.ReplaceAllString(line[len(m[0]):], ")"))
			for name := range strings.SplitSeq(names, ",") {
				all[name] = append(all[name], n)
			}
		}
	}
	return all
}

// arguments counts what stands before the closing bracket.
func arguments(text string) int {
	depth, n := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')' && depth == 0:
			if strings.TrimSpace(text[:i]) != "" {
				n++
			}
			return n
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			n++
		}
	}
	return n
}

// TestEveryCallHasARow holds that the tapset has a row, or an alias in the
// language, for every call that the kernel has code for, and no others.
func TestEveryCallHasARow(t *testing.T) {
	k, all := target.Fixed(), rows(t)
	written := aliases(t)
	for _, name := range k.SyscallNames() {
		if all[name] == nil && !written[name] && !strings.Contains(" "+strings.Join(dead, " ")+" ", " "+name+" ") {
			t.Errorf("%s has no row", name)
		}
	}
	for name := range all {
		if _, ok := k.SyscallNumber(name); !ok {
			t.Errorf("there is a row of %s, which is no call", name)
		}
	}
}

// aliases is the calls that the tapset's scripts probe.
func aliases(t *testing.T) map[string]bool {
	t.Helper()
	files, err := fs.Glob(scripts.Tapset(), "*.tp")
	if err != nil {
		t.Fatal(err)
	}
	point := regexp.MustCompile(`kernel\.syscall\("(\w+)"\)`)
	all := map[string]bool{}
	for _, file := range files {
		text, err := fs.ReadFile(scripts.Tapset(), file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range point.FindAllStringSubmatch(string(text), -1) {
			all[m[1]] = true
		}
	}
	return all
}

// TestRowsAgreeWithTheKernel holds the number of a row's arguments against that of
// the kernel's function, where the kernel tells it. A row may leave out arguments
// that SystemTap leaves out, but has none too many.
func TestRowsAgreeWithTheKernel(t *testing.T) {
	spec, err := btf.LoadKernelSpec()
	if err != nil {
		t.Skip(err)
	}
	held := 0
	for name, counts := range rows(t) {
		var f *btf.Func
		if spec.TypeByName("__do_sys_"+name, &f) != nil {
			continue
		}
		params := f.Type.(*btf.FuncProto).Params
		want := len(params)
		if want == 1 && params[0].Name == "__unused" {
			want = 0
		}
		held++
		for _, n := range counts {
			if n > want {
				t.Errorf("%s: %d arguments, the kernel has %d", name, n, want)
			}
		}
	}
	t.Logf("%d calls held against the kernel", held)
}
