package event

import (
	"errors"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Poller waits for file descriptors, for a time, or until somebody interrupts
// it. One goroutine waits; Interrupt may be called from any.
//
// It uses epoll by itself and not the Go runtime's poller, because the latter is
// level-triggered, rounds times, and needs three goroutine switches per wake-up.
type Poller struct {
	epoll  int
	ready  map[int32]func()
	events [8]unix.EpollEvent

	mu   sync.Mutex // so that Interrupt never writes to a descriptor that was closed
	wake int        // eventfd, or -1
}

// NewPoller makes a Poller that waits for nothing but Interrupt.
func NewPoller() (*Poller, error) {
	p := &Poller{epoll: -1, wake: -1, ready: map[int32]func(){}}
	var err error
	if p.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("create an epoll instance: %w", err)
	}
	if p.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		p.Close()
		return nil, fmt.Errorf("create an event descriptor: %w", err)
	}
	if err := p.add(p.wake, unix.EPOLLIN, p.rearm); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Add makes Wait return once each time that fd becomes readable, having called
// ready (if not nil). It is edge-triggered: what is left unread does not end the
// next Wait.
func (p *Poller) Add(fd int, ready func()) error {
	return p.add(fd, unix.EPOLLIN|unix.EPOLLET, ready)
}

// AddHangup calls closed, and ends Wait, once when the other side of the pipe,
// socket or terminal fd is closed. Files of other kinds, which have no other
// side, and descriptors that are closed are accepted and never report.
func (p *Poller) AddHangup(fd int, closed func()) error {
	err := p.add(fd, unix.EPOLLET, closed) // EPOLLERR and EPOLLHUP are always on
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EBADF) {
		return nil
	}
	return err
}

func (p *Poller) add(fd int, events uint32, ready func()) error {
	err := unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
	if err != nil {
		return fmt.Errorf("wait for descriptor %d: %w", fd, err)
	}
	p.ready[int32(fd)] = ready
	return nil
}

// Interrupt ends the current or the next Wait at once. After Close it does nothing.
func (p *Poller) Interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := [8]byte{1}
	_, _ = unix.Write(p.wake, one[:]) // fails only if it is set already
}

func (p *Poller) rearm() {
	var b [8]byte
	_, _ = unix.Read(p.wake, b[:])
}

// Wait returns when a descriptor is ready, after limit (negative: never for that
// reason), or when it is interrupted. It may return early for no reason.
func (p *Poller) Wait(limit time.Duration) error {
	var timeout *unix.Timespec
	if limit >= 0 {
		ts := unix.NsecToTimespec(limit.Nanoseconds())
		timeout = &ts
	}
	n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.epoll),
		uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), uintptr(unsafe.Pointer(timeout)), 0, 0)
	if errno == unix.EINTR {
		return nil
	}
	if errno != 0 {
		return fmt.Errorf("wait for events: %w", errno)
	}
	for _, e := range p.events[:n] {
		if f := p.ready[e.Fd]; f != nil {
			f()
		}
	}
	return nil
}

// Close gives the poller's own descriptors back; those added stay open.
func (p *Poller) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fd := range []*int{&p.wake, &p.epoll} {
		if *fd >= 0 {
			_ = unix.Close(*fd)
			*fd = -1
		}
	}
}
