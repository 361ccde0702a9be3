package exe

import (
	"bytes"
	"fmt"
	"io"

	"github.com/ulikunitz/xz"
)

// maxUnpacked bounds what a compressed section may grow to, in bytes.
const maxUnpacked = 64 << 20

// unpackXZ is the content of data in the format of xz.
func unpackXZ(data []byte) ([]byte, error) {
	r, err := xz.ReaderConfig{SingleStream: true}.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack .gnu_debugdata: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxUnpacked))
	if err != nil {
		return nil, fmt.Errorf("unpack .gnu_debugdata: %w", err)
	}
	return plain, nil
}
