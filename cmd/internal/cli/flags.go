package cli

import (
	"regexp"
	"strconv"

	"github.com/spf13/cobra"

	"tapir/compiler/plan"
)

// scriptFlags are the options of all commands that take a script: which one, and
// how it is to be read.
type scriptFlags struct {
	text       once     // -e
	globals    pairs    // -G
	defines    pairs    // -D
	includes   []string // -I
	compatible checked  // --compatible
	placement  checked  // --placement
	guru       bool     // -g
	quiet      bool     // -w
	verbose    int      // -v
}

// runFlags are the options of a run.
type runFlags struct {
	scriptFlags
	command once    // -c
	pid     checked // -x
	output  string  // -o
	ready   checked // --ready-fd
}

func (f *scriptFlags) register(c *cobra.Command) {
	f.globals = pairs{kind: "NAME=VALUE", name: identifier}
	f.defines = pairs{kind: "NAME=VALUE", name: identifier, bare: "1"}
	f.compatible = checked{kind: "version", check: checkVersion}
	f.placement = checked{kind: "auto|user", value: "auto", check: checkPlacement}

	flags := c.Flags()
	flags.SetInterspersed(false) // what follows the script is the script's
	flags.SortFlags = false
	flags.VarP(&f.text, "eval", "e", "run this `text`; all arguments are the script's")
	flags.VarP(&f.globals, "global", "G", "set a global variable in place of its initialiser")
	flags.VarP(&f.defines, "define", "D", "set a limit: MAXACTION, MAXERRORS, MAXMAPENTRIES, MAXNESTING, MAXSKIPPED, MAXSTRINGLEN")
	flags.StringArrayVarP(&f.includes, "include", "I", nil, "look for functions and probe aliases in this `folder` too")
	flags.Var(&f.compatible, "compatible", "behave as this version of SystemTap did")
	flags.Var(&f.placement, "placement", "where code runs: auto, or user to evaluate everything outside the kernel")
	flags.BoolVarP(&f.guru, "guru", "g", false, "allow what may harm: needed by few scripts")
	flags.BoolVarP(&f.quiet, "no-warnings", "w", false, "show no warnings")
	flags.CountVarP(&f.verbose, "verbose", "v", "say what happens, and print every probe's counters at the end")
}

func (f *runFlags) register(c *cobra.Command) {
	f.pid = checked{kind: "pid", check: checkPID}
	f.ready = checked{kind: "number", check: checkDescriptor}

	flags := c.Flags()
	flags.VarP(&f.command, "command", "c", "start this `command` once all is attached, and end when it does; target() is its process")
	flags.VarP(&f.pid, "pid", "x", "target() is this process; end when it does")
	flags.StringVarP(&f.output, "output", "o", "", "write what the script prints to this `file`")
	flags.Var(&f.ready, "ready-fd", "write a line to this file descriptor once all is attached, and close it")
	f.scriptFlags.register(c)
}

// mode is the placement as the planner has it.
func (f *scriptFlags) mode() plan.Mode {
	if f.placement.value == "user" {
		return plan.UserOnly
	}
	return plan.Auto
}

// number is the value of a flag that its check has found to be one; 0 if it was
// not given.
func (c *checked) number() int {
	n, _ := strconv.Atoi(c.value)
	return n
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// limit is a limit that -D sets, or 0. What is no number is no limit: SystemTap
// hands such definitions to its C compiler, and scripts' command lines have them.
func (f *scriptFlags) limit(name string) int {
	value := f.defines.values[name]
	if !digits.MatchString(value) {
		return 0
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0
	}
	return n
}
