package cli

import (
	"io"
	"regexp"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

// scriptFlags are the options of all commands that take a script: which one, and
// how it is to be read.
type scriptFlags struct {
	text         once     // -e
	more         []string // -E
	globals      pairs    // -G
	defines      pairs    // -D
	includes     []string // -I
	compatible   checked  // --compatible
	placement    checked  // --placement
	runtime      checked  // --runtime
	privilege    checked  // --privilege
	unprivileged bool     // --unprivileged
	color        checked  // --color
	guru         bool     // -g
	allow        rights   // --allow
	keepUnused   bool     // -u
	quiet        bool     // -w
	strict       bool     // -W
	verbose      int      // -v
	keepGoing    bool     // --semantic-keep-going

	skipBadVars    bool // --skip-badvars
	suppressLimits bool // --suppress-time-limits
}

// runFlags are the options of a run.
type runFlags struct {
	scriptFlags
	pass    checked // -p
	command once    // -c
	pid     checked // -x
	timeout checked // -T
	output  string  // -o
	split   checked // -S
	buffer  checked // -s
	detach  bool    // -F
	timing  bool    // -t
	format  checked // --format
	every   checked // --interval
	serve   checked // --prometheus
	monitor checked // --monitor
	ready   checked // --ready-fd
	module  checked // -m
	folded  string  // --folded
	graph   string  // --flamegraph

	failOnLoss     bool // --fail-on-loss
	noDisplay      bool // --no-global-var-display
	suppressErrors bool // --suppress-handler-errors

	list, listVars once // -l, -L
	dump           dumps
	interactive    bool // -i
	cleanCache     bool // --clean-cache
	version        bool // -V
}

// dumps are the options that print what there is instead of running a script.
type dumps struct{ functions, types, aliases bool }

func (d dumps) any() bool { return d.functions || d.types || d.aliases }

func (f *scriptFlags) register(c *cobra.Command) {
	f.globals = pairs{kind: "NAME=VALUE", name: identifier}
	f.defines = pairs{kind: "NAME=VALUE", name: identifier, bare: "1"}
	f.compatible = checked{kind: "version", check: checkVersion}
	f.placement = choice("auto|user", "auto", "auto", "user")
	f.runtime = choice("name", "", "kernel", "bpf", "dyninst")
	f.privilege = choice("stapdev|stapsys|stapusr", "", "stapdev", "stapsys", "stapusr")
	f.color = choice("when", "auto", "auto", "always", "never")

	flags := c.Flags()
	flags.SortFlags = false
	flags.VarP(&f.text, "eval", "e", "run this `text`; all arguments are the script's")
	flags.StringArrayVarP(&f.more, "eval-more", "E", nil, "run this `text` as well")
	flags.VarP(&f.globals, "global", "G", "set a global variable in place of its initialiser")
	flags.VarP(&f.defines, "define", "D", "set a limit: MAXACTION, MAXERRORS, MAXMAPENTRIES, MAXNESTING, MAXSKIPPED, MAXSTRINGLEN, HIST_WIDTH, HIST_ELISION, STP_MAX_BUCKETS, STP_PROCFS_BUFSIZE")
	flags.StringArrayVarP(&f.includes, "include", "I", nil, "look for functions and probe aliases in this `folder` too")
	flags.Var(&f.compatible, "compatible", "behave as this version of SystemTap did")
	flags.Var(&f.placement, "placement", "where code runs: auto, or user to evaluate everything outside the kernel")
	flags.BoolVarP(&f.guru, "guru", "g", false, "allow what may harm: needed by few scripts")
	flags.Var(&f.allow, "allow", "let a script from elsewhere do this: "+rightsText())
	flags.BoolVarP(&f.keepUnused, "unoptimized", "u", false, "keep what has no effect, and do not warn of it")
	flags.BoolVarP(&f.quiet, "no-warnings", "w", false, "show no warnings")
	flags.BoolVarP(&f.strict, "warnings-are-errors", "W", false, "take warnings about the script for errors")
	flags.CountVarP(&f.verbose, "verbose", "v", "say what happens, show all messages, and print every probe's counters at the end")
	flags.Var(&f.color, "color", "colour messages: auto, always or never")
	flags.Lookup("color").NoOptDefVal = "always"
	flags.BoolVar(&f.skipBadVars, "skip-badvars", false, "take variables of the probed code that are not known for 0, with a warning")
	flags.BoolVar(&f.keepGoing, "semantic-keep-going", false, "list all errors in a table, for programs to read")
	f.registerAccepted(flags)
}

func (f *runFlags) register(c *cobra.Command) {
	f.pass = choice("1-5", "5", "1", "2", "3", "4", "5")
	f.pid = checked{kind: "pid", check: checkPID}
	f.timeout = checked{kind: "seconds", check: checkSeconds}
	f.split = checked{kind: "MB[,N]", check: checkSplit}
	f.buffer = checked{kind: "MB", check: checkBuffer}
	f.format = choice("text|json", "text", "text", "json")
	f.every = checked{kind: "seconds", check: checkSeconds}
	f.serve = checked{kind: "address", check: checkAddress}
	f.monitor = checked{kind: "seconds", check: checkSeconds}
	f.module = checked{kind: "name", check: checkName}
	f.ready = checked{kind: "number", check: checkDescriptor}

	flags := c.Flags()
	flags.VarP(&f.command, "command", "c", "start this `command` once all is attached, and end when it does; target() is its process")
	flags.VarP(&f.pid, "pid", "x", "target() is this process; end when it does")
	flags.VarP(&f.timeout, "timeout", "T", "end after so many seconds")
	flags.StringVarP(&f.output, "output", "o", "", "write what the script prints to this `file`; %Y %m %d … are the time's")
	flags.VarP(&f.split, "split", "S", "begin a new file after so many MB: FILE.0, FILE.1, …; keep the newest N")
	flags.StringVar(&f.folded, "folded", "", "write the first array that has a stack as its key to this `file`, as lines of frames and a count")
	flags.StringVar(&f.graph, "flamegraph", "", "draw the first array that has a stack as its key into this `file`, as an SVG image")
	flags.VarP(&f.module, "module", "m", "call the session this `name`: its files are in /run/tapir/NAME, and module_name() gives it")
	flags.BoolVarP(&f.detach, "detach", "F", false, "with -o: go on in the background, and print the process's number")
	flags.VarP(&f.pass, "pass", "p", "stop after a pass: 1 parses and prints the script, 2 checks and prints it, 4 compiles it")
	flags.VarP(&f.list, "list", "l", "list the probe points that `POINT` matches")
	flags.VarP(&f.listVars, "list-variables", "L", "list the probe points that `POINT` matches, with their variables")
	flags.BoolVarP(&f.timing, "timing", "t", false, "say how often each handler ran, and how long it took")
	flags.Var(&f.format, "format", "write text, or json: a line for each print, message and counter, and for the globals at the end")
	flags.Var(&f.every, "interval", "with --format=json: write the globals every so many seconds, too")
	flags.Var(&f.serve, "prometheus", "serve the globals as metrics at this address: PORT (of this machine alone), or HOST:PORT")
	flags.Var(&f.monitor, "monitor", "show probes, globals and output on the whole screen, every so many seconds")
	flags.Lookup("monitor").NoOptDefVal = "1"
	flags.VarP(&f.buffer, "buffer", "s", "size of the buffer for events that wait")
	flags.BoolVar(&f.failOnLoss, "fail-on-loss", false, "fail if an event was lost; -D MAXSKIPPED=N allows N of them")
	flags.BoolVar(&f.noDisplay, "no-global-var-display", false, "do not show globals that are written and never read")
	flags.BoolVar(&f.suppressErrors, "suppress-handler-errors", false, "go on after any number of errors in handlers, and only count them")
	flags.BoolVar(&f.suppressLimits, "suppress-time-limits", false, "let handlers run as long as they like; needs -g")
	flags.BoolVar(&f.dump.functions, "dump-functions", false, "list the functions that scripts can call")
	flags.BoolVar(&f.dump.types, "dump-probe-types", false, "list the kinds of probe points")
	flags.BoolVar(&f.dump.aliases, "dump-probe-aliases", false, "list the probe aliases")
	flags.Var(&f.ready, "ready-fd", "write a line to this file descriptor once all is attached, and close it")
	flags.BoolVarP(&f.version, "version", "V", false, "print tapir's version")
	flags.BoolVarP(&f.interactive, "interactive", "i", false, "")
	flags.BoolVar(&f.cleanCache, "clean-cache", false, "")
	hide(flags, "interactive", "clean-cache")
	f.scriptFlags.register(c)
}

// accepted are options that matter only to how SystemTap compiles and loads its
// modules, or to what there is not yet. They change nothing here.
var accepted = []struct {
	name, short string
	value       bool
}{
	{name: "keep-files", short: "k"}, {name: "bulk", short: "b"}, {name: "coverage", short: "q"},
	{name: "merge", short: "M"},
	{name: "kernel-release", short: "r", value: true},
	{name: "runtime-folder", short: "R", value: true}, {name: "make-option", short: "B", value: true},
	{name: "architecture", short: "a", value: true}, {name: "module-data", short: "d", value: true},
	{name: "ldd"}, {name: "all-modules"}, {name: "check-version"}, {name: "disable-cache"}, {name: "poison-cache"},
	{name: "save-uprobes"}, {name: "bpf"}, {name: "dyninst"}, {name: "tmpdir", value: true}, {name: "modinfo", value: true},
	{name: "kelf"}, {name: "benchmark-sdt-loops", value: true}, {name: "benchmark-sdt-threads", value: true},
	{name: "target-namespaces", value: true},
	{name: "sysroot", value: true}, {name: "sysenv", value: true}, {name: "rlimit-as", value: true},
	{name: "rlimit-cpu", value: true}, {name: "rlimit-nproc", value: true}, {name: "rlimit-stack", value: true},
	{name: "rlimit-fsize", value: true},
}

// acceptedWhen are those of them whose value may be left out.
var acceptedWhen = []struct {
	name, short, bare string
	check             func(string) error
}{
	{"prologue-searching", "P", "always", oneOf("always", "auto", "never")},
	{"download-debuginfo", "", "yes", checkDownload},
	{"kmap", "", "map", func(string) error { return nil }},
}

func (f *scriptFlags) registerAccepted(flags *pflag.FlagSet) {
	flags.Var(&f.runtime, "runtime", "")
	flags.Var(&f.privilege, "privilege", "")
	flags.BoolVar(&f.unprivileged, "unprivileged", false, "")
	hide(flags, "runtime", "privilege", "unprivileged")
	for _, a := range accepted {
		if a.value {
			flags.StringArrayP(a.name, a.short, nil, "")
		} else {
			flags.CountP(a.name, a.short, "")
		}
		hide(flags, a.name)
	}
	for _, a := range acceptedWhen {
		flags.VarP(&checked{kind: "when", check: a.check}, a.name, a.short, "")
		flags.Lookup(a.name).NoOptDefVal = a.bare
		hide(flags, a.name)
	}
	flags.Var(&checked{kind: "digits", check: checkDigits}, "vp", "")
	hide(flags, "vp")
}

func hide(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		flags.Lookup(name).Hidden = true
	}
}

// colours reports whether messages for w are coloured.
func (f *scriptFlags) colours(w io.Writer) bool {
	if f.color.value == "auto" {
		return colours(w)
	}
	return f.color.value == "always"
}

// rights is the privilege that scripts see; "" is the usual one.
func (f *scriptFlags) rights() string {
	if f.unprivileged {
		return "stapusr"
	}
	return f.privilege.value
}

// mode is the placement as the planner has it.
func (f *scriptFlags) mode() plan.Mode {
	switch {
	case f.placement.value == "user" || f.tight("MAXSTRINGLEN", longestName):
		return plan.UserOnly
	case f.tight("MAXSTRINGLEN", layout.TextSize) && (f.tight("MAXACTION", usualActions) || f.tight("MAXNESTING", usualNesting)):
		return plan.UserOnly
	case f.tight("MAXSTRINGLEN", layout.TextSize):
		return plan.Names
	case f.tight("MAXACTION", usualActions) || f.tight("MAXNESTING", usualNesting):
		return plan.Events
	}
	return plan.Auto
}

// unlimited is more actions than any handler takes.
const unlimited = 1 << 62

// actions are how many a handler of an event may take; 0: as usual.
func (f *scriptFlags) actions() int {
	if f.suppressLimits {
		return unlimited
	}
	return f.limit("MAXACTION")
}

// What handlers that run in the kernel as a whole can rely on: the limits there are
// those of the language.
const (
	usualActions = 1000
	usualNesting = 10
	longestName  = 64 // bytes of a text that is no string of a program's
)

// tight reports whether -D sets a limit below what is usual.
func (f *scriptFlags) tight(name string, usual int) bool {
	n := f.limit(name)
	return n > 0 && n < usual
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
