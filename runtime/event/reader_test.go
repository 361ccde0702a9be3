package event

import (
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// idle makes the reader believe that events have stopped.
func idle(t *testing.T, r *Reader) {
	t.Helper()
	for range quietPolls {
		if n, err := r.Drain(func([]byte) error { return nil }); n != 0 || err != nil {
			t.Fatalf("Drain of an empty ring = %d, %v", n, err)
		}
	}
}

func TestWaitSaysThatItSleeps(t *testing.T) {
	f := newFake(t, 256)
	r, p := f.reader(t)
	if err := r.Wait(time.Millisecond); err != nil || f.asleep != 0 {
		t.Fatalf("while events stream: asleep = %d, %v; want 0", f.asleep, err)
	}
	idle(t, r)
	seen := make(chan bool)
	go func() {
		for atomic.LoadUint32(&f.asleep) == 0 {
			time.Sleep(50 * time.Microsecond)
		}
		seen <- true
		p.Interrupt()
	}()
	done := make(chan error)
	go func() { done <- r.Wait(-1) }()
	<-seen
	if err := <-done; err != nil || atomic.LoadUint32(&f.asleep) != 0 {
		t.Errorf("after the wait: asleep = %d, %v; want 0", f.asleep, err)
	}
}

func TestWaitDoesNotSleepOnRecords(t *testing.T) {
	f := newFake(t, 256)
	r, _ := f.reader(t)
	idle(t, r)
	pos, _ := f.reserve([]byte("in the making"))
	began := time.Now()
	if err := r.Wait(-1); err != nil || time.Since(began) > longNap/2 {
		t.Errorf("Wait with a reserved record took %v, %v", time.Since(began), err)
	}
	f.submit(pos, 0)
	if n, err := r.Drain(func([]byte) error { return nil }); n != 1 || err != nil {
		t.Errorf("Drain = %d, %v; want 1", n, err)
	}
}

// TestNoLostWakeUp has a producer that sends so seldom that the reader falls
// asleep between its records, at every moment relative to its going to sleep. The
// reader sleeps without limit here, so a lost wake-up is a test that hangs.
func TestNoLostWakeUp(t *testing.T) {
	const records = 60
	f := newFake(t, 1<<16)
	r, p := f.reader(t)
	r.nap = -1
	var hung atomic.Bool
	watchdog := time.AfterFunc(20*time.Second, func() { hung.Store(true); p.Interrupt() })
	defer watchdog.Stop()
	var got atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range records {
			for got.Load() < int64(i) && !hung.Load() {
				time.Sleep(20 * time.Microsecond)
			}
			// The reader is about to sleep, or has just fallen asleep.
			time.Sleep(quietPolls*pollEvery - time.Duration(i%7)*100*time.Microsecond)
			f.send([]byte("record"))
		}
	}()
	for got.Load() < records && !hung.Load() {
		if _, err := r.Drain(func([]byte) error { got.Add(1); return nil }); err != nil {
			t.Fatal(err)
		}
		if got.Load() == records {
			break
		}
		if err := r.Wait(-1); err != nil {
			t.Fatal(err)
		}
	}
	<-done
	if hung.Load() {
		t.Errorf("the reader slept on %d of %d records", records-got.Load(), records)
	}
	t.Logf("%d wake-ups for %d records", f.woken.Load(), records)
}

func TestInterruptEndsWait(t *testing.T) {
	p, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.Interrupt() // before the wait: not forgotten
	if err := p.Wait(-1); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.Wait(5 * time.Millisecond); err != nil || time.Since(began) < 4*time.Millisecond {
		t.Errorf("the second wait took %v, %v; want 5ms", time.Since(began), err)
	}
	p.Close()
	p.Interrupt() // must not write to a descriptor that is somebody else's by now
}

func TestPollerReportsHangup(t *testing.T) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[1])
	p, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	closed := 0
	if err := p.AddHangup(fds[1], func() { closed++ }); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(0); err != nil || closed != 0 {
		t.Fatalf("an open pipe was called closed %d times, %v", closed, err)
	}
	_ = unix.Close(fds[0])
	if err := p.Wait(time.Second); err != nil || closed != 1 {
		t.Errorf("a closed pipe was reported %d times, %v; want once", closed, err)
	}
}

// BenchmarkDrain measures the walk alone, per record of 64 bytes.
func BenchmarkDrain(b *testing.B) {
	f := newFake(b, 1<<20)
	body := make([]byte, 64)
	for f.send(body) {
	}
	end, sum := *f.producer, uint64(0)
	records := end / 72
	for b.Loop() {
		*f.consumer = 0
		if _, err := f.drain(func(r []byte) error { sum += uint64(r[0]); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(uint64(b.N)*records), "ns/record")
}
