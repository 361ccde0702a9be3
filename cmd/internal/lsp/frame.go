package lsp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The bounds of what a client may send: of a message and of the lines before it, in bytes.
const (
	maxMessage = 64 << 20
	maxHeader  = 4 << 10
)

// errFrame is what ends a session: behind it nobody knows where the next message begins.
var errFrame = errors.New("lsp: the client's message has no proper header")

// readFrame reads one message's bytes. io.EOF is the end between two messages.
func readFrame(r *bufio.Reader) ([]byte, error) {
	length, seen := -1, 0
	for {
		line, err := readLine(r, maxHeader-seen)
		if err != nil {
			if err == io.EOF && seen > 0 {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, err
		}
		seen += len(line) + 1
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, errFrame
		}
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
			if err != nil || n > maxMessage {
				return nil, errFrame
			}
			length = int(n)
		}
	}
	if length < 0 {
		return nil, errFrame
	}
	// The buffer grows with what comes, not with what the header promises.
	body, err := io.ReadAll(io.LimitReader(r, int64(length)))
	if err == nil && len(body) < length {
		err = io.ErrUnexpectedEOF
	}
	return body, err
}

// readLine reads up to a line's end, which it leaves out.
func readLine(r *bufio.Reader, most int) (string, error) {
	var b strings.Builder
	for {
		c, err := r.ReadByte()
		switch {
		case err == io.EOF && b.Len() > 0:
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		case c == '\n':
			return b.String(), nil
		case b.Len() >= most:
			return "", errFrame
		}
		b.WriteByte(c)
	}
}

// writeFrame writes one message.
func writeFrame(w io.Writer, body []byte) error {
	_, err := w.Write(append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(body)), body...))
	return err
}
