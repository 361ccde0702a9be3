package exe

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tapir/lang/ctype"
	"tapir/lang/image"
)

// source is a small program with what the tests look for.
const source = `
struct inner { short s; unsigned char bytes[3]; };
union either { int number; struct inner in; };
struct point { int x, y; struct point *next; union either e; unsigned low : 3, high : 13; const char *name; double d; struct { int hidden; }; };
enum color { red = 1, green };
struct pair { long a, b; };
struct big { long a[5]; };
int counter = 3;
static int table[2][3] = {{1, 2, 3}};
__attribute__((noipa)) int walk(struct point *p, char c, double d, short s, enum color color) { int sum = 0; for (; p; p = p->next) sum += p->x + c + d + s + color; return sum; }
__attribute__((noipa)) long many(long a, struct pair p, struct big g, int b, int c, int d, int e) { return a + p.a + p.b + g.a[0] + b + c + d + e; }
__attribute__((noipa)) struct big made(int n) { struct big b = {{n}}; return b; }
int main(int argc, char **argv) {
	struct point p = {argc, 2};
	struct pair q = {1, 2};
	return walk(&p, 'a', 1.5, 2, green) + many(1, q, made(3), 2, 3, 4, 5) + counter + table[0][argc];
}
`

// build compiles source with flags.
func build(t testing.TB, flags ...string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc: it makes the program that is read")
	}
	folder := t.TempDir()
	file, program := filepath.Join(folder, "small.c"), filepath.Join(folder, "small")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(gcc, append(flags, "-o", program, file)...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, text)
	}
	return program
}

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// function is the function of a name.
func function(t testing.TB, f *File, name string) image.Function {
	t.Helper()
	all, err := f.Functions()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(g image.Function) bool { return g.Name == name })
	if i < 0 {
		t.Fatalf("%s has no function %s", f.Path(), name)
	}
	return all[i]
}

func TestVariables(t *testing.T) {
	for _, flags := range [][]string{{"-O0", "-g"}, {"-O2", "-g"}, {"-O2", "-gdwarf-4"}, {"-O0", "-gdwarf-4", "-no-pie"}} {
		f := open(t, build(t, flags...))
		for _, tt := range []struct{ function, want string }{
			{"walk", "p struct point* r5; c char r4; d double lost; s short int r1; color enum color r2; "},
			{"many", "a long int r5; p struct pair lost; g struct big [r7 8 +]; b int r2; c int r8; d int r9; e int [r7 48 +]; "},
			{"made", "n int r4; "},
		} {
			g := function(t, f, tt.function)
			vars, err := f.Variables(g.Address)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, v := range vars {
				if !v.Param {
					continue
				}
				where := steps(v.Location)
				if v.Lost != "" {
					where = "lost"
				}
				got.WriteString(v.Name + " " + v.Type.String() + " " + where + "; ")
			}
			if got.String() != tt.want {
				t.Errorf("%q: %s: got %s, want %s", flags, tt.function, got.String(), tt.want)
			}
		}
		file, line, ok := f.Describe(function(t, f, "walk").Address)
		if !ok || filepath.Base(file) != "small.c" || line != 10 {
			t.Errorf("%q: walk is at %s:%d, want small.c:10", flags, file, line)
		}
	}
}

func TestTypes(t *testing.T) {
	f := open(t, build(t, "-O0", "-g"))
	point := f.Type("struct point")
	if point == nil || !point.User || point.Size != 56 {
		t.Fatalf("struct point is %+v", point)
	}
	want := map[string]string{
		"x": "int 0 0", "next": "struct point* 64 0", "e": "union either 128 0", "low": "unsigned int 192 3", "high": "unsigned int 195 13",
		"name": "char* 256 0", "d": "double 320 0", "hidden": "int 384 0",
	}
	for name, text := range want {
		m, ok := point.Find(name)
		got := m.Type.String() + " " + fmt.Sprint(m.Offset, m.Bits)
		if !ok || got != text {
			t.Errorf("%s: got %s, want %s", name, got, text)
		}
	}
	v, err := f.Global("table", func(string) bool { return true })
	if err != nil || v.Type.String() != "int[3][2]" || v.Type.Size != 24 || len(v.Steps) != 1 || v.Steps[0].Code != image.Address {
		t.Errorf("table is %+v, %v", v, err)
	}
	if _, err := f.Global("nothing", func(string) bool { return true }); err == nil {
		t.Error("there is a global 'nothing'")
	}
	if r, err := f.Result(function(t, f, "made").Address); err != nil || r.String() != "struct big" {
		t.Errorf("made returns %v, %v", r, err)
	}
	if c := f.Type("enum color"); c == nil || len(c.Names()) != 2 {
		t.Errorf("enum color is %+v", c)
	}
}

// TestStripped finds the functions of a program whose symbols were put aside.
func TestStripped(t *testing.T) {
	run := func(name string, args ...string) {
		t.Helper()
		if text, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, text)
		}
	}
	program := build(t, "-O0", "-g")
	whole := function(t, open(t, program), "walk")

	aside := program + ".debug"
	run("objcopy", "--only-keep-debug", program, aside)
	linked := program + ".linked"
	run("objcopy", "--strip-all", "--add-gnu-debuglink="+aside, program, linked)
	f := open(t, linked)
	if g := function(t, f, "walk"); g.Site != whole.Site {
		t.Errorf("by debuglink walk is at %+v, want %+v", g.Site, whole.Site)
	}
	if vars, err := f.Variables(whole.Address); err != nil || len(vars) != 6 {
		t.Errorf("by debuglink walk has %d variables, %v; want 6", len(vars), err)
	}

	held, err := os.Open(linked)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	f, err = OpenAt(fmt.Sprintf("/proc/self/fd/%d", held.Fd()), Place{Path: linked})
	if err != nil {
		t.Fatalf("opened by another path: %v", err)
	}
	if g := function(t, f, "walk"); g.Site != whole.Site {
		t.Errorf("opened by another path walk is at %+v, want %+v", g.Site, whole.Site)
	}

	symbols, packed := program+".symbols", program+".symbols.xz"
	run("objcopy", "-S", "--keep-symbol=walk", "--remove-section=.comment", program, symbols)
	run("xz", "-kf", symbols)
	mini := program + ".mini"
	run("objcopy", "--strip-all", "--add-section=.gnu_debugdata="+packed, program, mini)
	if g := function(t, open(t, mini), "walk"); g.Site != whole.Site {
		t.Errorf("by .gnu_debugdata walk is at %+v, want %+v", g.Site, whole.Site)
	}

	bare := program + ".bare"
	run("objcopy", "--strip-all", program, bare)
	if all, err := open(t, bare).Functions(); err != nil || len(all) > 1 {
		t.Errorf("the stripped program has %d functions, %v", len(all), err)
	}
}

func TestLinkage(t *testing.T) {
	f := open(t, build(t, "-O0", "-Wl,-z,lazy", "-fcf-protection=none"))
	all, err := f.Linkage()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		if g.Name == "" || g.Address == 0 {
			t.Errorf("an entry is %+v", g)
		}
	}
}

func TestPlainName(t *testing.T) {
	for name, want := range map[string]string{
		"main":                              "main",
		"_ZN3foo3barEi":                     "foo::bar",
		"_ZNSt6vectorIiSaIiEE9push_backEOi": "std::vector::push_back",
		"_ZN4core3fmt9Formatter3pad17h0123456789abcdefE": "core::fmt::Formatter::pad",
		"_RNvCs4fqI2P2rA04_5crate4main":                  "crate::main",
		strings.Repeat("_Z", 2000):                       strings.Repeat("_Z", 2000),
	} {
		if got := plainName(name); got != want {
			t.Errorf("%.40s is %q, want %q", name, got, want)
		}
	}
}

func TestMatches(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"liba.so.1": "\x7fELF…", "libb.so.1": "\x7fELF…", "libc.so": "INPUT ( libc.so.6 )"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("liba.so.1", filepath.Join(folder, "liba.so")); err != nil {
		t.Fatal(err)
	}
	got, err := Matches(filepath.Join(folder, "lib*.so*"))
	want := []string{filepath.Join(folder, "liba.so.1"), filepath.Join(folder, "libb.so.1")}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	for pattern, want := range map[string]string{
		filepath.Join(folder, "x*"): "no program or library matches",
		"/[":                        "makes no sense",
	} {
		if _, err := Matches(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", pattern, err, want)
		}
	}
	for folder, want := range map[string]bool{"/lib*/": true, "/usr/lib64/": true, "/usr/lib/x/": false, "/opt/lib/": false} {
		if isLibraryFolder(folder) != want {
			t.Errorf("%s: want %t", folder, want)
		}
	}
}

func TestFind(t *testing.T) {
	folder := t.TempDir()
	real := filepath.Join(folder, "real")
	if err := os.WriteFile(real, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "data"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	path := "/nowhere:" + folder
	for name, want := range map[string]string{"real": real, "link": real, filepath.Join(folder, "link"): real, "data": "", "nothing": "", "/no/such/file": ""} {
		got, err := Find(name, path)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Find(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
}

func TestNotPrograms(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, text, filepath.Join(folder, "nothing"), "/dev/null"} {
		if _, err := Open(path); err == nil {
			t.Errorf("Open(%s) succeeds", path)
		}
	}
}

func FuzzNotes(f *testing.F) {
	mark := append([]byte{8, 0, 0, 0, 40, 0, 0, 0, 3, 0, 0, 0}, "stapsdt\x00"...)
	f.Add(append(mark, make([]byte, 40)...))
	f.Fuzz(func(_ *testing.T, data []byte) {
		for _, n := range parseNotes(data, binary.LittleEndian) {
			parseMark(n.desc, binary.LittleEndian)
		}
	})
}

func FuzzSymbols(f *testing.F) {
	f.Add(make([]byte, 48), []byte("\x00main\x00"))
	f.Fuzz(func(t *testing.T, table, text []byte) {
		n := 0
		parseSymbols(table, string(text), binary.LittleEndian, func(s symbol) {
			if n++; len(s.name) > maxName {
				t.Fatalf("a name of %d bytes", len(s.name))
			}
		})
		if n > len(table)/symbolSize {
			t.Fatalf("%d symbols in %d bytes", n, len(table))
		}
	})
}

// FuzzFile asks everything about files that were damaged.
func FuzzFile(f *testing.F) {
	for _, flags := range [][]string{{"-O0", "-g"}, {"-O2", "-gdwarf-4"}, {"-O1", "-s"}} {
		data, err := os.ReadFile(build(f, append(flags, "-nostdlib", "-nostartfiles", "-Wl,-e,main")...))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parse("fuzzed", bytes.NewReader(data))
		if err != nil {
			return
		}
		askAll(t, file)
	})
}

func askAll(t *testing.T, f *File) {
	all, _ := f.Functions()
	_, _ = f.Marks()
	_, _ = f.Linkage()
	_, _ = f.Lines(func(string) bool { return true })
	_, _ = f.Global("table", func(string) bool { return true })
	for _, g := range all[:min(len(all), 20)] {
		f.Describe(g.Address)
		_, _ = f.Result(g.Address)
		for _, at := range []uint64{g.Address, g.Address + 5} {
			vars, _ := f.Variables(at)
			for _, v := range vars {
				if v.Lost == "" {
					checkSteps(t, v.Location)
				}
				look(v.Type, 3)
			}
		}
	}
	if p := f.Type("struct point"); p != nil {
		look(p, 3)
		p.Find("hidden")
	}
}

// look asks a type what it is made of.
func look(t *ctype.Type, depth int) {
	if depth == 0 {
		return
	}
	_ = t.String()
	look(t.Elem(), depth-1)
	for _, m := range t.Members() {
		look(m.Type, depth-1)
	}
	t.Names()
}
