package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// examplesFolder has SystemTap's own examples, where Debian's systemtap-doc is installed.
// Beside each script is what it is called with, in a file of the same name with .meta.
const examplesFolder = "/usr/share/systemtap/examples"

// Why an example does not compile.
const (
	changes   = "it changes what the kernel or a program does, or is made of C"
	gone      = "the kernel's functions that it probes are gone since"
	other     = "the machine must have a program or library with marks or symbols"
	machine   = "the kernel must let its functions be probed, have modules or tell of its variables"
	module    = "a module of the kernel must be loaded"
	loops     = "it follows pointers in a loop, so that only the loop knows its addresses"
	fileNames = "the kernel's types do not tell which source file a function is in"
	absentHW  = "it asks for the processor's counters or watchpoints"
)

// elsewhere are the reasons of examples that compile on other machines.
var elsewhere = []string{gone, other, module, machine, absentHW}

// refused are the examples that do not compile, by the reason. A folder stands for all
// that is in it.
var refused = map[string]string{
	"security-band-aids/":             changes,
	"general/badname":                 changes,
	"general/keyhack":                 changes,
	"general/pyexample":               changes,
	"io/eatmydata":                    changes,
	"io/iostat-scsi":                  changes,
	"io/ttyspy":                       changes,
	"network/netfilter_drop":          changes,
	"network/tcp_init_cwnd":           changes,
	"process/noptrace":                changes,
	"process/pfiles":                  changes,
	"process/plimit":                  changes,
	"process/psig":                    changes,
	"process/threadstacks":            changes,
	"stapgames/tapset/audio":          changes,
	"stapgames/tapset/game":           changes,
	"stapgames/tapset/cursor":         "it has no probes",
	"memory/hw_watch_addr":            absentHW,
	"memory/hw_watch_sym":             machine,
	"profiling/perf":                  absentHW,
	"locks/bkl":                       gone,
	"locks/bkl_stats":                 gone,
	"lwtools/fslatency-nd":            gone,
	"lwtools/fsslower-nd":             gone,
	"memory/cachestat":                gone,
	"memory/hugepage_clear_delays":    gone,
	"memory/hugepage_cow_delays":      gone,
	"memory/hugepage_split":           gone,
	"memory/mmanonpage":               gone,
	"memory/mmwriteback":              gone,
	"network/tcp_trace":               "a function that it probes is a part of others, as compilers make it",
	"process/futexes2":                "a member of a struct that it reads has another name since Linux 5.5",
	"process/mutex-contention":        "the C library has no such functions in a file of their own since 2.34",
	"general/socket-events":           "x86-64 has no system calls send and recv",
	"apps/gmalloc_watch":              other,
	"apps/libguestfs_log":             other,
	"apps/php-trace":                  other,
	"apps/stap_time":                  other,
	"general/floatingpoint":           other,
	"general/tcl-funtop":              other,
	"general/tcl-trace":               other,
	"io/capture_ssl_master_secrets":   other,
	"memory/glibc-malloc":             other,
	"network/autofs4":                 module,
	"network/nfsd-recent":             module,
	"network/nfsd-trace":              module,
	"network/nfsd_unlink":             module,
	"network/nfsdtop":                 module,
	"network/stp_dump":                module,
	"process/procmod_watcher":         machine,
	"virtualization/kvm_service_time": module,
	"io/enospc":                       machine,
	"io/traceaio":                     loops,
	"network/connect_stat":            loops,
	"profiling/container_check":       loops,
	"network/socket-trace":            fileNames,
	"io/ioblktime":                    machine,
	"memory/numa_faults":              "which node memory belongs to is not known",
	"network/tcpipstat":               "there are no probes for what the kernel counts of IP, and of Linux's own",
	"process/ltrace":                  "all libraries of a program can't be named by a pattern",
	"stapgames/2048":                  "the kernel keeps the cycle counter from programs before 6.16",
}

// exampleArguments are the options and arguments of examples that are called with a
// place in the kernel that only debug information knows, in their stead.
var exampleArguments = map[string][]string{
	"general/callgraph":              {`kernel.function("vfs_w*")`},
	"general/para-callgraph":         {`kernel.function("vfs_w*")`, `kernel.function("vfs_read")`},
	"general/para-callgraph-verbose": {`kernel.function("vfs_w*")`, `kernel.function("vfs_read")`},
	"profiling/functioncallcount":    {"vfs_*"},
	"profiling/fntimes":              {`kernel.function("vfs_*")`},
	"profiling/graphcall":            {"PROGRAM", "main"},
	"profiling/linetimes":            {`process("PROGRAM")`, "main"},
	"general/whythefail":             {`process("PROGRAM")`, "main", "$return < 0"},
	"general/varwatch":               {`process("PROGRAM").statement("main@*:*")`, "$$vars"},
	"general/sizeof":                 {"task_struct", "kernel<include/linux/sched.h>"},
}

// exampleProgram is what PROGRAM stands for.
const exampleProgram = `int main(int argc, char **argv) { int n = 0; while (argc > 0) n += argc--; return n; }`

// TestExamples compiles SystemTap's examples.
func TestExamples(t *testing.T) {
	if _, err := os.Stat(examplesFolder); err != nil || testing.Short() {
		t.Skip("needs SystemTap's examples in ", examplesFolder)
	}
	program := filepath.Join(t.TempDir(), "program")
	build := exec.Command("gcc", "-g", "-O1", "-x", "c", "-o", program, "-")
	build.Stdin = strings.NewReader(exampleProgram)
	if text, err := build.CombinedOutput(); err != nil {
		t.Skipf("needs gcc: %v\n%s", err, text)
	}
	err := filepath.WalkDir(examplesFolder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".stp" {
			return err
		}
		relative, err := filepath.Rel(examplesFolder, path)
		name := strings.TrimSuffix(relative, ".stp")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := compileExample(t, path, name, program)
			switch reason := why(name); {
			case reason == "" && err != nil:
				t.Errorf("%v\n%s", err, text)
			case err == nil && reason != "" && !slices.Contains(elsewhere, reason):
				t.Errorf("it compiles now, in spite of %q: take it out of the table", reason)
			case err != nil:
				t.Skip(reason)
			}
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// why is the reason why an example is refused, or "".
func why(name string) string {
	folder, _, _ := strings.Cut(name, "/")
	if reason := refused[folder+"/"]; reason != "" {
		return reason
	}
	return refused[name]
}

// compileExample gives what is printed of it.
func compileExample(t *testing.T, path, name, program string) (text []byte, err error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	arguments, ok := exampleArguments[name]
	if ok {
		arguments = append([]string{filepath.Base(path)}, arguments...)
		for i := range arguments {
			arguments[i] = strings.ReplaceAll(arguments[i], "PROGRAM", program)
		}
	} else {
		arguments = metaArguments(t, path)
	}
	cmd := exec.CommandContext(ctx, exe)
	cmd.Args = append([]string{"tapir", "run", "-p", "4"}, arguments...)
	cmd.Dir = filepath.Dir(path)
	return cmd.CombinedOutput()
}

var (
	checkLine = regexp.MustCompile(`(?m)^test_check:.*?\bstap\s+(.*)$`)
	passFlag  = regexp.MustCompile(`^-(w?g?w?)p\d$`)
)

// metaArguments are what an example is called with, the pass left out.
func metaArguments(t *testing.T, path string) []string {
	text, err := os.ReadFile(strings.TrimSuffix(path, ".stp") + ".meta")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	m := checkLine.FindSubmatch(text)
	if m == nil {
		return []string{filepath.Base(path)}
	}
	var arguments []string
	for _, w := range words(string(m[1])) {
		if flag := passFlag.FindStringSubmatch(w); flag != nil {
			for _, f := range flag[1] {
				arguments = append(arguments, "-"+string(f))
			}
			continue
		}
		arguments = append(arguments, strings.ReplaceAll(strings.Trim(w, `"'`), "$$", "1"))
	}
	return slices.DeleteFunc(arguments, func(a string) bool { return a == "--all-modules" || a == "--ldd" })
}
