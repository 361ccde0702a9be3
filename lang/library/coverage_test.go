package library

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/scripts"
)

// TestFlagSetsUsed holds that every list of names has a use: in a row, a kind or a
// function of the tapset, or by name in code or a test of it.
func TestFlagSetsUsed(t *testing.T) {
	const root = "../.."
	var tapset, code strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		var into *strings.Builder
		switch ext := filepath.Ext(name); {
		case err != nil || d.IsDir():
			return err
		case ext == ".go":
			into = &code
		case (ext == ".tbl" || ext == ".tp") && !strings.HasPrefix(name, "flags"):
			into = &tapset
		default:
			return nil
		}
		text, err := os.ReadFile(path)
		into.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range scripts.FlagSets() {
		word := regexp.MustCompile(`["(]` + name + `[")]|\b` + name + `\.[A-Z]`)
		if !word.MatchString(tapset.String()) && !strings.Contains(code.String(), `"`+name+`"`) {
			t.Errorf("nothing uses the list %s", name)
		}
	}
}

// variable of SystemTap's probes: behind an arrow or a comma, followed by its type
// or by how it comes about.
var listedVariable = regexp.MustCompile(`(?:-> |, |; |^)(\w+)(?:\(u?(?:int|long)\)|\(ptr\)|\([su]64\)|=)`)

// TestSystemTapsVariables holds the rows against the list of SystemTap's probes, if
// it is there.
func TestSystemTapsVariables(t *testing.T) {
	text, err := os.ReadFile("../../../shared/syscalls.tsv")
	if err != nil {
		t.Skip("no list of SystemTap's probes")
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	column := map[string]int{}
	for i, name := range strings.Split(lines[0], "\t") {
		column[name] = i
	}
	lib := New(Options{Sources: &source.Set{}})
	probes := 0
	for _, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		of := func(name string) string { return fields[column[name]] }
		if of("class") != "x86_64" {
			continue
		}
		probes++
		probe := "syscall." + of("probe")
		holds(t, lib, probe, []string{"name", "argstr"}, of("args(ctype -> ctxvars)"), of("vars_without_arg"))
		holds(t, lib, probe+".return", []string{"name", "argstr", "retval", "retstr"}, of("return_vars"))
		names := map[string]bool{}
		for _, d := range lib.Alias(probe) {
			set := assignments(d)
			names[strings.Trim(set["name"], `"`)] = true
			reads(t, probe, set, of("args(ctype -> ctxvars)"))
		}
		want := strings.Split(of("name_value"), "/")
		if got := slices.Sorted(maps.Keys(names)); !slices.Equal(got, want) {
			t.Errorf("%s is shown as %q, want %q", probe, got, want)
		}
	}
	if probes != 320 {
		t.Errorf("%d probes", probes)
	}
}

// holds checks that each declaration of a probe sets some variables and those that
// the fields of the list name.
func holds(t *testing.T, lib *Library, probe string, want []string, fields ...string) {
	t.Helper()
	for _, f := range fields {
		for _, m := range listedVariable.FindAllStringSubmatch(f, -1) {
			want = append(want, m[1])
		}
	}
	decls := lib.Alias(probe)
	if len(decls) == 0 {
		t.Errorf("no %s", probe)
	}
	for _, d := range decls {
		set := assignments(d)
		for _, name := range want {
			if _, ok := set[name]; !ok {
				t.Errorf("%s has no variable %s", probe, name)
			}
		}
	}
}

var (
	listedArgument = regexp.MustCompile(`^(\d)\) .*? -> (.*)`)
	plainVariable  = regexp.MustCompile(`(\w+)\((int|uint|long|ulong|ptr|s64|u64)\)`)
)

// reads checks that the variables which are an argument of the call are that one,
// as wide as the list says.
func reads(t *testing.T, probe string, set map[string]string, args string) {
	t.Helper()
	for part := range strings.SplitSeq(args, " | ") {
		arg := listedArgument.FindStringSubmatch(part)
		if arg == nil {
			continue
		}
		for _, v := range plainVariable.FindAllStringSubmatch(arg[2], -1) {
			allowed := []string{"long_arg", "ulong_arg", "pointer_arg"}
			if v[2] == "int" || v[2] == "uint" {
				allowed = []string{v[2] + "_arg"}
			}
			value, number, _ := strings.Cut(set[v[1]], "(")
			if !slices.Contains(allowed, value) || number != arg[1]+")" {
				t.Errorf("%s: %s is %s, want argument %s as %s", probe, v[1], set[v[1]], arg[1], v[2])
			}
		}
	}
}

// assignments is the variables that the statements of an alias set, each with its
// value.
func assignments(d *syntax.ProbeDecl) map[string]string {
	set := map[string]string{}
	for _, s := range d.Body.Stmts {
		x, ok := s.(*syntax.ExprStmt)
		if !ok {
			continue
		}
		if a, ok := x.X.(*syntax.Assign); ok {
			set[syntax.ExprString(a.L)] = syntax.ExprString(a.R)
		}
	}
	return set
}
