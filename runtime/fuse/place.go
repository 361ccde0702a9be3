package fuse

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Root is where the folders of sessions are.
const Root = "/run/tapir"

// ErrTaken says that there is a session of that name.
var ErrTaken = errors.New("there is a session of this name already")

// Place mounts files in a folder of a name below root, which is made if it is not there.
// What sessions that died have left there is removed before. Remove is its end.
func Place(root, name string, files []File, wake func()) (*Server, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	lock, err := os.Open(root)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return nil, fmt.Errorf("lock %s: %w", root, err)
	}
	if err := sweep(lock, root); err != nil {
		return nil, err
	}
	dir := filepath.Join(root, name)
	switch err := os.Mkdir(dir, 0o755); {
	case errors.Is(err, os.ErrExist):
		return nil, fmt.Errorf("%s: %w", dir, ErrTaken)
	case err != nil:
		return nil, err
	}
	s, err := Mount(dir, files, wake)
	if err != nil {
		return nil, errors.Join(err, os.Remove(dir))
	}
	return s, nil
}

// sweep removes the folders below root that no session has any more: those whose server
// is gone, and empty ones, which a session leaves that is killed as it begins or ends.
// The caller has the lock, without which nobody makes one.
func sweep(root *os.File, path string) error {
	names, err := root.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		dir := filepath.Join(path, name)
		var st unix.Statfs_t
		if errors.Is(unix.Statfs(dir, &st), unix.ENOTCONN) {
			_ = unix.Unmount(dir, unix.MNT_DETACH)
		}
		_ = unix.Rmdir(dir) // those that are in use stay
	}
	return nil
}

// Remove is Close, and removes the folder.
func (s *Server) Remove() error {
	return errors.Join(s.Close(), os.Remove(s.dir))
}

// Abandon removes the folder and answers nobody any more, for a process that ends at once.
// It may be called from any goroutine.
func (s *Server) Abandon() {
	_ = unix.Unmount(s.dir, unix.MNT_DETACH)
	_ = unix.Rmdir(s.dir)
}

// Dir is the folder.
func (s *Server) Dir() string { return s.dir }
