package library

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"tapir/lang/source"
	"tapir/lang/syntax"
)

func TestDeclarations(t *testing.T) {
	text := `# probe no = begin { }
/* function no() { } */ // global no
@define m %( x %)
probe a.b = c.d("x = y") { probe = 1 global_ = 2 }
probe e += f, g { }
probe h.* = i = j ? { s = "}" }
probe begin { } probe k = end { }
private function f1:long (a:string) { return "\"}" }
function f2 %{ } function no() %}
global g1, g2 = 1, g3[10], g4%, g5%[3], g6 = "a" "b", g7 = -1
private global g8
%( systemtap_v < "5.6" %? probe old = begin { } %: probe new = begin { } %)
`
	want := []declaration{
		{"probe", "a.b"}, {"probe", "e"}, {"probe", "h.*"}, {"probe", "i"}, {"probe", "k"},
		{"function", "f1"}, {"function", "f2"},
		{"global", "g1"}, {"global", "g2"}, {"global", "g3"}, {"global", "g4"}, {"global", "g5"}, {"global", "g6"},
		{"global", "g7"}, {"global", "g8"}, {"probe", "old"}, {"probe", "new"},
	}
	if got := slices.Collect(declarations(text)); !slices.Equal(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
}

// FuzzDeclarations holds that the scan ends, whatever the text.
func FuzzDeclarations(f *testing.F) {
	f.Add(`probe a = b { } global c[1] = "x`)
	f.Add("global\nprobe\nfunction")
	f.Add("/* %{ \" \\")
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for range declarations(text) {
			if n++; n > len(text)+1 {
				t.Fatalf("more declarations than characters in %q", text)
			}
		}
	})
}

func TestExpansion(t *testing.T) {
	table := `
kind int  %d {v}     : {v} = int_arg({n})
kind oct  %#o {v}    : {v} = uint_arg({n})
kind fl(s) %s {v}_str : {v} = int_arg({n}); {v}_str = _flags("{p}", {v})
kind out  %p {v}     : {v} = pointer_arg({n}) => %s {v}_text : {v}_text = user_string_quoted(pointer_arg({n}))
one (a:int)
two=k1,k2 (-, b:int, c:fl(open_flags)) -> hex
open (f:fl(open_flags), m:oct) {f, [f & open_flags.O_CREAT] m, f%#x} -> oct caller : extra = 1
none ()
pipe=p1 (a:int)
pipe=p2 "pipe2" (a:out, b:fl(open_flags)) {= b & open_flags.O_CREAT ? "no.b" . b_str : a . b} -> dec : extra = 1
fill (a:out, b:int)
exec (a:out, b:fl(open_flags)) -> dec entry
`
	tests := map[string]string{
		"syscall.one": `probe syscall.one = kernel.syscall("one") {
	name = "one"
	a = int_arg(1)
	argstr = sprintf("%d", a)
}
`,
		"syscall.two": `probe syscall.two = kernel.syscall("k1") ?, kernel.syscall("k2") ? {
	name = "two"
	b = int_arg(2)
	c = int_arg(3); c_str = _flags("open_flags", c)
	argstr = sprintf("%d, %s", b, c_str)
}
`,
		"syscall.two.return": `probe syscall.two.return = kernel.syscall("k1").return ?, kernel.syscall("k2").return ? {
	name = "two"
	retval = returnval()
	retstr = _retstr(retval, 2)
	__b = int_arg(2)
	__c = int_arg(3); __c_str = _flags("open_flags", __c)
	argstr = sprintf("%d, %s", __b, __c_str)
}
`,
		"syscall.open": `probe syscall.open = kernel.syscall("open") {
	name = "open"
	f = int_arg(1); f_str = _flags("open_flags", f)
	m = uint_arg(2)
	argstr = sprintf("%s%s, %#x", f_str, ((f & 64) ? sprintf(", %#o", m) : ""), f)
}
`,
		"syscall.open.return": `probe syscall.open.return = kernel.syscall("open").return {
	%( systemtap_v < "5.6" || called_as == "stap" %? %: if (returnval() == 0) next %)
	name = "open"
	retval = returnval()
	retstr = _retstr(retval, 3)
	extra = 1
	__f = int_arg(1); __f_str = _flags("open_flags", __f)
	__m = uint_arg(2)
	argstr = sprintf("%s%s, %#x", __f_str, ((__f & 64) ? sprintf(", %#o", __m) : ""), __f)
}
`,
		"syscall.none": `probe syscall.none = kernel.syscall("none") {
	name = "none"
	argstr = ""
}
`,
		"syscall.fill": `probe syscall.fill = kernel.syscall("fill") {
	name = "fill"
	a = pointer_arg(1)
	b = int_arg(2)
	argstr = sprintf("%p, %d", a, b)
}
`,
		"syscall.fill.return": `probe syscall.fill.return = kernel.syscall("fill").return {
	name = "fill"
	retval = returnval()
	retstr = _retstr(retval, 1)
	__a_text = user_string_quoted(pointer_arg(1))
	__b = int_arg(2)
	argstr = sprintf("%s, %d", __a_text, __b)
}
`,
		"syscall.exec.return": `probe syscall.exec.return = kernel.syscall("exec").return {
	name = "exec"
	retval = returnval()
	retstr = _retstr(retval, 1)
	__a = @entry(pointer_arg(1))
	__b = @entry(int_arg(2)); __b_str = _flags("open_flags", __b)
	argstr = sprintf("%p, %s", __a, __b_str)
}
`,
		"syscall.pipe": `probe syscall.pipe = kernel.syscall("p1") ? {
	name = "pipe"
	a = int_arg(1)
	argstr = sprintf("%d", a)
}
probe syscall.pipe = kernel.syscall("p2") ? {
	name = "pipe2"
	a = pointer_arg(1)
	b = int_arg(2); b_str = _flags("open_flags", b)
	argstr = b & 64 ? "no.b" . b_str : a . b
}
`,
	}
	l := New(Options{Sources: &source.Set{}})
	if err := l.indexTable("t.tbl", table); err != nil {
		t.Fatal(err)
	}
	for name, want := range tests {
		got := ""
		for _, u := range l.unitsOf(name) {
			got += u.text()
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", name, got, want)
		}
		if got := l.unitsOf(name)[0].name; !strings.HasPrefix(got, "t.tbl:") {
			t.Errorf("%s is in %s", name, got)
		}
	}
}

func TestRowErrors(t *testing.T) {
	tbl := &tables{rows: map[string][]row{}, kinds: map[string]string{"int": "%d {v} : {v} = int_arg({n})", "bad": "%d {v}"}}
	for _, text := range []string{
		"call", "call (", "call (a)", "call (a:nosuch)", "call (a:bad)", "call (a:int) {b}", "call (a:int) {[a] a}",
		"call (a:int) {a, [a & no.X] a}", "call (a:int) {a, [a & open_flags.X] a}", "call () -> nosuch", "call () what", "call () {a",
		"call x ()", "call () {= no.X}",
	} {
		if got, err := (row{tbl, "t", 1, text}).parse(); err == nil {
			t.Errorf("%q gives %+v", text, got)
		}
	}
}

// TestRows holds that every row of the tapset's table makes sense.
func TestRows(t *testing.T) {
	set := &source.Set{}
	l := New(Options{Sources: set})
	for _, name := range l.AliasNames() {
		decls := l.Alias(name)
		if len(decls) == 0 {
			t.Errorf("%s: no declaration", name)
		}
		for _, d := range decls {
			if f := set.FileOf(d.Token().Span.Start); !f.Library || !strings.HasPrefix(f.Name, "tapset/") {
				t.Errorf("%s is in %s, library: %v", name, f.Name, f.Library)
			}
		}
	}
	if d := l.Diagnostics(); len(d.List) > 0 {
		t.Errorf("%+v", d.List[0])
	}
	f := set.FileOf(l.Alias("syscall.openat")[0].Token().Span.Start)
	if !strings.HasPrefix(f.Name, "tapset/syscalls/files.tbl:") {
		t.Errorf("syscall.openat is in %s", f.Name)
	}
}

// TestLazy holds that a look-up parses nothing but what it asks for.
func TestLazy(t *testing.T) {
	set := &source.Set{}
	l := New(Options{Sources: set})
	l.Alias("syscall.read")
	l.Function("nosuch")
	l.Global("nosuch")
	if end := set.Add("end", ""); end.Base > 1000 {
		t.Errorf("%d bytes were parsed for syscall.read", end.Base)
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.tp", "global hits = 3\nfunction twice(x) { return 2 * x }\n")
	write("sub/b.stp", "probe my.open = syscall.openat { mine = 1 }\nfunction twice(x, y) { return x + y }\n")
	write("broken.tp", "function broken( { }\n")
	write("note.txt", "function no() { }\n")
	set := &source.Set{}
	l := New(Options{Sources: set, Folders: []string{dir}, Syntax: syntax.Options{}})
	if got := len(l.Function("twice")); got != 2 {
		t.Errorf("%d functions twice", got)
	}
	if got := l.Alias("my.open"); len(got) != 1 || set.FileOf(got[0].Token().Span.Start).Library {
		t.Errorf("my.open: %v", got)
	}
	if l.Global("hits") == nil {
		t.Error("no global hits")
	}
	if l.Function("no") != nil {
		t.Error("a file that is no script was read")
	}
	if len(l.Diagnostics().List) != 0 {
		t.Errorf("what nobody asked for was parsed: %+v", l.Diagnostics().List[0])
	}
	if l.Function("broken"); len(l.Diagnostics().List) == 0 {
		t.Error("no message about broken.tp")
	}
	l = New(Options{Sources: set, Folders: []string{filepath.Join(dir, "nosuch")}})
	if l.Function("x"); len(l.Diagnostics().List) != 1 || !strings.Contains(l.Diagnostics().List[0].Message, "no such file") {
		t.Errorf("a folder that is not there: %+v", l.Diagnostics().List)
	}
}

func BenchmarkIndex(b *testing.B) {
	for b.Loop() {
		New(Options{Sources: &source.Set{}}).AliasNames()
	}
}

func BenchmarkAlias(b *testing.B) {
	for b.Loop() {
		New(Options{Sources: &source.Set{}}).Alias("syscall.openat")
	}
}

// TestStrangeFiles holds that what is no file is not waited for, and what is too large not read.
func TestStrangeFiles(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.tp"), 0o644); err != nil {
		t.Fatal(err)
	}
	l := New(Options{Sources: &source.Set{}, Folders: []string{dir}})
	if l.Function("nothing"); l.Diagnostics().HasErrors() {
		t.Errorf("of a pipe: %v", l.Diagnostics().List[0].Message)
	}
	large := filepath.Join(dir, "large.tp")
	if err := os.WriteFile(large, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxFile+1); err != nil {
		t.Fatal(err)
	}
	l = New(Options{Sources: &source.Set{}, Folders: []string{dir}})
	if l.Function("nothing"); !l.Diagnostics().HasErrors() || !strings.Contains(l.Diagnostics().List[0].Message, "large.tp is too large") {
		t.Errorf("of a large file: %v", l.Diagnostics().List)
	}
}

func TestMacros(t *testing.T) {
	set := &source.Set{}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.stpm"), []byte(`@define twice(x) %( (2 * @x) %)`), 0o644); err != nil {
		t.Fatal(err)
	}
	lib := New(Options{Sources: set, Folders: []string{dir}})
	for _, text := range []string{`probe begin { println($1) }`, `probe begin { println(@count(x), @1) }`} {
		if lib.Macros(text) != nil {
			t.Errorf("macros were read for %s", text)
		}
	}
	const text = `probe begin { println(@twice(4), @choose_defined($x, 1)) }`
	if _, diags := syntax.Parse(set, "t.tp", text, syntax.Options{Macros: lib.Macros(text)}); diags.HasErrors() {
		t.Errorf("%s: %s", text, diags.List[0].Message)
	}
	if diags := lib.Diagnostics(); len(diags.List) > 0 {
		t.Errorf("got %s", diags.List[0].Message)
	}
}
