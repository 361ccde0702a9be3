// Package fuse gives a session files that other programs read and write while it runs:
// a file system of the kernel's FUSE, in which each reading and each writing is a request
// that the session answers when it comes to it. Start with Mount.
//
// Named pipes would need no file system, but they have one reader's bytes go to another,
// can't be read and written at once, and don't tell who has gone away. The libraries for
// FUSE keep threads in reads of its device, which don't end as long as a shell stands in
// the folder; so the few requests that files like these cause are answered here.
//
// One goroutine answers all that needs no handler: names, attributes, what is in a folder,
// the rest of an answer. Close ends it. If the process ends without that, the kernel lets
// all readers go; Place removes what is left of the folder.
package fuse

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// File is a file to give.
type File struct {
	Path        string // below the folder, clean: no empty part, no dots
	Mode        uint32 // permission bits; the kernel holds to them
	Read, Write bool   // what can be done with it
	Piece       int    // bytes of a write that are handed over at most; 0: all
}

// maxKept bounds what readers that have files open are yet to get, in bytes.
const maxKept = 256 << 20

// Server is a mounted folder.
type Server struct {
	device   *os.File
	dir      string
	nodes    []*node
	uid, gid uint32
	since    int64 // seconds since the epoch
	wake     func()
	serving  sync.WaitGroup

	mu      sync.Mutex
	waiting []*Request
	handles map[uint64]*handle // by number
	last    uint64             // number of the newest handle
	kept    int                // bytes of their texts
}

// handle is a file as a program has opened it.
type handle struct {
	text   []byte
	filled bool // text is what the file holds for this reader
	closed bool
}

// Request is a program that reads a file, for the first time since it has opened it, or
// writes to one, and waits for the answer.
type Request struct {
	File   int    // which of Mount's
	Thread int    // who reads or writes, by its id; 0 if it has none here
	Write  bool   // Text was written
	Text   []byte // valid for good

	server *Server
	unique uint64
	handle *handle
	offset uint64
	size   uint32
}

// Device is what the kernel gives file systems of programs by.
const Device = "/dev/fuse"

// Mount gives files in dir, an empty folder. It calls wake, from another goroutine,
// whenever a request has come. Errors are the kernel's, among them that it has no FUSE
// or that this process may not mount.
func Mount(dir string, files []File, wake func()) (*Server, error) {
	fd, err := unix.Open(Device, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", Device, err)
	}
	s := &Server{
		dir: dir, nodes: makeTree(files), wake: wake,
		uid: uint32(os.Geteuid()), gid: uint32(os.Getegid()), since: time.Now().Unix(), handles: map[uint64]*handle{},
	}
	options := fmt.Sprintf("fd=%d,rootmode=40000,user_id=%d,group_id=%d,default_permissions,allow_other", fd, s.uid, s.gid)
	if err := unix.Mount("tapir", dir, "fuse.tapir", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, options); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("mount %s: %w", dir, err)
	}
	s.device = os.NewFile(uintptr(fd), Device) // now: before, there is nothing to wait for, and it stays so
	s.serving.Go(s.serve)
	return s, nil
}

// Next is the request that has waited longest, or nil if none does. It must be answered.
func (s *Server) Next() *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.waiting) > 0 {
		r := s.waiting[0]
		s.waiting = s.waiting[1:]
		if !r.Write && r.handle.filled { // meanwhile, for another thread with the same descriptor
			s.reply(r.unique, 0, part(r.handle.text, r.offset, r.size))
			continue
		}
		return r
	}
	return nil
}

// Waiting is the number of requests that wait.
func (s *Server) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// Answer makes text, which is copied, what the reader gets until it opens the file anew.
// When very many readers are slow, it sees that there is no memory.
func (r *Request) Answer(text []byte) {
	s := r.server
	s.mu.Lock()
	fits := len(text) <= maxKept-s.kept
	if fits && !r.handle.closed {
		s.kept += len(text)
		r.handle.text, r.handle.filled = bytes.Clone(text), true
	}
	s.mu.Unlock()
	if fits {
		s.reply(r.unique, 0, part(text, r.offset, r.size))
	} else {
		s.reply(r.unique, unix.ENOMEM, nil)
	}
}

// Take says that n bytes of Text were taken; the writer tries again with the rest.
func (r *Request) Take(n int) {
	r.server.reply(r.unique, 0, order.AppendUint64(nil, uint64(uint32(n))))
}

// Refuse lets the reader or writer see an error of input and output.
func (r *Request) Refuse() { r.server.reply(r.unique, unix.EIO, nil) }

// Close ends the folder: who waits, or still has a file open, sees an error.
func (s *Server) Close() error {
	err := unix.Unmount(s.dir, unix.MNT_DETACH)
	for r := s.Next(); r != nil; r = s.Next() {
		r.Refuse()
	}
	err = errors.Join(err, s.device.Close())
	s.serving.Wait()
	if err != nil {
		return fmt.Errorf("unmount %s: %w", s.dir, err)
	}
	return nil
}

// serve answers requests until the device is closed, or somebody has unmounted the folder.
func (s *Server) serve() {
	buf := make([]byte, maxWrite+4096)
	for {
		n, err := s.device.Read(buf)
		switch {
		case errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINTR): // the request is gone
			continue
		case err != nil:
			return
		}
		if m, ok := parse(buf[:n]); ok {
			s.dispatch(&m)
		}
	}
}

func (s *Server) dispatch(m *message) {
	switch m.op {
	case opForget, opBatchForget:
		return // nodes stay; there is no reply
	case opInterrupt:
		s.interrupt(m.long(0))
		return
	case opInit:
		if m.word(0) != major {
			s.reply(m.unique, unix.EPROTO, nil)
			return
		}
		s.reply(m.unique, 0, initReply())
		return
	case opDestroy, opFlush, opReleasedir:
		s.reply(m.unique, 0, nil)
		return
	case opStatfs:
		b := make([]byte, statSize)
		order.PutUint32(b[40:], 4096) // block size
		order.PutUint32(b[44:], 255)  // length of names
		s.reply(m.unique, 0, b)
		return
	}
	if m.node < 1 || m.node > uint64(len(s.nodes)) {
		s.reply(m.unique, unix.ESTALE, nil)
		return
	}
	s.ofNode(m, s.nodes[m.node-1])
}

// ofNode answers what is about a file or a folder.
func (s *Server) ofNode(m *message, n *node) {
	switch m.op {
	case opLookup:
		name, _, _ := bytes.Cut(m.body, []byte{0})
		if found := child(s.nodes, m.node, string(name)); found != 0 {
			s.reply(m.unique, 0, s.entryReply(found))
		} else {
			s.reply(m.unique, unix.ENOENT, nil)
		}
	case opGetattr:
		s.reply(m.unique, 0, s.attrReply(m.node))
	case opSetattr:
		if valid := m.word(0); valid&otherValid != 0 || valid&sizeValid != 0 && !n.write {
			s.reply(m.unique, unix.EPERM, nil)
		} else {
			s.reply(m.unique, 0, s.attrReply(m.node))
		}
	case opOpendir:
		s.reply(m.unique, 0, openReply(0, 0))
	case opReaddir:
		s.reply(m.unique, 0, s.list(m, n))
	case opOpen:
		s.open(m, n)
	case opRelease:
		s.mu.Lock()
		if h := s.handles[m.long(0)]; h != nil {
			h.closed = true
			s.kept -= len(h.text)
			delete(s.handles, m.long(0))
		}
		s.mu.Unlock()
		s.reply(m.unique, 0, nil)
	case opRead:
		s.read(m, n)
	case opWrite:
		s.write(m, n)
	default:
		s.reply(m.unique, unix.ENOSYS, nil)
	}
}

// list is entries of a folder from where the kernel has come to.
func (s *Server) list(m *message, n *node) []byte {
	room := int(min(m.word(16), maxWrite))
	all := append([]uint64{m.node, n.parent}, n.entries...)
	var b []byte
	for i := m.long(8); i < uint64(len(all)); i++ {
		e := s.nodes[all[i]-1]
		name := e.name
		if i < 2 {
			name = [...]string{".", ".."}[i]
		}
		longer := appendEntry(b, all[i], i+1, e.mode, name)
		if len(longer) > room {
			break
		}
		b = longer
	}
	return b
}

// open is the only place where it counts what a file is for: root may open any.
func (s *Server) open(m *message, n *node) {
	mode := m.word(0) & unix.O_ACCMODE
	if n.isFolder() || mode != unix.O_WRONLY && !n.read || mode != unix.O_RDONLY && !n.write {
		s.reply(m.unique, unix.EACCES, nil)
		return
	}
	s.mu.Lock()
	s.last++
	number := s.last
	s.handles[number] = &handle{}
	s.mu.Unlock()
	s.reply(m.unique, 0, openReply(number, directIO))
}

func (s *Server) read(m *message, n *node) {
	if len(m.body) < readHead {
		s.reply(m.unique, unix.EINVAL, nil)
		return
	}
	s.ask(m, &Request{File: n.file, offset: m.long(8), size: m.word(16)})
}

func (s *Server) write(m *message, n *node) {
	text := m.written()
	if text == nil {
		s.reply(m.unique, unix.EINVAL, nil)
		return
	}
	if n.piece > 0 {
		text = text[:min(len(text), n.piece)]
	}
	s.ask(m, &Request{File: n.file, Write: true, Text: bytes.Clone(text)})
}

// ask lets a request wait for the session, unless it is for the rest of an answer.
func (s *Server) ask(m *message, r *Request) {
	s.mu.Lock()
	r.server, r.unique, r.Thread, r.handle = s, m.unique, m.thread, s.handles[m.long(0)]
	known := r.handle != nil
	ready := known && !r.Write && r.handle.filled
	if known && !ready {
		s.waiting = append(s.waiting, r)
	}
	s.mu.Unlock()
	switch {
	case !known:
		s.reply(m.unique, unix.EBADF, nil)
	case ready:
		s.reply(m.unique, 0, part(r.handle.text, r.offset, r.size))
	default:
		s.wake()
	}
}

// interrupt lets somebody go who waits no more: it was sent a signal.
func (s *Server) interrupt(unique uint64) {
	s.mu.Lock()
	i := slices.IndexFunc(s.waiting, func(r *Request) bool { return r.unique == unique })
	if i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	s.mu.Unlock()
	if i >= 0 {
		s.reply(unique, unix.EINTR, nil)
	}
}

// reply fails if nobody waits for it any more, which is well.
func (s *Server) reply(unique uint64, errno unix.Errno, body []byte) {
	_, _ = s.device.Write(answer(unique, errno, body))
}

// part is size bytes of a text from an offset on, or what there is of them.
func part(text []byte, offset uint64, size uint32) []byte {
	if offset >= uint64(len(text)) {
		return nil
	}
	text = text[offset:]
	return text[:min(uint64(size), uint64(len(text)))]
}
