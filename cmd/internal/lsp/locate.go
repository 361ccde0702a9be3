package lsp

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"tapir/lang/source"
)

// locate is where a span was written, as a client can open it; nil if it can't.
func (v *view) locate(r *reading, sp source.Span) *location {
	f, start, end := r.written(sp)
	if f == nil {
		return nil
	}
	if r.file != nil && f == r.file.Source {
		return &location{v.uri, v.span(start, end)}
	}
	path := f.Name
	if f.Library {
		var err error
		if path, err = shownFile(f); err != nil {
			return nil
		}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	uri := uriOf(path)
	if doc := v.desk.openAt(path); doc != nil {
		uri = doc.uri
	}
	return &location{uri, newText(f.Text).span(start, end)}
}

// shownFile writes a file of the tapset, which is built in, where an editor can open it.
// Its folder is named for its text, so that a newer tapir's does not replace it.
func shownFile(f *source.File) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(f.Text))
	path := filepath.Join(cache, "tapir", hex.EncodeToString(sum[:8]), filepath.Clean("/"+f.Name))
	if old, err := os.ReadFile(path); err == nil && string(old) == f.Text {
		return path, nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	made, err := os.CreateTemp(dir, ".new")
	if err != nil {
		return "", err
	}
	_, err = made.WriteString(f.Text)
	if e := made.Chmod(0o400); err == nil {
		err = e
	}
	if e := made.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(made.Name(), path)
	}
	if err != nil {
		_ = os.Remove(made.Name())
		return "", err
	}
	return path, nil
}
