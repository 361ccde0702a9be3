package syntax

import (
	"strings"
	"testing"

	"tapir/lang/source"
)

// parsed is the tree of a script without errors.
func parsed(t testing.TB, text string, o Options) (*source.Set, *File) {
	t.Helper()
	set := &source.Set{}
	f, ds := Parse(set, "t.tp", text, o)
	if len(ds.List) > 0 {
		t.Fatalf("%s\n%s", text, rendered(t, set, ds))
	}
	return set, f
}

func TestDeclarations(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"global a", "GlobalDecl{[GlobalVar{a}]}"},
		{`global a, b = -3, c = "x" "y", d%, e[10], f%[0x10];`, `GlobalDecl{[GlobalVar{a} GlobalVar{b Init=IntLit{-3}} GlobalVar{c Init=StringLit{xy}} GlobalVar{d Wrap} GlobalVar{e Size=IntLit{10}} GlobalVar{f Wrap Size=IntLit{16}}]}`},
		{"private global a private b, c", "GlobalDecl{Private [GlobalVar{a}]} GlobalDecl{Private [GlobalVar{b} GlobalVar{c}]}"},
		{"function f() { }", "FuncDecl{f Priority=1 Block{}}"},
		{"private function f:long(a:string, b, c:long):3 { return }", "FuncDecl{Private f [Param{a Type=2} Param{b} Param{c Type=1}] Result=1 Priority=3 Block{[ReturnStmt{}]}}"},
		{"function string:string(x) { return string(x) }", "FuncDecl{string [Param{x}] Result=2 Priority=1 Block{[ReturnStmt{Call{string [Ident{x}]}}]}}"},
		{"function f() %{ C %} %{ D %}", `FuncDecl{f Priority=1 EmbeddedCode{" C "}} EmbeddedDecl{EmbeddedCode{" D "}}`},
		{"probe begin { }", "ProbeDecl{[ProbePoint{[Component{begin}]}] Block{}}"},
		{"probe a.b = c, d { } , { x }", "ProbeDecl{[ProbePoint{[Component{a} Component{b}]}] [ProbePoint{[Component{c}]} ProbePoint{[Component{d}]}] Block{} Block{[ExprStmt{Ident{x}}]}}"},
		{"probe a = b += c { }", "ProbeDecl{[ProbePoint{[Component{a}]} ProbePoint{[Component{b}]}] Epilogue [ProbePoint{[Component{c}]}] Block{}}"},
	}
	for _, test := range tests {
		_, f := parsed(t, test.text+" probe never { }", Options{Guru: true})
		decls := dumpAll(f.Decls)
		if got := strings.Join(decls[:len(decls)-1], " "); got != test.want {
			t.Errorf("%s\n got: %s\nwant: %s", test.text, got, test.want)
		}
		roundTrip(t, f)
	}
}

func TestProbePoints(t *testing.T) {
	tests := []struct{ text, want string }{
		{`kernel.function("a" "b").return`, "Component{kernel} Component{function StringLit{ab}} Component{return}"},
		{"timer.s(1)", "Component{timer} Component{s IntLit{1}}"},
		{"begin(-5)", "Component{begin IntLit{-5}}"},
		{"syscall.*", "Component{syscall} Component{*}"},
		{"vfs.**.ret*n", "Component{vfs} Component{**} Component{ret*n}"},
		{"*sys**_open64*.if.probe", "Component{*sys**_open64*} Component{if} Component{probe}"},
		{"a.{b, c.d}.e", "Component{a} Component{[ProbePoint{[Component{b}]} ProbePoint{[Component{c} Component{d}]}]} Component{e}"},
		{"{a ?, b if (x)}", "Component{[ProbePoint{[Component{a}] Optional} ProbePoint{[Component{b}] Ident{x}}]}"},
	}
	for _, test := range tests {
		_, f := parsed(t, "probe "+test.text+" { }", Options{})
		d := f.Decls[0].(*ProbeDecl)
		var got []string
		for _, c := range d.Points[0].Components {
			got = append(got, dump(c))
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s\n got: %s\nwant: %s", test.text, got, test.want)
		}
		roundTrip(t, f)
	}
	_, f := parsed(t, "probe a?, b!, c if (x > 1), d ! if (y) { }", Options{})
	if got, want := dump(f.Decls[0].(*ProbeDecl).Points), "[ProbePoint{[Component{a}] Optional} ProbePoint{[Component{b}] Optional Sufficient} ProbePoint{[Component{c}] Binary{> Ident{x} IntLit{1}}} ProbePoint{[Component{d}] Optional Sufficient Ident{y}}]"; got != want {
		t.Errorf("\n got: %s\nwant: %s", got, want)
	}
	roundTrip(t, f)
}

func TestExpand(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a.b", "a.b"},
		{"a.{b, c.d}.e", "a.b.e a.c.d.e"},
		{"{a, b}.{c, d}", "a.c a.d b.c b.d"},
		{"a.{b, {c, d}.e}.f(1)?", "a.b.f(1)? a.c.e.f(1)? a.d.e.f(1)?"},
		{"a.{b?, c!} if (x)", "a.b? if (x) a.c! if (x)"},
	}
	for _, test := range tests {
		_, f := parsed(t, "probe "+test.text+" { }", Options{})
		var got []string
		for _, p := range f.Decls[0].(*ProbeDecl).Points[0].Expand() {
			got = append(got, PointString(p))
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s\n got: %s\nwant: %s", test.text, got, test.want)
		}
	}
}

func TestStatements(t *testing.T) {
	tests := []struct{ text, want string }{
		{"; { } { ; }", "EmptyStmt{} Block{} Block{[EmptyStmt{}]}"},
		{"a b; c;; d", "ExprStmt{Ident{a}} ExprStmt{Ident{b}} ExprStmt{Ident{c}} EmptyStmt{} ExprStmt{Ident{d}}"},
		{"if (a) b; else c", "IfStmt{Ident{a} ExprStmt{Ident{b}} Else=ExprStmt{Ident{c}}}"},
		{"if (a) if (b) c else d", "IfStmt{Ident{a} IfStmt{Ident{b} ExprStmt{Ident{c}} Else=ExprStmt{Ident{d}}}}"},
		{"if (a) { if (b) c } else d", "IfStmt{Ident{a} Block{[IfStmt{Ident{b} ExprStmt{Ident{c}}}]} Else=ExprStmt{Ident{d}}}"},
		{"if (a) b else if (c) d else e", "IfStmt{Ident{a} ExprStmt{Ident{b}} Else=IfStmt{Ident{c} ExprStmt{Ident{d}} Else=ExprStmt{Ident{e}}}}"},
		{"while (a) b", "WhileStmt{Ident{a} ExprStmt{Ident{b}}}"},
		{"for (;;) break", "ForStmt{BreakStmt{}}"},
		{"for (a; b; c) continue;", "ForStmt{Init=Ident{a} Ident{b} Ident{c} ContinueStmt{}}"},
		{"return a; return; return return b", "ReturnStmt{Ident{a}} ReturnStmt{} ReturnStmt{} ReturnStmt{Ident{b}}"},
		{"next; delete a[1, *] delete b", "NextStmt{} DeleteStmt{Index{Ident{a} [IntLit{1} -]}} DeleteStmt{Ident{b}}"},
		{"try { a } catch { b }", "TryStmt{Block{[ExprStmt{Ident{a}}]} Block{[ExprStmt{Ident{b}}]}}"},
		{"try { } catch (e) { }", "TryStmt{Block{} Ident{e} Block{}}"},
		{"foreach (k in a) b", "ForeachStmt{[Ident{k}] Ident{a} Sort=-1 ExprStmt{Ident{b}}}"},
		{"foreach ([k] in a) b", "ForeachStmt{[Ident{k}] Ident{a} Sort=-1 ExprStmt{Ident{b}}}"},
		{"foreach (k- in a limit 2 + 3) b", "ForeachStmt{[Ident{k}] Ident{a} Sort=1 Descending Binary{+ IntLit{2} IntLit{3}} ExprStmt{Ident{b}}}"},
		{"foreach ([i, j+] in a) b", "ForeachStmt{[Ident{i} Ident{j}] Ident{a} Sort=2 ExprStmt{Ident{b}}}"},
		{"foreach (v = k in a-) b", "ForeachStmt{Ident{v} [Ident{k}] Ident{a} Descending ExprStmt{Ident{b}}}"},
		{"foreach (v+ = [i, j] in a) b", "ForeachStmt{Ident{v} [Ident{i} Ident{j}] Ident{a} ExprStmt{Ident{b}}}"},
		{`foreach ([i, j] in a[*, "y"] @sum- limit 5) b`, "ForeachStmt{[Ident{i} Ident{j}] Ident{a} [- StringLit{y}] Descending sum IntLit{5} ExprStmt{Ident{b}}}"},
		{"foreach (x in @hist_linear(a[1], -5, 10, 2)) b", "ForeachStmt{[Ident{x}] HistOp{hist_linear Index{Ident{a} [IntLit{1}]} [IntLit{-5} IntLit{10} IntLit{2}]} Sort=-1 ExprStmt{Ident{b}}}"},
	}
	for _, test := range tests {
		_, f := parsed(t, "function f() { "+test.text+" }", Options{})
		var got []string
		for _, s := range f.Decls[0].(*FuncDecl).Body.Stmts {
			got = append(got, dump(s))
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s\n got: %s\nwant: %s", test.text, got, test.want)
		}
		roundTrip(t, f)
	}
}

// TestExpressions gives the tree, and the text with minimal parentheses unless
// it is the text itself.
func TestExpressions(t *testing.T) {
	tests := []struct{ text, want, text2 string }{
		{"1", "IntLit{1}", ""},
		{"0x10", "IntLit{16}", "16"},
		{"18446744073709551615", "IntLit{-1}", "0xffffffffffffffff"},
		{`"a\n" "\x41" /* */ "b"`, `StringLit{"a\nAb"}`, `"a\nAb"`},
		{`"a\0b"`, "StringLit{a}", `"a"`},
		{`""`, `StringLit{""}`, ""},
		{"a[1, *]", "Index{Ident{a} [IntLit{1} -]}", ""},
		{"f(a, b())", "Call{f [Ident{a} Call{b}]}", ""},
		{"a = b <<< c += d", "Assign{= Ident{a} Assign{<<< Ident{b} Assign{+= Ident{c} Ident{d}}}}", ""},
		{"a ? b = 1 : c ? d : e", "Ternary{Ident{a} Assign{= Ident{b} IntLit{1}} Ternary{Ident{c} Ident{d} Ident{e}}}", ""},
		{"(a ? b : c) ? d : (e = f)", "Ternary{Ternary{Ident{a} Ident{b} Ident{c}} Ident{d} Assign{= Ident{e} Ident{f}}}", ""},
		{"a || b && c | d ^ e & f", "Binary{|| Ident{a} Binary{&& Ident{b} Binary{| Ident{c} Binary{^ Ident{d} Binary{& Ident{e} Ident{f}}}}}}", ""},
		{"a & b == c", "Binary{& Ident{a} Binary{== Ident{b} Ident{c}}}", ""},
		{"(a & b) == c", "Binary{== Binary{& Ident{a} Ident{b}} Ident{c}}", ""},
		{"a - b - (c - d)", "Binary{- Binary{- Ident{a} Ident{b}} Binary{- Ident{c} Ident{d}}}", ""},
		{"a < b == c > d", "Binary{> Binary{== Binary{< Ident{a} Ident{b}} Ident{c}} Ident{d}}", ""},
		{"a << b + c . d * -e % f", "Binary{<< Ident{a} Binary{. Binary{+ Ident{b} Ident{c}} Binary{% Binary{* Ident{d} Unary{- Ident{e}}} Ident{f}}}}", ""},
		{"a >>> b >> c", "Binary{>> Binary{>>> Ident{a} Ident{b}} Ident{c}}", ""},
		{"k in a && !k in a", "Binary{&& In{[Ident{k}] Ident{a}} In{[Unary{! Ident{k}}] Ident{a}}}", ""},
		{"!(k in a)", "Unary{! In{[Ident{k}] Ident{a}}}", ""},
		{"[a, *] in b", "In{[Ident{a} -] Ident{b}}", ""},
		{"[*] in b", "In{[-] Ident{b}}", ""},
		{"[a] in b", "In{[Ident{a}] Ident{b}}", "a in b"},
		{"(a in b) == 1", "Binary{== In{[Ident{a}] Ident{b}} IntLit{1}}", ""},
		{"a + 1 < 2 in b", "In{[Binary{< Binary{+ Ident{a} IntLit{1}} IntLit{2}}] Ident{b}}", ""},
		{`a =~ "x" "y" && b !~ "z"`, "Binary{&& Regex{Ident{a} StringLit{xy}} Regex{Ident{b} Negate StringLit{z}}}", `a =~ "xy" && b !~ "z"`},
		{`(a =~ "x") == 1`, "Binary{== Regex{Ident{a} StringLit{x}} IntLit{1}}", ""},
		{`(a == b) =~ "x"`, "Regex{Binary{== Ident{a} Ident{b}} StringLit{x}}", ""},
		{"- -a + ! ~b - ++c", "Binary{- Binary{+ Unary{- Unary{- Ident{a}}} Unary{! Unary{~ Ident{b}}}} IncDec{++ Ident{c}}}", ""},
		{"a++ + b-- - --c[1]", "Binary{- Binary{+ IncDec{++ Post Ident{a}} IncDec{-- Post Ident{b}}} IncDec{-- Index{Ident{c} [IntLit{1}]}}}", ""},
		{"$a->b[1]->next", "Target{$a [Selector{b} Selector{IntLit{1}} Selector{next}]}", ""},
		{"&$a->b", "Target{$a Address [Selector{b}]}", ""},
		{"$a$", "Target{$a Pretty=1}", ""},
		{"$$vars$$", "Target{$$vars Pretty=2}", ""},
		{"$$vars", "Target{$$vars}", ""},
		{"$a->b$$", "Target{$a [Selector{b}] Pretty=2}", ""},
		{"$a[0]$", "Target{$a [Selector{IntLit{0}}] Pretty=1}", ""},
		{`@cast(a, "t", "m")->b`, "AtOp{cast [Ident{a} StringLit{t} StringLit{m}] [Selector{b}]}", ""},
		{`&@cast(a, "t")[1]$`, "AtOp{cast [Ident{a} StringLit{t}] Address [Selector{IntLit{1}}] Pretty=1}", ""},
		{`@var("v@f.c", "m")->x`, `AtOp{var [StringLit{v@f.c} StringLit{m}] [Selector{x}]}`, ""},
		{"@entry($a->b)->c", "Autocast{AtOp{entry [Target{$a [Selector{b}]}]} [Selector{c}]}", ""},
		{"@defined($a) && @probewrite(b)", "Binary{&& AtOp{defined [Target{$a}]} AtOp{probewrite [Ident{b}]}}", ""},
		{`@kderef(8, a) + @uregister(1) + @perf("x") + @const("C") + @enum("E")`, "Binary{+ Binary{+ Binary{+ Binary{+ AtOp{kderef [IntLit{8} Ident{a}]} AtOp{uregister [IntLit{1}]}} AtOp{perf [StringLit{x}]}} AtOp{const [StringLit{C}]}} AtOp{enum [StringLit{E}]}}", ""},
		{"a->b[1]", "Autocast{Ident{a} [Selector{b} Selector{IntLit{1}}]}", ""},
		{"(a)[1]", "Autocast{Ident{a} [Selector{IntLit{1}}]}", ""},
		{"a[1][2]->b", "Autocast{Index{Ident{a} [IntLit{1}]} [Selector{IntLit{2}} Selector{b}]}", ""},
		{"&f(x)->y", "Autocast{Call{f [Ident{x}]} Address [Selector{y}]}", ""},
		{"(a->b)->c", "Autocast{Autocast{Ident{a} [Selector{b}]} [Selector{c}]}", ""},
		{"($a->b)", "Target{$a [Selector{b}]}", "$a->b"},
		{"($a->b)->c", "Autocast{Target{$a [Selector{b}]} [Selector{c}]}", ""},
		{`(&@cast(0, "t")[1])`, "AtOp{cast [IntLit{0} StringLit{t}] Address [Selector{IntLit{1}}]}", `&@cast(0, "t")[1]`},
		{`(@cast(0, "t")->f)`, "AtOp{cast [IntLit{0} StringLit{t}] [Selector{f}]}", `@cast(0, "t")->f`},
		{"($a)->c", "Target{$a [Selector{c}]}", "$a->c"},
		{"(a + b)->c", "Autocast{Binary{+ Ident{a} Ident{b}} [Selector{c}]}", ""},
		{"@count(a[1]) + @variance(b, 3) + @avg(c)", "Binary{+ Binary{+ StatOp{count Index{Ident{a} [IntLit{1}]}} StatOp{variance Ident{b} [IntLit{3}]}} StatOp{avg Ident{c}}}", ""},
		{"@hist_log(a)[3] + @hist_linear(b, 0, 10, 2)[1]", "Binary{+ Index{HistOp{hist_log Ident{a}} [IntLit{3}]} Index{HistOp{hist_linear Ident{b} [IntLit{0} IntLit{10} IntLit{2}]} [IntLit{1}]}}", ""},
		{"println()", `Print{Kind=8 [StringLit{""}]}`, `println("")`},
		{"print(a, 1)", "Print{[Ident{a} IntLit{1}]}", ""},
		{`printf("%d\0%s\n", a, b)`, `Print{Kind=2 StringLit{"%d\x00%s\n"} [Ident{a} Ident{b}]}`, `printf("%d\000%s\n", a, b)`},
		{`printf("x")`, "Print{Kind=2 StringLit{x}}", ""},
		{`sprintf("%-5.*s|%%|%#lx", 1, a, 2)`, "Print{Kind=3 StringLit{%-5.*s|%%|%#lx} [IntLit{1} Ident{a} IntLit{2}]}", ""},
		{`printd(":", a, b) . sprintdln(":", a, b)`, "Binary{. Print{Kind=4 StringLit{:} [Ident{a} Ident{b}]} Print{Kind=13 StringLit{:} [Ident{a} Ident{b}]}}", ""},
		{"println(sprint(@hist_log(a))) . sprintln(1) . print_char(65)", "Binary{. Binary{. Print{Kind=8 [Print{Kind=1 [HistOp{hist_log Ident{a}}]}]} Print{Kind=9 [IntLit{1}]}} Print{Kind=16 [IntLit{65}]}}", ""},
		{"%{ x %} + 1", `Binary{+ EmbeddedExpr{EmbeddedCode{" x "}} IntLit{1}}`, ""},
	}
	for _, test := range tests {
		_, f := parsed(t, "probe begin { "+test.text+" }", Options{Guru: true})
		stmts := f.Decls[0].(*ProbeDecl).Body.Stmts
		if len(stmts) != 1 {
			t.Errorf("%s: %d statements", test.text, len(stmts))
			continue
		}
		x := stmts[0].(*ExprStmt).X
		if got := dump(x); got != test.want {
			t.Errorf("%s\n got: %s\nwant: %s", test.text, got, test.want)
		}
		want := test.text2
		if want == "" {
			want = test.text
		}
		if got := ExprString(x); got != want {
			t.Errorf("printed %s, want %s", got, want)
		}
		roundTrip(t, f)
	}
}

// TestPlaces pairs each node's principal token with the text of its extent.
func TestPlaces(t *testing.T) {
	tests := []struct{ text, want string }{
		{"x = a + b * 2", "ExprStmt x `x = a + b * 2`; Assign = `x = a + b * 2`; Ident x `x`; Binary + `a + b * 2`; Ident a `a`; Binary * `b * 2`; Ident b `b`; IntLit 2 `2`"},
		{"f(a[1])", "ExprStmt f `f(a[1])`; Call f `f(a[1])`; Index a `a[1]`; Ident a `a`; IntLit 1 `1`"},
		{`printf("a" "b\n")`, "ExprStmt printf `printf(\"a\" \"b\\n\")`; Print printf `printf(\"a\" \"b\\n\")`; StringLit ab\\n `\"a\" \"b\\n\"`"},
		{"if (a) next; else delete b", "IfStmt if `if (a) next; else delete b`; Ident a `a`; NextStmt next `next`; DeleteStmt delete `delete b`; Ident b `b`"},
		{"[a, b] in c", "ExprStmt [ `[a, b] in c`; In in `[a, b] in c`; Ident a `a`; Ident b `b`; Ident c `c`"},
		{"a =~ \"x\" ? b : -c", "ExprStmt a `a =~ \"x\" ? b : -c`; Ternary ? `a =~ \"x\" ? b : -c`; Regex =~ `a =~ \"x\"`; Ident a `a`; StringLit x `\"x\"`; Ident b `b`; Unary - `-c`; Ident c `c`"},
		{"@count(s)++", "ExprStmt @count `@count(s)++`; IncDec ++ `@count(s)++`; StatOp @count `@count(s)`; Ident s `s`"},
		{"&$p->q[i]", "ExprStmt & `&$p->q[i]`; Target $p `&$p->q[i]`; Ident i `i`"},
	}
	for _, test := range tests {
		set, f := parsed(t, "probe begin { "+test.text+" }", Options{})
		var got []string
		Walk(f.Decls[0].(*ProbeDecl).Body.Stmts[0], func(n Node) bool {
			name, _, _ := strings.Cut(dump(n), "{")
			got = append(got, name+" "+n.Token().Text+" `"+set.Text(n.Span())+"`")
			return true
		})
		if got := strings.Join(got, "; "); got != test.want {
			t.Errorf("%s\n got: %s\nwant: %s", test.text, got, test.want)
		}
	}
	set, f := parsed(t, "private global a = 1, b%[2]\nprobe x.y*(3) ? if (z) { }\nfunction f(p:long) { }", Options{})
	var got []string
	for _, d := range f.Decls {
		Walk(d, func(n Node) bool {
			got = append(got, n.Token().Text+" `"+set.Text(n.Span())+"`")
			return true
		})
	}
	want := "global `private global a = 1, b%[2]`; a `a = 1`; 1 `1`; b `b%[2`; 2 `2`; " +
		"probe `probe x.y*(3) ? if (z) { }`; x `x.y*(3) ? if (z)`; x `x`; y* `y*(3)`; 3 `3`; z `z`; { `{ }`; " +
		"f `function f(p:long) { }`; p `p:long`; { `{ }`"
	if got := strings.Join(got, "; "); got != want {
		t.Errorf("\n got: %s\nwant: %s", got, want)
	}
}

func TestClone(t *testing.T) {
	_, f := parsed(t, benchScript+`probe a.{b,c}.d(1)? if (d) { foreach (v = [i,j-] in a[*,1] limit 3) try { $a->b[1] = @cast(x, "t")->y } catch (e) { z->w[a =~ "b"]; [k, *] in a ? 1 : -2; %{ C %}; @variance(a, 1); @hist_log(a)[1] <<< a++; ; break continue } }`, Options{Guru: true})
	for _, d := range f.Decls {
		probe, ok := d.(*ProbeDecl)
		if !ok {
			continue
		}
		seen := map[Node]bool{}
		Walk(probe, func(n Node) bool { seen[n] = true; return true })
		shared := func(n Node) bool {
			if seen[n] {
				t.Errorf("shared %T at %v", n, n.Span())
			}
			return true
		}
		body := CloneBlock(probe.Body)
		if got, want := dump(body), dump(probe.Body); got != want {
			t.Errorf("\n got: %s\nwant: %s", got, want)
		}
		Walk(body, shared)
		for _, p := range probe.Points {
			c := ClonePoint(p)
			if PointString(c) != PointString(p) || c.Span() != p.Span() {
				t.Errorf("clone of %s is %s", PointString(p), PointString(c))
			}
			Walk(c, shared)
		}
	}
	if CloneBlock(nil) != nil || CloneStmt(nil) != nil || CloneExpr(nil) != nil || ClonePoint(nil) != nil {
		t.Error("a clone of nothing is something")
	}
}
