package recording

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A file is the magic, the version (u32), and blocks: the head, any number of blocks of
// entries, and the trailer. A block is 16 bytes, {kind, stored size, size, checksum} (u32
// each), and its content, compressed by DEFLATE. The checksum is the CRC-32C of the other
// three words and of what is stored. All numbers are little-endian.
const (
	magic      = "tapirrec"
	version    = 1
	prefixSize = len(magic) + 4
	blockHead  = 16
)

// The kinds of block.
const (
	headBlock = iota + 1
	entriesBlock
	trailerBlock
)

// Bounds of what a block holds, in bytes. A head has scripts, a library and what the
// checker was told.
const (
	maxHead  = 64 << 20
	maxBlock = 16 << 20
)

// castagnoli is the polynomial of the checksums.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrCut is where a recording ends before its trailer, or is damaged: what lies before is
// whole.
type ErrCut struct {
	At  int64 // the byte in the file
	Why string
}

func (e *ErrCut) Error() string {
	return fmt.Sprintf("the recording ends at byte %d: %s", e.At, e.Why)
}

// errNone says that a file is no recording.
var errNone = errors.New("this is no recording of tapir's")

// appendBlock appends a block to dst.
func appendBlock(dst []byte, kind uint32, content []byte, c *flate.Writer) ([]byte, error) {
	start := len(dst)
	b := bytes.NewBuffer(append(dst, make([]byte, blockHead)...))
	c.Reset(b)
	if _, err := c.Write(content); err != nil {
		return nil, err
	}
	if err := c.Close(); err != nil {
		return nil, err
	}
	dst = b.Bytes()
	block := dst[start:]
	binary.LittleEndian.PutUint32(block, kind)
	binary.LittleEndian.PutUint32(block[4:], uint32(len(block)-blockHead))
	binary.LittleEndian.PutUint32(block[8:], uint32(len(content)))
	binary.LittleEndian.PutUint32(block[12:], checksum(block))
	return dst, nil
}

func checksum(block []byte) uint32 {
	return crc32.Update(crc32.Checksum(block[:12], castagnoli), castagnoli, block[blockHead:])
}

// blocks reads the blocks of a file.
type blocks struct {
	r    io.Reader
	at   int64 // of the next block in the file
	raw  []byte
	text []byte
	unzip
}

// unzip is a decompressor that is used again and again.
type unzip struct{ z io.ReadCloser }

func (u *unzip) reset(data []byte) error {
	if u.z == nil {
		u.z = flate.NewReader(bytes.NewReader(data))
		return nil
	}
	return u.z.(flate.Resetter).Reset(bytes.NewReader(data), nil)
}

// openBlocks reads a file's beginning.
func openBlocks(r io.Reader) (*blocks, error) {
	var prefix [prefixSize]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errNone
		}
		return nil, err
	}
	if string(prefix[:len(magic)]) != magic {
		return nil, errNone
	}
	if v := binary.LittleEndian.Uint32(prefix[len(magic):]); v != version {
		return nil, fmt.Errorf("the recording is of version %d of the format, and this tapir reads version %d", v, version)
	}
	return &blocks{r: r, at: int64(prefixSize)}, nil
}

// next is the next block. Its content is valid until the next call. io.EOF says that the
// file ends; an ErrCut that it does so within a block, or that the block is damaged.
func (b *blocks) next() (kind uint32, content []byte, err error) {
	var head [blockHead]byte
	switch n, err := io.ReadFull(b.r, head[:]); {
	case n == 0 && errors.Is(err, io.EOF):
		return 0, nil, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, nil, &ErrCut{b.at, "it was cut short there"}
	case err != nil:
		return 0, nil, err
	}
	kind = binary.LittleEndian.Uint32(head[:])
	stored, size := binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint32(head[8:])
	limit := uint32(maxBlock)
	if kind == headBlock {
		limit = maxHead
	}
	// What does not compress grows by less than a thousandth.
	if kind < headBlock || kind > trailerBlock || size > limit || stored > limit+limit/512+64 {
		return 0, nil, &ErrCut{b.at, "what follows is damaged"}
	}
	if b.raw, err = readGrowing(b.r, append(b.raw[:0], head[:]...), int(stored)); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = &ErrCut{b.at, "it was cut short there"}
		}
		return 0, nil, err
	}
	if checksum(b.raw) != binary.LittleEndian.Uint32(head[12:]) {
		return 0, nil, &ErrCut{b.at, "what follows is damaged"}
	}
	if content, err = b.expand(b.raw[blockHead:], int(size)); err != nil {
		return 0, nil, &ErrCut{b.at, "what follows is damaged"}
	}
	b.at += int64(len(b.raw))
	return kind, content, nil
}

// readGrowing reads n bytes behind buf, for which memory is taken as they come: the
// number may be a lie.
func readGrowing(r io.Reader, buf []byte, n int) ([]byte, error) {
	const step = 1 << 20
	for n > 0 {
		m := min(n, step)
		at := len(buf)
		buf = append(buf, make([]byte, m)...)
		if _, err := io.ReadFull(r, buf[at:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		n -= m
	}
	return buf, nil
}

// errSize says that a block is not as large as it says.
var errSize = errors.New("the size is wrong")

// expand decompresses what must be so many bytes.
func (b *blocks) expand(data []byte, size int) ([]byte, error) {
	if err := b.reset(data); err != nil {
		return nil, err
	}
	buf := bytes.NewBuffer(b.text[:0])
	n, err := io.Copy(buf, io.LimitReader(b.z, int64(size)+1))
	b.text = buf.Bytes()
	if err != nil {
		return nil, err
	}
	if n != int64(size) {
		return nil, errSize
	}
	return b.text, nil
}
