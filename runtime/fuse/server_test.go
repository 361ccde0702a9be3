package fuse

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// discarding is a server without a kernel, whose replies nobody reads.
func discarding(t testing.TB) *Server {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close() })
	return &Server{device: null, nodes: makeTree([]File{{Path: "x", Read: true, Write: true}}), handles: map[uint64]*handle{}, wake: func() {}}
}

// placed is a folder of files, which the caller removes.
func placed(t *testing.T, root string, files []File, wake func()) *Server {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting needs root")
	}
	if _, err := os.Stat(Device); err != nil {
		t.Skip("this kernel has no FUSE")
	}
	s, err := Place(root, "test", files, wake)
	if errors.Is(err, unix.EPERM) {
		t.Skip("mounting is not allowed here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// served is a folder of files whose reads and writes f answers, on one goroutine.
func served(t *testing.T, root string, files []File, f func(*Request)) *Server {
	t.Helper()
	wake := make(chan bool, 1)
	s := placed(t, root, files, func() {
		select {
		case wake <- true:
		default:
		}
	})
	done := make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-wake:
			}
			for r := s.Next(); r != nil; r = s.Next() {
				f(r)
			}
		}
	})
	t.Cleanup(func() {
		close(done)
		wg.Wait()
		if err := s.Remove(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.Dir()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the folder is left: %v", err)
		}
	})
	return s
}

func TestServe(t *testing.T) {
	var written []string
	reads := 0
	s := served(t, t.TempDir(), []File{{Path: "d/r", Mode: 0o444, Read: true}, {Path: "w", Mode: 0o200, Write: true, Piece: 3}}, func(r *Request) {
		switch {
		case r.Write && r.File == 1:
			written = append(written, string(r.Text))
			r.Take(len(r.Text))
		case !r.Write && r.File == 0:
			reads++
			r.Answer([]byte("some text"))
		default:
			r.Refuse()
		}
	})
	// Others read and write: the Go runtime of a process that serves itself may wait for
	// itself.
	run := func(script string) string {
		cmd := exec.Command("sh", "-c", script)
		cmd.Dir = s.Dir()
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	if got := run("cat d/r; dd if=d/r bs=2 2>/dev/null"); got != "some textsome text" || reads != 2 {
		t.Errorf("cat and dd: %q, %d answers; want the text twice, and 2", got, reads)
	}
	if got := run("printf abcdefgh > w; printf x >> w"); got != "" {
		t.Errorf("printf said %q", got)
	}
	if want := []string{"abc", "def", "gh", "x"}; !slices.Equal(written, want) {
		t.Errorf("written: %q, want %q", written, want)
	}
	if got := run("cat w 2>/dev/null || echo no; ls; ls d; (echo > d/r) 2>/dev/null || echo no"); got != "no\nd\nw\nr\nno\n" {
		t.Errorf("a file that is only written to, the folders, one that is only read: %q", got)
	}
}

// TestGone: a reader that is killed, and the end of the folder while somebody waits and
// somebody else stands in it.
func TestGone(t *testing.T) {
	root := t.TempDir()
	wake := make(chan bool, 8)
	s := placed(t, root, []File{{Path: "r", Mode: 0o444, Read: true}}, func() { wake <- true })
	start := func(name string, arg ...string) *exec.Cmd {
		cmd := exec.Command(name, arg...)
		cmd.Dir = s.Dir()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	killed := start("cat", "r")
	<-wake
	_ = killed.Process.Kill()
	_ = killed.Wait() // until the server lets it go
	if r := s.Next(); r != nil {
		t.Error("somebody waits who was killed")
	}
	stays := start("sleep", "100")
	waits := start("cat", "r")
	<-wake
	if err := s.Remove(); err != nil {
		t.Error(err)
	}
	if waits.Wait() == nil {
		t.Error("who waited for an answer that never came did not see an error")
	}
	_ = stays.Process.Kill()
	_ = stays.Wait()
}

func TestPlace(t *testing.T) {
	root := t.TempDir()
	s := served(t, root, []File{{Path: "r", Read: true}}, (*Request).Refuse)
	if _, err := Place(root, "test", nil, nil); !errors.Is(err, ErrTaken) {
		t.Errorf("a second session of one name: %v, want ErrTaken", err)
	}
	// What a session leaves that is killed: a mounted folder whose device is closed.
	dead := filepath.Join(root, "dead")
	if err := os.Mkdir(dead, 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := Mount(dead, nil, func() {})
	if err != nil {
		t.Fatal(err)
	}
	_ = d.device.Close()
	d.serving.Wait()
	var st unix.Statfs_t
	for deadline := time.Now().Add(time.Second); !errors.Is(unix.Statfs(dead, &st), unix.ENOTCONN) && time.Now().Before(deadline); {
	}
	other, err := Place(root, "other", nil, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of a dead session is left: %v", err)
	}
	if _, err := os.Stat(s.Dir()); err != nil {
		t.Errorf("the folder of a session that lives: %v", err)
	}
}
