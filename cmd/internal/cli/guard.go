package cli

import (
	"fmt"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"strings"
)

// stackVariable is the environment variable that shows the stack of an internal
// error, for those who want to mend it.
const stackVariable = "TAPIR_DEBUG"

// guard turns a panic, which is always a mistake in tapir, into one line that a
// person can report. Deferred.
func (e *env) guard(status *int) {
	cause := recover()
	if cause == nil {
		return
	}
	*status = statusFailed
	text, _, _ := strings.Cut(fmt.Sprint(cause), "\n")
	fmt.Fprintf(e.err, "tapir: internal error: %s (tapir %s, %s); this is a mistake in tapir, please report it with the script\n",
		text, release, panicPosition())
	if os.Getenv(stackVariable) != "" {
		e.err.Write(debug.Stack())
	}
}

// panicPosition is the file and line of tapir's code that panicked; call it while
// the panic's frames are still on the stack.
func panicPosition() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicked := false
	for {
		f, more := frames.Next()
		switch {
		case strings.HasPrefix(f.Function, "runtime."):
			panicked = panicked || strings.Contains(f.Function, "panic")
		case panicked && strings.HasPrefix(f.Function, "tapir/"):
			return fmt.Sprintf("%s/%s:%d", packageOf(f.Function), path.Base(f.File), f.Line)
		}
		if !more {
			return "place unknown"
		}
	}
}

// packageOf is the import path, without the module, of the package that a function is in.
func packageOf(function string) string {
	name := strings.TrimPrefix(function, "tapir/")
	slash := strings.LastIndexByte(name, '/')
	dot := strings.IndexByte(name[slash+1:], '.')
	return name[:slash+1+dot]
}
