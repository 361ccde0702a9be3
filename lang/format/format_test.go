package format

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tapir/lang/source"
	"tapir/lang/syntax"
)

// formatted is text after formatting, which must be stable and keep the tree.
func formatted(t testing.TB, text string) string {
	t.Helper()
	out, ds := Source("t.tp", text)
	if len(ds.List) > 0 {
		t.Fatalf("%s\n%s", text, ds.List[0].Message)
	}
	toks, end := tokens(text)
	if _, ok := layout(text, toks, end); !ok && balanced(toks) {
		t.Errorf("tokens changed\ntext: %q", text)
	}
	if again, _ := Source("t.tp", out); again != out {
		t.Errorf("not stable\ntext: %s\n out: %s\nthen: %s", text, out, again)
	}
	if got, want := tree(out), tree(text); got != want {
		t.Errorf("another tree\ntext: %s\n out: %s\n got: %s\nwant: %s", text, out, got, want)
	}
	return out
}

// tree is what text parses to, without empty statements.
func tree(text string) string {
	f, ds := syntax.Parse(&source.Set{}, "t", text, syntax.Options{Guru: true, Args: strings.Fields(strings.Repeat("1 ", 9))})
	if ds.HasErrors() {
		return ""
	}
	for _, d := range f.Decls {
		syntax.Walk(d, func(n syntax.Node) bool {
			if b, ok := n.(*syntax.Block); ok {
				b.Stmts = withoutEmpty(b.Stmts)
			}
			return true
		})
	}
	var b strings.Builder
	if err := syntax.PrintFile(&b, f); err != nil {
		panic(err)
	}
	return b.String()
}

func withoutEmpty(list []syntax.Stmt) []syntax.Stmt {
	var out []syntax.Stmt
	for _, s := range list {
		if _, ok := s.(*syntax.EmptyStmt); !ok {
			out = append(out, s)
		}
	}
	return out
}

func TestScripts(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../../scripts/*/*.tp", "../../../shared/golden/*/*.stp", "../../../shared/golden/lang/bad/*.stp", "../../../shared/article/*.tp"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, ds := Source(file, string(text)); ds.HasErrors() {
			continue // one that must be refused
		}
		out := formatted(t, string(text))
		formatted(t, spaced(string(text), " "))
		formatted(t, spaced(string(text), "\n"))
		if dir := os.Getenv("FORMATTED"); dir != "" {
			os.WriteFile(filepath.Join(dir, filepath.Base(file)), []byte(out), 0o644)
		}
	}
}

// spaced is text with the same space wherever there is some, and no comments.
func spaced(text, space string) string {
	var b strings.Builder
	last := 0
	for _, l := range syntax.Lexemes(text) {
		if l.Off > last {
			b.WriteString(space)
		}
		if l.Kind != syntax.LexComment {
			b.WriteString(l.Text)
		} else {
			b.WriteString(space)
		}
		last = l.End()
	}
	return b.String()
}

func TestLayout(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "probe never{}", "probe never { }\n"},
		{"shebang", "#!/usr/bin/env stap\n# a\n\n\n# b\nglobal a;", "#!/usr/bin/env stap\n# a\n\n# b\nglobal a\n"},
		{"comments of all styles", "probe begin{// one\n/* two */\n x++ /* three */ # four\n\n\n y/*five*/=1; // six\n /* seven\n    eight */ z\n#nine\n}# ten", "probe begin { // one\n\t/* two */\n\tx++ /* three */ # four\n\n\ty /*five*/ = 1 // six\n\t/* seven\n    eight */ z\n\t#nine\n} # ten\n"},
		{"doc comment", "probe begin {\n/**\n* a\n   *  b\n */\nx\n}", "probe begin {\n\t/**\n\t * a\n\t *  b\n\t */\n\tx\n}\n"},
		{"comments under each other", "global a # one\nglobal bcd # two\n\nglobal e # three", "global a   # one\nglobal bcd # two\n\nglobal e # three\n"},
		{"blank lines", "\n\n\nglobal a\n\n\n\nglobal b\nprobe never {\n\n\nx\n\n\n\ny\n\n}\n\n\n", "global a\n\nglobal b\nprobe never {\n\tx\n\n\ty\n}\n"},
		{"globals", "private   global a=-1,b = \"x\" \"\\x41\",c [ 0x10 ] , d%[3];", "private global a = -1, b = \"x\" \"\\x41\", c[0x10], d%[3]\n"},
		{"private shorthand", "private a,b", "private a, b\n"},
		{"function", "private function f : long(a : string,b,\n c:long) : 2{ return a ; }", "private function f:long(a:string, b,\n\t\tc:long):2 {\n\treturn a\n}\n"},
		{"embedded code", "function f ()\n%{ int  x; %}\n%{\n  y\n%}", "function f() %{ int  x; %}\n%{\n  y\n%}\n"},
		{"points", "probe  a . b( \"x\"  \"y\" ).sys_*o ,c.{d ,e . f}.return?,g(-1)!if(h>1){ }", "probe a.b(\"x\" \"y\").sys_*o, c.{d, e.f}.return ?, g(-1) ! if (h > 1) { }\n"},
		{"points on several lines", "probe a,\nb,\n  c\n{ x }", "probe a,\n\t\tb,\n\t\tc {\n\tx\n}\n"},
		{"aliases", "probe a=b  = c,d{},{ e }\nprobe f.g+=h { }", "probe a = b = c, d { }, { e }\nprobe f.g += h { }\n"},
		{"one statement on a line", "probe a { exit() } function f() { return 1; } probe b=e { c; } , {d}\nprobe a {\nb }\nprobe c { " + strings.Repeat("d", 95) + " }", "probe a { exit() }\nfunction f() { return 1 }\nprobe b = e { c }, { d }\nprobe a {\n\tb\n}\nprobe c {\n\t" + strings.Repeat("d", 95) + "\n}\n"},
		{"one statement a line", "probe never { a=1 b=2;c++ ++d; }", "probe never {\n\ta = 1\n\tb = 2\n\tc++\n\t++d\n}\n"},
		{"semicolons that matter", "probe never { a; ++b; c; -d; e; (f); \"g\"; \"h\"; i; [j] in k; $x; $$ }", "probe never {\n\ta;\n\t++b\n\tc;\n\t-d\n\te;\n\t(f)\n\t\"g\";\n\t\"h\"\n\ti;\n\t[j] in k\n\t$x\n\t$$\n}\n"},
		{"empty statements", "probe never { ;; a;; ; while (b) ; if (c) { }; ; (d) }", "probe never {\n\ta\n\twhile (b) ;\n\tif (c) { }\n\t(d)\n}\n"},
		{"return", "function f() { if (a) return; if (b) return 1; return; c }", "function f() {\n\tif (a) return\n\tif (b) return 1\n\treturn;\n\tc\n}\n"},
		{"conditions", "probe never { if(a)b;else c\nif (a) { b } else if (c) { d } else { e }\nif (a)\nb\nif (a) if (b) c else d }", "probe never {\n\tif (a)\n\t\tb\n\telse\n\t\tc\n\tif (a) {\n\t\tb\n\t} else if (c) {\n\t\td\n\t} else {\n\t\te\n\t}\n\tif (a)\n\t\tb\n\tif (a)\n\t\tif (b)\n\t\t\tc\n\t\telse\n\t\t\td\n}\n"},
		{"loops", "probe never { for(;;)break; for(i=0;i<9;++i){ continue } while(x) y\nforeach(v- =[a,b] in c[*,1]limit 2)d; foreach(a+ in b)c\nforeach (a in b @sum -) c foreach (h in @hist_log(x)) print(h) }", "probe never {\n\tfor (;;) break\n\tfor (i = 0; i < 9; ++i) {\n\t\tcontinue\n\t}\n\twhile (x) y\n\tforeach (v- = [a, b] in c[*, 1] limit 2) d\n\tforeach (a+ in b) c\n\tforeach (a in b @sum-) c\n\tforeach (h in @hist_log(x)) print(h)\n}\n"},
		{"try", "probe never { try{ a }catch( e ){ b } try { } catch { } }", "probe never {\n\ttry {\n\t\ta\n\t} catch (e) {\n\t\tb\n\t}\n\ttry { } catch { }\n}\n"},
		{"operators", "probe never { a=b+c*-d- -e.f<<1 x=a?b:c?d:e y=!(a&&b)||~c z=[a,*]in b q=s=~\"r\" w=a- --b v = a+ ++b }", "probe never {\n\ta = b + c * -d - -e . f << 1\n\tx = a ? b : c ? d : e\n\ty = !(a && b) || ~c\n\tz = [a, *] in b\n\tq = s =~ \"r\"\n\tw = a - --b\n\tv = a + ++b\n}\n"},
		{"targets", "probe never { $a->b [ 1 ]$ x = & $c->d @cast( p , \"t\" )->e$$ @entry($x) $y$$ }", "probe never {\n\t$a->b[1]$\n\tx = &$c->d\n\t@cast(p, \"t\")->e$$\n\t@entry($x)\n\t$y$$\n}\n"},
		{"literals as written", "probe never { x = 0x0F + 010 print(\"\\101\\n\\q\" /* c */ \"b\") }", "probe never {\n\tx = 0x0F + 010\n\tprint(\"\\101\\n\\q\" /* c */ \"b\")\n}\n"},
		{"broken lines", "probe never { printf(\"%d %d\\n\",\n   a,\n b\n)\n x = a +\nb\n  + c }", "probe never {\n\tprintf(\"%d %d\\n\",\n\t\ta,\n\t\tb\n\t)\n\tx = a +\n\t\tb\n\t\t+ c\n}\n"},
		{"comment behind a head", "probe never { if (a) # why\n b\n}", "probe never {\n\tif (a) # why\n\t\tb\n}\n"},
		{"comment in an empty block", "probe never { if (a) {/* b */} else {  // c\n} }", "probe never {\n\tif (a) { /* b */ } else { // c\n\t}\n}\n"},
		{"broken head", "probe never { if (a &&\nb) { c } }", "probe never {\n\tif (a &&\n\t\t\tb) {\n\t\tc\n\t}\n}\n"},
		{"comment in an expression", "probe never { x = a # first\n + b // second\n}", "probe never {\n\tx = a # first\n\t\t+ b // second\n}\n"},
		{"arguments", "probe never{print($1+@2 ,$# )}", "probe never { print($1 + @2, $#) }\n"},
		{"conditional on a line", "%( $#>=1%?global a=@1%:global a  = 2 %)\nprobe never { %( 1==1 %? x %)  y }", "%( $#>=1%?global a=@1%:global a  = 2 %)\nprobe never {\n\t%( 1==1 %? x %) y\n}\n"},
		{"conditional on lines", "%(kernel_v<\"3\"%?\nglobal  a;\nprobe never{ b;}\n%:\nglobal c\n%)", "%( kernel_v < \"3\" %?\nglobal a\nprobe never { b }\n%:\nglobal c\n%)\n"},
		{"conditional statements", "probe never { a\n%( arch==\"x86_64\"%?\nb = 1;\nc\n%:\nd\n%)\ne }", "probe never {\n\ta\n\t%( arch == \"x86_64\" %?\n\tb = 1\n\tc\n\t%:\n\td\n\t%)\n\te\n}\n"},
		{"conditional operand", "probe never { a = %( 1 == 1 %? b %:\nc  %)+ 1; d }", "probe never {\n\ta = %( 1 == 1 %? b %:\nc  %) + 1\n\td\n}\n"},
		{"conditional that cuts", "probe never { if (a) {\n%( 1 == 1 %?\n  b }\n   else {\n%)\n c } }", "probe never {\n\tif (a) {\n\t\t%( 1 == 1 %?\n  b }\n   else {\n%)\n\t\tc\n\t}\n}\n"},
		{"conditional in a head", "probe %( 1 == 1 %? a %: b %),c { }", "probe %( 1 == 1 %? a %: b %), c { }\n"},
		{"conditional before a head's end", "global  z\n%( 1 == 1 %?\n  probe a,\n%:\n  probe b,\n%)\n   c {  x }\nprobe  d { }", "global z\n%( 1 == 1 %?\n  probe a,\n%:\n  probe b,\n%)\nc {  x }\nprobe d { }\n"},
		{"conditional else", "probe never { if (a) { b }\n%( 1 == 1 %?\nelse { c }\n%)\nd }", "probe never {\n\tif (a) {\n\t\tb\n\t}\n\t%( 1 == 1 %?\nelse { c }\n%)\n\td\n}\n"},
		{"macros", "@define m( a,b )\n%( @a  +@b %)\nprobe never{x=@m( 1,f(2,3) ) @m(4, 5)}", "@define m( a,b )\n%( @a  +@b %)\nprobe never { x = @m(1, f(2, 3)) @m(4, 5) }\n"},
		{"library macros", "probe never { x=@choose_defined($a ,$b)\n@mystery\ny }", "probe never {\n\tx = @choose_defined($a, $b)\n\t@mystery\n\ty\n}\n"},
		{"carriage returns", "global a # x\r\nprobe never {\r\n a\r\n}\r\n", "global a # x\nprobe never {\n\ta\n}\n"},
		{"open comment", "global a /* b", "global a /* b\n"},
	}
	for _, test := range tests {
		if got := formatted(t, test.text); got != test.want {
			t.Errorf("%s:\ntext: %q\n got: %q\nwant: %q", test.name, test.text, got, test.want)
		}
	}
}

func TestRefusal(t *testing.T) {
	for _, text := range []string{"probe never {", "probe never { x = = 1 }", "global a = $1 }", "probe a { \"x }", "probe a { $1 ( }"} {
		out, ds := Source("t.tp", text)
		if out != "" || !ds.HasErrors() {
			t.Errorf("%s: formatted as %q", text, out)
		}
	}
}

func FuzzSource(f *testing.F) {
	f.Add("#!a\nprobe a.{b , c}?if(d){ if(x) y;else z /* k */ ; # l\n }")
	f.Add("%( 1 == 1 %?\n global a;\n %: probe b { %( $1 == 2 %? c; %) d } %)\n@define m(x) %( @x %)")
	f.Add("function f : long(a) { return ; ++a; while (1) ; [a,*] in b; \"c\" \"d\"\n%( 1 == 1 %? } else { %) $1x @1 }")
	f.Add("probe a { @m(1) b %( 1 == 1 %? + %) 2 ; ; \"x\" ; @1 }")
	f.Fuzz(func(t *testing.T, text string) {
		watch := time.AfterFunc(5*time.Second, func() { panic("slow: " + strconv.Quote(text)) })
		defer watch.Stop()
		out, ds := Source("f", text)
		if ds.HasErrors() {
			return
		}
		again, ds := Source("f", out)
		if len(ds.List) > 0 && ds.HasErrors() {
			t.Fatalf("%q\nformatted: %q\n%s", text, out, ds.List[0].Message)
		}
		if again != out {
			t.Errorf("not stable\n text: %q\n  out: %q\nagain: %q", text, out, again)
		}
		toks, end := tokens(text)
		if _, ok := layout(text, toks, end); !ok && balanced(toks) {
			t.Errorf("tokens changed in %q", text)
		}
		if got, want := tree(out), tree(text); got != want {
			t.Errorf("another tree\n text: %q\n  out: %q\n got: %s\nwant: %s", text, out, got, want)
		}
	})
}
