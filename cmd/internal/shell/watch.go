package shell

import (
	"context"
	"errors"
	"sync"
	"time"
)

// watches are the values that are shown again and again. Each has a goroutine, which ends
// when it is removed.
type watches struct {
	mu   sync.Mutex
	last int
	all  []*watch
	done sync.WaitGroup
}

type watch struct {
	number int
	expr   string
	period time.Duration
	stop   context.CancelFunc
}

func (w *watches) add(ctx context.Context, expr string, period time.Duration, look func() error) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last++
	ctx, stop := context.WithCancel(ctx)
	one := &watch{w.last, expr, period, stop}
	w.all = append(w.all, one)
	w.done.Go(func() {
		t := time.NewTicker(period)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
			if err := look(); errors.Is(err, errShown) {
				w.remove(one.number) // it has become wrong
			}
		}
	})
	return one.number
}

func (w *watches) list(s *screen) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.all) == 0 {
		s.printf("nothing is watched")
	}
	for _, one := range w.all {
		s.printf("%3d  %s every %s", one.number, one.expr, one.period)
	}
}

func (w *watches) remove(number int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, one := range w.all {
		if one.number == number {
			one.stop()
			w.all = append(w.all[:i], w.all[i+1:]...)
			return true
		}
	}
	return false
}

func (w *watches) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.all {
		one.stop()
	}
	w.all = nil
}

// close ends all of them and waits for that.
func (w *watches) close() {
	w.clear()
	w.done.Wait()
}
