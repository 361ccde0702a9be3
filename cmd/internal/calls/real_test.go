package calls

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// realPrograms are those that are traced by strace as well. Each prepares a folder
// and gives the command to run there.
var realPrograms = []struct {
	name, needs string
	prepare     func(t *testing.T, dir string) []string
}{
	{"ls", "ls", func(t *testing.T, dir string) []string {
		tree(t, dir)
		return []string{path(t, "ls"), "-l", "-R"}
	}},
	{"tar", "tar", func(t *testing.T, dir string) []string {
		tree(t, dir)
		return []string{path(t, "tar"), "cf", "all.tar", "a", "b"}
	}},
	{"git", "git", func(t *testing.T, dir string) []string {
		tree(t, dir)
		git := path(t, "git")
		for _, args := range [][]string{{"init", "-q"}, {"add", "a"}} {
			cmd := exec.Command(git, args...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("git %q: %v\n%s", args, err, out)
			}
		}
		return []string{git, "--no-optional-locks", "status"}
	}},
	{"children", "sh", func(t *testing.T, dir string) []string {
		tree(t, dir)
		script := "ls -l a >list\nwc -l <list >count\ncat no_such_file 2>errors\nexit 0\n"
		if err := os.WriteFile(filepath.Join(dir, "script"), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{path(t, "sh"), "script"}
	}},
	{"tls", "openssl", func(t *testing.T, _ string) []string {
		return []string{path(t, "openssl"), "s_client", "-quiet", "-connect", serveTLS(t)}
	}},
}

// path is where a command is, so that nobody has to look for it while it is traced.
func path(t *testing.T, name string) string {
	t.Helper()
	file, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// tree makes some files, older than whatever is made of them.
func tree(t *testing.T, dir string) {
	t.Helper()
	past := time.Now().Add(-time.Hour)
	for _, name := range []string{"a/one", "a/two", "a/deep/three", "b/four"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, past, past); err != nil {
			t.Fatal(err)
		}
	}
}

// serveTLS serves on the loopback interface until the test ends: to each client one
// line, in one piece, and then the end.
func serveTLS(t *testing.T) (address string) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader) // all signatures are as long
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{
		Certificates:           []tls.Certificate{{Certificate: [][]byte{cert}, PrivateKey: key}},
		SessionTicketsDisabled: true,
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			secure := tls.Server(c, config)
			_, _ = io.WriteString(secure, "hello\n")
			_ = secure.Close()
		}
	}()
	return l.Addr().String()
}
