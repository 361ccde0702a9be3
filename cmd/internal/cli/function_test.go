package cli

import (
	"os"
	"strings"
	"testing"
)

// TestFunctions holds what is said of the kernel's functions without probing them,
// which works wherever the kernel tells its types.
func TestFunctions(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/btf/vmlinux"); err != nil {
		t.Skipf("needs the kernel's BTF: %v", err)
	}
	for _, test := range []struct {
		args   []string
		status int
		want   []string // any of each, between bars
	}{
		{[]string{"-p4", "-e", `probe kernel.function("vfs_read").return { println($return, $count) }`}, statusGood, nil},
		{[]string{"explain", "-e", `probe kernel.function("vfs_read") { println($count) }`}, statusGood, []string{"attach  fentry vfs_read|attach  kprobe vfs_read|attach  kprobe.multi vfs_read"}},
		{[]string{"explain", "-e", `probe kernel.function("vfs_*").return { println(1) }`}, statusGood, []string{"kretprobe|fexit", " more"}},
		{[]string{"-l", `kernel.function("vfs_rea*").call`}, statusGood, []string{"kernel.function(\"vfs_read\").call\n", "kernel.function(\"vfs_readv\").call\n"}},
		{[]string{"-L", `kernel.function("vfs_read").return`}, statusGood, []string{"$return:long int $file:struct file* $buf:char* $count:long unsigned int"}},
		{[]string{"-p2", "-e", `probe kernel.function("vfs_reed") { }`}, statusFailed, []string{"no match (similar functions: vfs_read"}},
		{[]string{"-p2", "-e", `probe module("no_such_module").function("*") { }`}, statusFailed, []string{`there is no module "no_such_module"`}},
	} {
		var out, errs strings.Builder
		if status := Main(append([]string{"tapir"}, test.args...), strings.NewReader(""), &out, &errs); status != test.status {
			t.Errorf("%q: status %d, want %d\n%s", test.args, status, test.status, errs.String())
		}
		text := out.String() + errs.String()
		for _, want := range test.want {
			found := false
			for any := range strings.SplitSeq(want, "|") {
				found = found || strings.Contains(text, any)
			}
			if !found {
				t.Errorf("%q: got\n%s\nwant %s", test.args, text, want)
			}
		}
	}
}
