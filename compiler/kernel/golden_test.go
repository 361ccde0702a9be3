package kernel

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

var update = flag.Bool("update", false, "write the golden listings anew")

// The listings in testdata are what these plans become on a certain kernel.
func TestListings(t *testing.T) {
	for name, build := range map[string]func(b *planBuilder){
		"filter": func(b *planBuilder) {
			who, watch := global("who", types.String), global("watch", types.Long, types.Long)
			b.scalar(who)
			b.array(watch)
			b.probe(builtin.SyscallEnter, "ptrace",
				[]ir.Expr{bin(fn("execname"), ir.OpEq, read(who)), in(watch, fn("long_arg", num(1)))},
				word(fn("pid")), word(fn("int_arg", num(2))))
		},
		"names": func(b *planBuilder) {
			b.probe(builtin.SyscallExit, "fork",
				[]ir.Expr{bin(fn("execname"), ir.OpEq, str("test4_2.dyn_g++"))}, comm(fn("execname")), word(fn("returnval")))
			b.probe(builtin.SyscallExit, "fork", []ir.Expr{bin(fn("pexecname"), ir.OpNe, str("sh"))})
		},
		"string": func(b *planBuilder) {
			b.probe(builtin.SyscallEnter, "openat", nil, bytesOf("user_string", fn("pointer_arg", num(2))))
		},
		"dispatch": func(b *planBuilder) {
			for _, call := range []string{"read", "write", "close", "fstat", "lseek", "openat", "exit_group"} {
				b.probe(builtin.SyscallEnter, call, nil)
			}
		},
		"helpers": func(b *planBuilder) {
			b.k = b.k.As(target.Version{Major: 6, Minor: 9})
			for _, kind := range []builtin.PointKind{builtin.SyscallEnter, builtin.SyscallExit} {
				b.probe(kind, "close", nil, word(fn("pid")), word(fn("int_arg", num(1))))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newPlan(t, target.Fixed())
			build(b)
			var got bytes.Buffer
			if err := b.compile().Print(&got, nil); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+".asm")
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got:\n%s\nwant:\n%s\n(-update writes it anew)", &got, want)
			}
		})
	}
}
