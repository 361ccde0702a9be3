package session

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	live "tapir/bpf/target"
	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// TestMain lets the test binary play the held command and the traced program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case HoldMode:
			os.Exit(HoldMain(os.Args[2:]))
		case "__calls": // N: calls getppid N times
			n, _ := strconv.Atoi(os.Args[2])
			for range n {
				syscall.Getppid()
			}
			os.Exit(0)
		case "__mixed": // N: getppid, and every tenth time getuid before
			n, _ := strconv.Atoi(os.Args[2])
			for i := range n {
				if i%10 == 0 {
					syscall.Getuid()
				}
				syscall.Getppid()
			}
			os.Exit(0)
		case "__work": // SEED CALLS
			runtime.LockOSThread()
			work(number(os.Args[2]), number(os.Args[3]))
			os.Exit(0)
		case "__reads": // N: reads 1 to N bytes
			readZeros(number(os.Args[2]))
			os.Exit(0)
		case "__touch": // PAGES
			touchPages(number(os.Args[2]))
			os.Exit(0)
		case "__texts": // SEED CALLS
			runtime.LockOSThread()
			workWithTexts(number(os.Args[2]), number(os.Args[3]))
			os.Exit(0)
		case "__nest": // TIMES
			nestWakeups(number(os.Args[2]))
			os.Exit(0)
		case "__slow": // CALLS
			workSlowly(number(os.Args[2]))
			os.Exit(0)
		case "__threads": // THREADS PAIRS
			workInThreads(number(os.Args[2]), number(os.Args[3]))
			os.Exit(0)
		case "__events":
			makeEvents()
			os.Exit(0)
		case "__noise": // calls the same until it is killed, but for a minute at most
			for end := time.Now().Add(time.Minute); time.Now().Before(end); {
				for range 1000 {
					syscall.Getppid()
					syscall.Getuid()
				}
			}
			os.Exit(0)
		case "__exit": // STATUS
			n, _ := strconv.Atoi(os.Args[2])
			os.Exit(n)
		case "__stay": // until its standard input is closed
			_, _ = os.Stdin.Read(make([]byte, 1))
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// self is a command line for a mode of the test binary.
func self(t *testing.T, mode string, number ...int) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	words := []string{exe, mode}
	for _, n := range number {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, " ")
}

// liveKernel is the running kernel. What one test has found out about it serves the others.
var liveKernel = sync.OnceValues(live.Live)

func thisKernel(t *testing.T) *live.Kernel {
	t.Helper()
	kernel, err := liveKernel()
	if err != nil {
		t.Fatal(err)
	}
	return kernel
}

// compile takes a script through all passes.
func compile(t *testing.T, text string, mode plan.Mode) *compiler.Compiled {
	t.Helper()
	return compileFor(t, text, mode, thisKernel(t))
}

// compileFor takes a script through all passes for a kernel.
func compileFor(t *testing.T, text string, mode plan.Mode, kernel *live.Kernel) *compiler.Compiled {
	t.Helper()
	return compileWith(t, text, kernel, compiler.Options{Mode: mode})
}

func compileWith(t *testing.T, text string, kernel *live.Kernel, o compiler.Options) *compiler.Compiled {
	t.Helper()
	set := &source.Set{}
	refuse := func(pass string, ds *source.Diagnostics) {
		t.Helper()
		if ds != nil && ds.HasErrors() {
			var b strings.Builder
			_ = source.Render(&b, set, ds.List, source.RenderOptions{})
			t.Fatalf("%s: %s\n%s", pass, b.String(), text)
		}
	}
	options := syntax.Options{Kernel: kernel.Release}
	lib := library.New(library.Options{Sources: set, Syntax: options})
	options.Macros = lib.Macros(text)
	file, ds := syntax.Parse(set, "test.tp", text, options)
	refuse("parse", ds)
	program, ds := check.Check(set, []*syntax.File{file}, lib, kernel, check.Options{})
	refuse("check", ds)
	c, ds := compiler.Compile(program, kernel, o)
	refuse("compile", ds)
	return c
}

// outcome is what a finished session left.
type outcome struct {
	Result
	out, err string
}

func (o outcome) lines() []string {
	if o.out == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(o.out, "\n"), "\n")
}

// run runs a script to its end.
func run(t *testing.T, text string, mode plan.Mode, o Options) outcome {
	t.Helper()
	return runFor(t, t.Context(), compile(t, text, mode), o)
}

func runFor(t *testing.T, ctx context.Context, c *compiler.Compiled, o Options) outcome {
	t.Helper()
	limit := 30 * time.Second
	if testing.Short() { // as where a kernel is emulated
		limit *= 4
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var out, errs bytes.Buffer
	if o.Out == nil {
		o.Out = &out
	}
	o.Err = &errs
	r, err := Run(ctx, c, o)
	if err != nil {
		t.Fatalf("Run: %v\n%s", err, errs.String())
	}
	return outcome{r, out.String(), errs.String()}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: it traces the live kernel")
	}
}

// noise loads the machine with the calls that the test traces, until the test ends.
func noise(t *testing.T) {
	t.Helper()
	argv := strings.Fields(self(t, "__noise"))
	cmd := exec.Command(argv[0], argv[1:]...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}
