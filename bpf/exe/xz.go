package exe

import (
	"bytes"
	"fmt"
	"io"

	"github.com/therootcompany/xz"
)

// maxUnpacked bounds what a compressed section may grow to, and the memory that it may
// ask for to be unpacked, in bytes.
const maxUnpacked = 64 << 20

// unpackXZ is the content of data in the format of xz.
func unpackXZ(data []byte) ([]byte, error) {
	r, err := xz.NewReader(bytes.NewReader(data), maxUnpacked)
	if err != nil {
		return nil, fmt.Errorf("unpack .gnu_debugdata: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxUnpacked))
	if err != nil {
		return nil, fmt.Errorf("unpack .gnu_debugdata: %w", err)
	}
	return plain, nil
}
