package vm

import (
	"testing"

	"tapir/compiler/bytecode"
	points "tapir/lang/builtin"
)

func TestProbedFunction(t *testing.T) {
	for point, want := range map[string]string{
		`kernel.syscall("openat")`:                   "__x64_sys_openat",
		`kernel.syscall("openat").return?`:           "__x64_sys_openat",
		"begin":                                      "",
		`process("/bin/x").function("f@a.c:3").call`: "f",
		`process("/bin/x").function("f").return`:     "f",
		`process("/bin/x").statement("f@a.c:3")`:     "f",
		`process("/bin/x").statement(0x3)`:           "",
		"timer.s(1)":                                 "",
		`kernel.syscall("`:                           "",
	} {
		if got := points.ProbedFunction(point); got != want {
			t.Errorf("function of %s: got %q, want %q", point, got, want)
		}
	}
}

func TestProbeTypes(t *testing.T) {
	for kind := range points.SyscallExit + 1 {
		if probeTypes[kind] == "" {
			t.Errorf("no type of %s probes", kind)
		}
	}
}

func TestLeadingFloat(t *testing.T) {
	for text, want := range map[string]float64{
		"": 0, "x": 0, ".": 0, "-": 0, "+.": 0, "e5": 0,
		"1": 1, "-2.5": -2.5, "+3.": 3, ".5": 0.5, " \t7x": 7,
		"1e3": 1000, "1e": 1, "1e+": 1, "2E-1z": 0.2, "1.5.5": 1.5,
	} {
		if got := leadingFloat(text); got != want {
			t.Errorf("number at the start of %q: got %v, want %v", text, got, want)
		}
	}
}

// FuzzTextFunctions holds that no text makes a function fail or grow beyond a
// string's length.
func FuzzTextFunctions(f *testing.F) {
	f.Add("a,b;c", ",;", "x", int64(3))
	f.Add("aaa", "a", "longer", int64(-1))
	f.Add("\xff\x00\u00e9", "", "", int64(600))
	f.Fuzz(func(t *testing.T, a, b, c string, n int64) {
		m := &Machine{maxLen: 511}
		m.args = arguments{call: &bytecode.BuiltinCall{Args: 3}, ints: []int64{n, n}, texts: []string{a, b, c}}
		for name, fn := range textFunctions {
			switch {
			case fn.long != nil:
				fn.long(m)
			default:
				if got := fn.string(m); len(got) > max(m.maxLen, len(a)) {
					t.Errorf("%s of %q, %q, %q, %d has %d bytes", name, a, b, c, n, len(got))
				}
			}
			m.fault = ""
		}
		if got := leadingFloat(a); got != got {
			t.Errorf("the number at the start of %q is none", a)
		}
	})
}
