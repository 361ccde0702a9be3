package output_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tapir/runtime/output"
)

func TestMain(m *testing.M) {
	if os.Getenv("TAPIR_OUTPUT_CHILD") != "" {
		writeUntilClosed()
	}
	os.Exit(m.Run())
}

// writeUntilClosed writes to standard output until nobody reads it, and says by
// its exit status how that showed.
func writeUntilClosed() {
	defer output.CatchBrokenPipe()()
	w := output.New(os.Stdout, "standard output")
	for {
		if _, err := io.WriteString(w, "line\n"); err != nil {
			os.Exit(statusOf(err))
		}
		if err := w.Flush(); err != nil {
			os.Exit(statusOf(err))
		}
	}
}

func statusOf(err error) int {
	if errors.Is(err, output.ErrClosed) {
		return 42
	}
	return 43
}

func TestTextArrivesInOrder(t *testing.T) {
	var got, want bytes.Buffer
	w := output.New(&got, "buffer")
	pieces := []string{"a", strings.Repeat("b", 70_000), "", "c\n", strings.Repeat("d", output.Size), "e", strings.Repeat("f", output.Size-1), "g"}
	for _, p := range pieces {
		want.WriteString(p)
		if n, err := io.WriteString(w, p); n != len(p) || err != nil {
			t.Fatalf("Write of %d bytes: got %d, %v", len(p), n, err)
		}
		if w.Buffered() > output.Size {
			t.Fatalf("buffered %d bytes, want at most %d", w.Buffered(), output.Size)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("got %d bytes, want the %d that were written, in order", got.Len(), want.Len())
	}
}

func TestNothingIsWrittenBeforeFlush(t *testing.T) {
	var got bytes.Buffer
	w := output.New(&got, "buffer")
	io.WriteString(w, "text")
	if got.Len() != 0 || w.Buffered() != 4 {
		t.Errorf("before Flush: %d written, %d buffered, want 0 and 4", got.Len(), w.Buffered())
	}
	if err := w.Flush(); err != nil || got.String() != "text" || w.Buffered() != 0 {
		t.Errorf("after Flush: %q written, %d buffered, %v", got.String(), w.Buffered(), err)
	}
}

// bites takes at most three bytes at a time.
type bites struct{ bytes.Buffer }

func (b *bites) Write(p []byte) (int, error) { return b.Buffer.Write(p[:min(3, len(p))]) }

func TestPartialWritesAreContinued(t *testing.T) {
	var got bites
	w := output.New(&got, "bites")
	io.WriteString(w, "0123456789")
	if err := w.Flush(); err != nil || got.String() != "0123456789" {
		t.Errorf("got %q, %v, want all ten digits", got.String(), err)
	}
}

type stuck struct{}

func (stuck) Write([]byte) (int, error) { return 0, nil }

func TestNoProgressIsAnError(t *testing.T) {
	w := output.New(stuck{}, "stuck")
	io.WriteString(w, "x")
	if err := w.Flush(); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v, want %v", err, io.ErrShortWrite)
	}
}

func TestClosedPipe(t *testing.T) {
	r, p, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	w := output.New(p, "pipe")
	io.WriteString(w, "one")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	r.Close()
	io.WriteString(w, "two")
	for range 3 {
		if err := w.Flush(); !errors.Is(err, output.ErrClosed) {
			t.Fatalf("Flush: got %v, want ErrClosed", err)
		}
		if _, err := io.WriteString(w, "three"); !errors.Is(err, output.ErrClosed) {
			t.Fatalf("Write: got %v, want ErrClosed", err)
		}
	}
	if err := w.Close(); !errors.Is(err, output.ErrClosed) {
		t.Errorf("Close: got %v, want ErrClosed", err)
	}
}

// A pipe on descriptor 1 is special to Go's runtime.
func TestClosedStandardOutput(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "TAPIR_OUTPUT_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	out.Close()
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 42 {
		t.Errorf("the writer ended with %v, want exit status 42", cmd.ProcessState)
	}
}

func TestFullDisk(t *testing.T) {
	w, err := output.Create("/dev/full")
	if err != nil {
		t.Skipf("needs /dev/full: %v", err)
	}
	io.WriteString(w, "text")
	err = w.Flush()
	want := "write to /dev/full: no space left on device"
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
	if _, again := io.WriteString(w, "more"); again != err || w.Buffered() != 0 {
		t.Errorf("after the failure Write gives %v with %d bytes buffered, want the same error and none", again, w.Buffered())
	}
	if again := w.Close(); again != err {
		t.Errorf("Close gives %v, want the same error", again)
	}
}

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(path, []byte("what was there before"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := output.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if w.EscapeControl() {
		t.Error("a file is taken for a terminal")
	}
	io.WriteString(w, "text\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "text\n" {
		t.Errorf("got %q, %v, want %q", got, err, "text\n")
	}
	if _, err := output.Create(filepath.Join(t.TempDir(), "no", "dir")); err == nil {
		t.Error("a file in a folder that is not there was created")
	}
}

func TestTerminal(t *testing.T) {
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("needs /dev/ptmx: %v", err)
	}
	defer tty.Close()
	if !output.New(tty, "terminal").EscapeControl() {
		t.Error("a terminal is not recognised")
	}
	if output.New(&bytes.Buffer{}, "buffer").EscapeControl() {
		t.Error("a buffer is taken for a terminal")
	}
}

func TestWriteAllocatesNothing(t *testing.T) {
	w := output.New(io.Discard, "nothing")
	line := []byte("a line of text\n")
	if n := testing.AllocsPerRun(10_000, func() { w.Write(line) }); n != 0 {
		t.Errorf("got %v allocations per Write, want 0", n)
	}
}

func BenchmarkWrite(b *testing.B) {
	w := output.New(io.Discard, "nothing")
	line := []byte("     test_driver[18287] wait4 = 18305 WSTOPSIG=SIGSTOP\n")
	for b.Loop() {
		w.Write(line)
	}
}
