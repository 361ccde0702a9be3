package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// TestLoops says which handlers with loops the kernel runs, and why others not.
func TestLoops(t *testing.T) {
	const enter = `probe kernel.syscall("openat") `
	for _, row := range []struct {
		name, text, noLoops string
		sends               string // part of the reason; "" if the kernel runs it
	}{
		{name: "for", text: `global n ` + enter + `{ for (i = 0; i < 3; i++) n++ }`},
		{name: "while with a step", text: `global n ` + enter + `{ i = 5; while (i--) { if (i == 2) continue; n += i; if (n) break } }`,
			sends: "'n' is in the VM"},
		{name: "in a function", text: `global n function f(x) { for (;;) if (x++ > 5) return x } ` + enter + `{ n += f(1) }`},
		{name: "foreach", text: `global n, a probe begin { a[1] = 2 } ` + enter + `{ foreach (k in a) n++ }`, sends: "the loop at "},
		{name: "five deep", text: `global n ` + enter + `{ while (1) while (1) while (1) while (1) while (1) n++ }`, sends: "is within 4 others"},
		{name: "deep by functions", text: `global n function f() { while (1) while (1) { n++; return 1 } } ` + enter + `{ while (1) while (1) while (1) f() }`,
			sends: "is within 4 others"},
		{name: "printing", text: `global n ` + enter + `{ for (i = 0; i < 3; i++) println(i) }`, sends: "the printing at "},
		{name: "no bpf_loop", noLoops: "the kernel is old", text: `global n ` + enter + `{ while (1) n++ }`, sends: "the kernel is old"},
		{name: "one thing that all can reach", text: `global on, n ` + enter + `{ n += on } probe kernel.syscall("close") { on = 1 }`},
		{name: "the same again and again", text: `global on, n ` + enter + `{ while (n < 5) n += on } probe kernel.syscall("close") { on = 1 }`,
			sends: "is in the VM"},
		{name: "it, in a loop", text: `global on, n ` + enter + `{ for (i = 0; i < 2; i++) n += on } probe kernel.syscall("close") { on = 1 }`,
			sends: "more than once"},
	} {
		t.Run(row.name, func(t *testing.T) {
			prog, _ := build(t, "t.tp", row.text+` probe end { n += 0; println(n) }`)
			p, diags := plan.Options{NoLoops: row.noLoops}.Make(prog)
			if diags.HasErrors() {
				t.Fatal(diags.List[0])
			}
			if got := sends(p); !strings.Contains(got, row.sends) || (row.sends == "") != (got == "") {
				t.Errorf("got %q, want %q", got, row.sends)
			}
		})
	}
}

// TestLoopsAreSplit says how much of a handler whose loops are the VM's the kernel runs.
func TestLoopsAreSplit(t *testing.T) {
	const script = `global n, m, a probe begin { a[1] = 2 }
function f() { if (pid() > 5) return 1; return 2 }
probe kernel.syscall("openat") { %s } probe end { println(n, m) }`
	for _, row := range []struct {
		text   string
		kernel string // statements, parted by ;
		vm     int    // how many statements are left
	}{
		{`n++; foreach (k in a) m++`, "n++", 2},
		{`if (pid() == target()) { n++; foreach (k in a) m++ }`, "n++", 3},
		{`n++; if (int_arg(1) < 3) next; n += 2; foreach (k in a) m++`, "n++;if (int_arg(1) < 3);    next;n += 2", 4},
		{`n++; if (int_arg(1) < 3) m += 2; foreach (k in a) m++`, "n++", 3},
		{`n++; n += f(); foreach (k in a) m++`, "", 3},
		{`for (i = 0; i < 3; i++) n++; foreach (k in a) m++`, "", 3},
		{`x = int_arg(1); n += x; foreach (k in a) m += x`, "n += int_arg(1)", 3},
		{`foreach (k in a) m++; n++`, "", 2},
	} {
		prog, _ := build(t, "t.tp", fmt.Sprintf(script, row.text))
		p, diags := plan.Options{}.Make(prog)
		if diags.HasErrors() {
			t.Fatal(diags.List[0])
		}
		q := p.Probes[1]
		kernel := ""
		if q.Update != nil {
			kernel = strings.ReplaceAll(strings.TrimSpace(ir.StmtString(q.Update)), "\n", ";")
		}
		if kernel != row.kernel || len(q.Body.Stmts) != row.vm {
			t.Errorf("%s: the kernel runs %q, want %q; %d statements are left, want %d", row.text, kernel, row.kernel, len(q.Body.Stmts), row.vm)
		}
	}
}

// sends is why the first event probe sends its events.
func sends(p *plan.Plan) string {
	for _, q := range p.Probes {
		if q.InKernel {
			return q.Sends
		}
	}
	return "no probe is in the kernel"
}
