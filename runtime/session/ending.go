package session

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"tapir/runtime/event"
	"tapir/runtime/fuse"
)

// reason is why a session ends.
type reason int32

const (
	none        reason = iota
	exited             // the script called exit()
	targetEnded        // -c's command or -x's process is gone
	interrupted        // by a signal, or by the context
	closed             // nobody reads the output
)

// ending is where everybody who may end a session says so. The first reason
// counts.
type ending struct {
	reason atomic.Int32
	signal atomic.Int32 // the first that came
	// keyboard is the terminal to give back before the process ends at once.
	keyboard atomic.Pointer[keyboard]
	// files is the folder to remove then; nil if there is none.
	files atomic.Pointer[fuse.Server]
}

// because ends the session; it reports whether this was the first reason.
func (e *ending) because(r reason) bool { return e.reason.CompareAndSwap(int32(none), int32(r)) }

func (e *ending) reached() bool { return e.reason.Load() != int32(none) }

func (e *ending) is(r reason) bool { return e.reason.Load() == int32(r) }

// endSignals are those that end a session as a person or the system asks for it.
var endSignals = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}

// watch listens for signals and for the end of the context, until stop is called.
//
// The first signal ends the session properly, the second at once, as if nobody
// had listened, but for the terminal and the session's files. Who is deaf hears none of
// them. A signal that is ignored (by nohup, or by a shell's &) stays so.
func (e *ending) watch(ctx context.Context, p *event.Poller, deaf bool) (stop func()) {
	signals := make(chan os.Signal, 4)
	for _, s := range endSignals {
		if !deaf && !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	signal.Notify(signals, syscall.SIGCONT)
	var wg sync.WaitGroup
	wg.Go(func() {
		for s := range signals {
			if s == syscall.SIGCONT {
				e.keyboard.Load().goOn()
				p.Interrupt()
				continue
			}
			number := s.(syscall.Signal)
			if !e.signal.CompareAndSwap(0, int32(number)) {
				e.keyboard.Load().restore()
				if f := e.files.Load(); f != nil {
					f.Abandon()
				}
				signal.Reset(s)
				_ = syscall.Kill(os.Getpid(), number)
				continue
			}
			e.because(interrupted)
			p.Interrupt()
		}
	})
	stopContext := context.AfterFunc(ctx, func() {
		e.because(interrupted)
		p.Interrupt()
	})
	return func() {
		stopContext()
		signal.Stop(signals)
		close(signals)
		wg.Wait()
	}
}
