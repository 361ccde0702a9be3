package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestExpand(t *testing.T) {
	tests := []struct{ args, want string }{
		{"", ""},
		{"run x.tp", "run x.tp"},
		{"x.tp a -b", "run x.tp a -b"},
		{"-e text", "run -e text"},
		{"-v check", "run -v check"},
		{"./check", "run ./check"},
		{"check", "check"},
		{"check x.tp", "check x.tp"},
		{"demo", "demo"},
		{"-", "run -"},
		{"-- x.tp", "run -- x.tp"},
		{"--help", "--help"},
		{"-h", "-h"},
		{"help run", "help run"},
		{"-V", "version"},
		{"completion bash", "completion bash"},
		{"__complete ru", "__complete ru"},
	}
	e := &env{}
	for _, tt := range tests {
		got := e.expand(e.rootCommand(), strings.Fields(tt.args))
		if strings.Join(got, " ") != tt.want {
			t.Errorf("expand(%q) = %q, want %q", tt.args, got, tt.want)
		}
	}
}

// The help of a missing script lists the commands that there are.
func TestCommandsAreThose(t *testing.T) {
	e := &env{}
	var visible []string
	for _, c := range e.rootCommand().Commands() {
		if c.IsAvailableCommand() && c.Name() != "completion" && c.Name() != "help" {
			visible = append(visible, c.Name())
			if c.Short == "" {
				t.Errorf("command %s has no description", c.Name())
			}
		}
	}
	want := slices.Sorted(slices.Values(commands))
	if got := slices.Sorted(slices.Values(visible)); !slices.Equal(got, want) {
		t.Errorf("commands are %q, the list has %q", got, want)
	}
}

func TestGuard(t *testing.T) {
	tests := []struct {
		name  string
		panic func()
		want  string
	}{
		{"a value", func() { panic("plan: unexpected statement *ir.Foo\nmore") }, "internal error: plan: unexpected statement *ir.Foo (tapir"},
		{"an index", func() { var s []int; _ = s[len(s)] }, "index out of range"},
		{"an error", func() { panic(fmt.Errorf("broken")) }, "internal error: broken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(stackVariable, "")
			var out strings.Builder
			e := &env{err: &out}
			status := func() (status int) {
				defer e.guard(&status)
				tt.panic()
				return statusGood
			}()
			if status != statusFailed {
				t.Errorf("status %d, want %d", status, statusFailed)
			}
			got := out.String()
			if strings.Count(got, "\n") != 1 || !strings.Contains(got, tt.want) || !strings.Contains(got, "cmd/internal/cli/cli_test.go:") {
				t.Errorf("got %q, want one line with %q and this file's name", got, tt.want)
			}
		})
	}
}

func TestParseConfig(t *testing.T) {
	const text = "# CONFIG_MODULES is not set\nCONFIG_BPF=y\nCONFIG_NAME=\"x y\"\nOTHER=1\n"
	got := parseConfig(strings.NewReader(text))
	want := kernelConfig{"CONFIG_BPF": "y", "CONFIG_NAME": "x y"}
	if !maps.Equal(got, want) {
		t.Errorf("parseConfig(%q) = %q, want %q", text, got, want)
	}
}

func TestLimit(t *testing.T) {
	tests := []struct {
		define string
		want   int
	}{
		{"MAXACTION=5", 5}, {"MAXACTION", 1}, {"OTHER=5", 0}, {"MAXACTION=five", 0}, {"MAXACTION=99999999999999999999", 0},
	}
	for _, tt := range tests {
		f := scriptFlags{defines: pairs{name: identifier, bare: "1"}}
		if err := f.defines.Set(tt.define); err != nil {
			t.Errorf("-D %s: %v", tt.define, err)
		}
		if got := f.limit("MAXACTION"); got != tt.want {
			t.Errorf("-D %s: MAXACTION = %d, want %d", tt.define, got, tt.want)
		}
	}
}

func TestSettingWords(t *testing.T) {
	got := settingWords("# all of it\n-v -D'A=b c'\n\n  --vp \"00 1\" # rest\nX#y\n")
	if want := []string{"-v", "-DA=b c", "--vp", "00 1", "X#y"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
