package session

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tapir/bpf/layout"
	live "tapir/bpf/target"
	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/runtime/vm"
)

// compileLive is compile for a session that somebody looks into.
func compileLive(t *testing.T, text string, mode plan.Mode) *compiler.Compiled {
	t.Helper()
	kernel, err := live.Live()
	if err != nil {
		t.Fatal(err)
	}
	return compileWith(t, text, kernel, compiler.Options{Mode: mode, Live: true})
}

// steer runs a script and, beside it, do, after which the session ends.
func steer(t *testing.T, c *compiler.Compiled, o Options, do func(ctx context.Context, look func(func(*Live) error))) outcome {
	t.Helper()
	o.Control = NewControl()
	done := make(chan struct{})
	go func() {
		defer close(done)
		look := func(f func(*Live) error) {
			if err := o.Control.Do(t.Context(), f); err != nil {
				t.Errorf("Do: %v", err)
			}
		}
		do(t.Context(), look)
		look(func(l *Live) error { l.End(); return nil })
	}()
	out := runFor(t, t.Context(), c, o)
	<-done
	if err := o.Control.Do(t.Context(), func(*Live) error { return nil }); !errors.Is(err, ErrOver) {
		t.Errorf("Do after the end: %v, want ErrOver", err)
	}
	return out
}

// TestLookInto reads, clears and sets what events add up in the kernel while they go on,
// and finds each of them once.
func TestLookInto(t *testing.T) {
	needRoot(t)
	const text = `
global n, by, h, start, told = 5
probe kernel.syscall("getppid") { n++; by[execname()]++; h <<< n_arg() }
function n_arg() { return 3 }
probe kernel.syscall("getuid") { start[tid()] = 1; if (start[tid()] > 7) delete start[tid()] }
probe timer.s(100) { println(told) }
probe end { printf("%d %d\n", n, told) }`
	looks := 50
	if testing.Short() { // as where a kernel is emulated, which is slow to take in all events
		looks = 3
	}
	for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
		t.Run(fmt.Sprint(mode), func(t *testing.T) {
			var sum int64
			o := steer(t, compileLive(t, text, mode), Options{}, func(ctx context.Context, look func(func(*Live) error)) {
				noise(t)
				for seen := 0; seen < looks && !t.Failed(); {
					look(func(l *Live) error {
						all, err := l.Globals(-1)
						if err != nil {
							return err
						}
						var b int64
						for _, e := range all[1].Elements {
							b += e.Value.Long
						}
						s, _ := all[2].Value.Stat(all[2].Histogram)
						if n := all[0].Value.Long; n != b || s.Count != n || s.Sum != 3*n {
							t.Errorf("n is %d, by has %d, h %d with a sum of %d", n, b, s.Count, s.Sum)
						} else if n > 0 {
							seen++
						}
						sum += b
						for _, name := range []string{"n", "by", "h"} {
							if err := l.Clear(name); err != nil {
								return err
							}
						}
						return nil
					})
				}
				look(func(l *Live) error {
					all, err := l.Globals(-1)
					if err != nil {
						return err
					}
					if kept := all[3]; kept.Count == 0 || kept.Elements[0].Value.Long != 1 {
						t.Errorf("start is %+v", kept)
					}
					return l.Restore(vm.Global{Name: "told", Type: all[4].Type, Value: vm.Value{Kind: all[4].Type.Kind, Long: 77}})
				})
			})
			var rest, told int64
			if _, err := fmt.Sscanf(o.out, "%d %d\n", &rest, &told); err != nil || told != 77 {
				t.Fatalf("%q: %v", o.out, err)
			}
			// What was hit before the end and not handled is none of the sums.
			if hits := int64(o.Counts[0][layout.Hits]); sum+rest > hits || mode == plan.Auto && sum+rest != hits {
				t.Errorf("%d events in all, of %d hits", sum+rest, hits)
			}
		})
	}
}

// TestSwitch turns probes off and on again.
func TestSwitch(t *testing.T) {
	needRoot(t)
	const text = `
global n, m, ticks
probe kernel.syscall("getppid") { n++ }
probe kernel.syscall("getuid") { m = long_arg(1); printf("") }
probe timer.ms(1) { ticks++ }`
	o := steer(t, compileLive(t, text, plan.Auto), Options{NoDisplay: true}, func(ctx context.Context, look func(func(*Live) error)) {
		noise(t)
		state := func(l *Live) (counts [3]int64) {
			all, err := l.Globals(-1)
			if err != nil {
				t.Error(err)
				return
			}
			sent := int64(l.Probes()[1].Counts[layout.Sent])
			return [3]int64{all[0].Value.Long, sent, all[2].Value.Long}
		}
		// grows waits until all have grown.
		grows := func() {
			var first [3]int64
			look(func(l *Live) error { first = state(l); return nil })
			for grown := false; !grown && !t.Failed(); {
				look(func(l *Live) error {
					now := state(l)
					grown = now[0] > first[0] && now[1] > first[1] && now[2] > first[2]
					return nil
				})
			}
		}
		grows()
		var off [3]int64
		look(func(l *Live) error {
			for _, p := range l.Probes() {
				if !p.On {
					t.Errorf("%s is off", p.Spelling)
				}
				l.Switch(p.Pos, false)
			}
			return nil
		})
		// Those on their way have ended when as many more were rejected.
		for rejected := uint64(0); rejected < 1000; {
			look(func(l *Live) error {
				off = state(l)
				rejected = l.Probes()[0].Counts[layout.Rejected]
				return nil
			})
		}
		for hits := uint64(0); hits < 5000; {
			look(func(l *Live) error {
				hits = l.Probes()[1].Counts[layout.Rejected]
				if now := state(l); now != off {
					t.Errorf("what is off goes on: %v after %v", now, off)
				}
				return nil
			})
		}
		look(func(l *Live) error {
			for _, p := range l.Probes() {
				l.Switch(p.Pos, true)
			}
			return nil
		})
		grows()
	})
	if o.Failed {
		t.Error(o.err)
	}
}

// TestGoOn carries globals over from one session to the next.
func TestGoOn(t *testing.T) {
	needRoot(t)
	const text = `
global n, by, h, name, start
probe begin { n++; by["x", 3] <<< 7; h <<< 4; name = "first"; start[9] = 8 }
probe kernel.syscall("getuid") { start[tid()] = start[tid()] + 1 }
probe end { printf("%d %d %d %s %d\n", n, @sum(by["x", 3]), @count(h), name, start[9]) }
probe timer.ms(1) { exit() }
probe never { print(@hist_log(h)) }`
	first := run(t, text, plan.Auto, Options{Keep: true})
	if want := "1 7 1 first 8\n"; first.out != want {
		t.Fatalf("got %q, want %q", first.out, want)
	}
	before := func() ([]vm.Global, error) { return first.Globals, nil }
	second := run(t, text, plan.Auto, Options{Globals: before})
	if want := "2 14 2 first 8\n"; second.out != want {
		t.Errorf("got %q, want %q", second.out, want)
	}
	begins := func(p *plan.Probe) bool { return p.IR.Point.Name == "begin" }
	third := run(t, text, plan.Auto, Options{Globals: before, Omit: begins})
	if third.out != first.out {
		t.Errorf("without begin: got %q, want %q", third.out, first.out)
	}
}
