package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"tapir/bpf/target"
)

// handMode is the first argument of the process that is the tracer by hand: it attaches
// a floor's programs, says so on descriptor 3, and, if the floor has a ring, writes a
// line for each of its records to a file.
const handMode = "__hand"

const (
	handRing = 8 << 20
	handPoll = 4 * time.Millisecond
)

// serveHand is the process; args are the floor's name and the file's.
func serveHand(args []string) (err error) {
	if len(args) != 2 {
		return errors.New(handMode + " wants a floor and a file")
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	out, err := os.Create(args[1])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	a, err := attachFloor(args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	read := func() error { return nil }
	if m := a.collection.Maps["ring"]; m != nil {
		r, err := openHandRing(m, out)
		if err != nil {
			return err
		}
		defer r.close()
		read = r.drain
	}
	if _, err := fmt.Fprintln(os.NewFile(3, "ready"), "ready"); err != nil {
		return err
	}
	if a.collection.Maps["ring"] == nil {
		<-stop
		return nil
	}
	for {
		select {
		case <-stop:
			if err := a.detach(); err != nil {
				return err
			}
			return read()
		default:
		}
		if err := read(); err != nil {
			return err
		}
		time.Sleep(handPoll)
	}
}

// attachFloor attaches a floor of this kernel.
func attachFloor(name string) (*attachedFloor, error) {
	k, err := target.Live()
	if err != nil {
		return nil, err
	}
	l, err := k.Layout()
	if err != nil {
		return nil, err
	}
	f := floors[name](l)
	return f.attach()
}

// handRing's reader knows the records of one program: 16 bytes of name, the process's id
// and the time in microseconds.
type handReader struct {
	consumer, producer *uint64
	pages, data        []byte
	size               uint64
	text               []byte
	out                io.Writer
}

func openHandRing(m *ebpf.Map, out io.Writer) (*handReader, error) {
	page, size := os.Getpagesize(), int(m.MaxEntries())
	consumer, err := unix.Mmap(m.FD(), 0, page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	rest, err := unix.Mmap(m.FD(), int64(page), page+2*size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, errors.Join(err, unix.Munmap(consumer))
	}
	return &handReader{
		consumer: (*uint64)(unsafe.Pointer(&consumer[0])), producer: (*uint64)(unsafe.Pointer(&rest[0])),
		pages: consumer, data: rest, size: uint64(size), out: out,
	}, nil
}

func (r *handReader) close() { _, _ = unix.Munmap(r.pages), unix.Munmap(r.data) }

const handRecord = 32

// drain writes the lines of all records that are there.
func (r *handReader) drain() error {
	const head, busy = 8, 1 << 31
	data := r.data[os.Getpagesize():]
	pos, end := atomic.LoadUint64(r.consumer), atomic.LoadUint64(r.producer)
	for ; pos != end; pos += head + handRecord {
		b := data[pos&(r.size-1):][:head+handRecord]
		if atomic.LoadUint32((*uint32)(unsafe.Pointer(&b[0])))&busy != 0 {
			break
		}
		b = b[head:]
		name := b[:16]
		for i, c := range name {
			if c == 0 {
				name = name[:i]
				break
			}
		}
		r.text = append(append(r.text, name...), ' ')
		r.text = append(strconv.AppendUint(r.text, *(*uint64)(unsafe.Pointer(&b[16])), 10), ' ')
		r.text = append(strconv.AppendUint(r.text, *(*uint64)(unsafe.Pointer(&b[24])), 10), '\n')
		if len(r.text) > 64<<10 {
			atomic.StoreUint64(r.consumer, pos)
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	atomic.StoreUint64(r.consumer, pos)
	return r.flush()
}

func (r *handReader) flush() error {
	_, err := r.out.Write(r.text)
	r.text = r.text[:0]
	return err
}
