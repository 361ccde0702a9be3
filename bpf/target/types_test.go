package target

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tapir/lang/ctype"
)

func liveTypes(t testing.TB) *Types {
	t.Helper()
	types, err := readTypes(BTFPath)
	if err != nil {
		t.Skipf("needs the kernel's BTF: %v", err)
	}
	return types
}

func TestTypes(t *testing.T) {
	types := liveTypes(t)
	task := types.Type("task_struct")
	if task == nil || task.Kind != ctype.Struct || task.Size < 1000 {
		t.Fatalf("task_struct: %+v", task)
	}
	layout, err := readLayout(BTFPath)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		offset int
		text   string
	}{
		"comm":        {layout.Task.Comm, "char[16]"},
		"tgid":        {layout.Task.Tgid, "int"},
		"real_parent": {layout.Task.RealParent, "struct task_struct*"},
	} {
		m, ok := task.Find(name)
		if !ok || m.Offset != 8*want.offset || m.Type.String() != want.text {
			t.Errorf("task_struct.%s: %v, at %d, %v", name, ok, m.Offset/8, m.Type)
		}
	}
	for _, name := range []string{"struct task_struct", "pid_t", "struct file *", "enum pid_type", "unsigned long", "char"} {
		if types.Type(name) == nil {
			t.Errorf("no type %s", name)
		}
	}
	for _, name := range []string{"", "nosuch_struct", "struct pid_t", "*"} {
		if got := types.Type(name); got != nil {
			t.Errorf("%q is %v", name, got)
		}
	}
	if i := slices.IndexFunc(types.Type("pid_type").Names(), func(n ctype.Name) bool { return n.Name == "PIDTYPE_TGID" && n.Value == 1 }); i < 0 {
		t.Error("no PIDTYPE_TGID")
	}
}

func TestTracepoints(t *testing.T) {
	types := liveTypes(t)
	params, ok := types.Tracepoint("sched_switch")
	var names []string
	for _, p := range params {
		names = append(names, p.Name+":"+p.Type.String())
	}
	if got := strings.Join(names[1:3], " "); !ok || got != "prev:struct task_struct* next:struct task_struct*" {
		t.Errorf("sched_switch: %v", names)
	}
	if !slices.Contains(types.Tracepoints(), "sched_process_fork") {
		t.Error("no sched_process_fork")
	}
	if _, ok := types.Tracepoint("nosuch"); ok {
		t.Error("tracepoint nosuch")
	}
}

// FuzzTypes holds that damaged data makes no panic and no endless walk.
func FuzzTypes(f *testing.F) {
	if data, err := os.ReadFile("testdata/small.btf"); err == nil {
		f.Add(data)
	}
	f.Add([]byte("\x9f\xeb\x01\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		types, err := newTypes(data)
		if err != nil {
			return
		}
		for _, name := range types.Tracepoints() {
			types.Tracepoint(name)
		}
		for id := range uint32(min(len(types.btf.starts), 100)) {
			typ := types.typeOf(id, 0)
			_ = typ.String()
			typ.Members()
			typ.Names()
		}
	})
}

func BenchmarkTypes(b *testing.B) {
	liveTypes(b)
	start := time.Now()
	for b.Loop() {
		types, err := readTypes(BTFPath)
		if err != nil {
			b.Fatal(err)
		}
		types.Type("task_struct").Find("comm")
		types.Tracepoint("sched_switch")
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N), "µs/op")
}
