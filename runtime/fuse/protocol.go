package fuse

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// What the kernel and a server tell each other, as include/uapi/linux/fuse.h of Linux has
// it: numbers in the machine's order, at fixed places.

var order = binary.NativeEndian

// The requests.
const (
	opLookup      = 1
	opForget      = 2
	opGetattr     = 3
	opSetattr     = 4
	opOpen        = 14
	opRead        = 15
	opWrite       = 16
	opStatfs      = 17
	opRelease     = 18
	opFlush       = 25
	opInit        = 26
	opOpendir     = 27
	opReaddir     = 28
	opReleasedir  = 29
	opInterrupt   = 36
	opDestroy     = 38
	opBatchForget = 42
)

// Sizes in bytes.
const (
	inHeader  = 40
	outHeader = 16
	writeHead = 40 // before the bytes that are written
	readHead  = 40
	attrSize  = 88
	initSize  = 64
	statSize  = 80
)

// The version that the replies here are of; every kernel from 5.4 on speaks it.
const (
	major = 7
	minor = 31
)

// maxWrite bounds the bytes of one request to write.
const maxWrite = 64 << 10

const (
	atomicTruncate = 1 << 3 // FUSE_ATOMIC_O_TRUNC: no request of its own for O_TRUNC
	directIO       = 1      // FOPEN_DIRECT_IO: a file's size says nothing
	sizeValid      = 1 << 3 // FATTR_SIZE
	otherValid     = 1<<0 | 1<<1 | 1<<2
)

// validFor is how long the kernel may rely on names and attributes, in seconds: they
// don't change.
const validFor = 60

// message is a request as the kernel hands it over.
type message struct {
	op     uint32
	unique uint64
	node   uint64
	thread int // who asks
	body   []byte
}

// parse takes a request apart; ok is false if it is none.
func parse(b []byte) (m message, ok bool) {
	if len(b) < inHeader || uint64(order.Uint32(b)) != uint64(len(b)) {
		return m, false
	}
	return message{op: order.Uint32(b[4:]), unique: order.Uint64(b[8:]), node: order.Uint64(b[16:]), thread: int(order.Uint32(b[32:])), body: b[inHeader:]}, true
}

// long is the number of 8 bytes at a place of the body; 0 if the body is too short.
func (m *message) long(at int) uint64 {
	if len(m.body) < at+8 {
		return 0
	}
	return order.Uint64(m.body[at:])
}

// word is long for 4 bytes.
func (m *message) word(at int) uint32 {
	if len(m.body) < at+4 {
		return 0
	}
	return order.Uint32(m.body[at:])
}

// written is the bytes of a request to write; nil if it is none.
func (m *message) written() []byte {
	n := m.word(16)
	if len(m.body) < writeHead || uint64(n) > uint64(len(m.body)-writeHead) {
		return nil
	}
	return m.body[writeHead : writeHead+int(n)]
}

// answer is a reply with a body; errno is 0 or why there is none.
func answer(unique uint64, errno unix.Errno, body []byte) []byte {
	b := make([]byte, outHeader, outHeader+len(body))
	order.PutUint32(b, uint32(outHeader+len(body)))
	order.PutUint32(b[4:], uint32(-int32(errno)))
	order.PutUint64(b[8:], unique)
	return append(b, body...)
}

func initReply() []byte {
	b := make([]byte, initSize)
	order.PutUint32(b, major)
	order.PutUint32(b[4:], minor)
	order.PutUint32(b[12:], atomicTruncate)
	order.PutUint32(b[20:], maxWrite)
	order.PutUint32(b[24:], 1) // granularity of times in nanoseconds
	return b
}

// appendAttr appends a node's attributes.
func (s *Server) appendAttr(b []byte, node uint64) []byte {
	n := s.nodes[node-1]
	a := make([]byte, attrSize)
	order.PutUint64(a, node)
	for at := 24; at < 48; at += 8 { // accessed, modified, changed
		order.PutUint64(a[at:], uint64(s.since))
	}
	order.PutUint32(a[60:], n.mode)
	order.PutUint32(a[64:], 1) // links
	order.PutUint32(a[68:], s.uid)
	order.PutUint32(a[72:], s.gid)
	order.PutUint32(a[80:], 4096)
	return append(b, a...)
}

// entryReply is what a name stands for.
func (s *Server) entryReply(node uint64) []byte {
	b := make([]byte, 40)
	order.PutUint64(b, node)
	order.PutUint64(b[16:], validFor)
	order.PutUint64(b[24:], validFor)
	return s.appendAttr(b, node)
}

func (s *Server) attrReply(node uint64) []byte {
	b := make([]byte, 16)
	order.PutUint64(b, validFor)
	return s.appendAttr(b, node)
}

func openReply(handle uint64, flags uint32) []byte {
	b := make([]byte, 16)
	order.PutUint64(b, handle)
	order.PutUint32(b[8:], flags)
	return b
}

// appendEntry appends an entry of a folder; next is where the one behind it is.
func appendEntry(b []byte, node, next uint64, mode uint32, name string) []byte {
	e := make([]byte, 24, 24+len(name)+7)
	order.PutUint64(e, node)
	order.PutUint64(e[8:], next)
	order.PutUint32(e[16:], uint32(len(name)))
	order.PutUint32(e[20:], mode&unix.S_IFMT>>12)
	e = append(e, name...)
	for len(e)%8 != 0 {
		e = append(e, 0)
	}
	return append(b, e...)
}
