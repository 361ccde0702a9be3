package lsp

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// maxText is the longest text that is looked into, in bytes; of longer ones only the
// editing is followed.
const maxText = 4 << 20

// A document is a file that the editor has open, as it was at one moment: a change makes
// another one.
type document struct {
	uri     string
	path    string // "" if it is no file
	version int
	*text
}

// large reports whether the text is too long to be looked into.
func (d *document) large() bool { return len(d.body) > maxText }

// name is what messages call the document.
func (d *document) name() string {
	if d.path != "" {
		return d.path
	}
	return d.uri
}

// change is a part of a text that is replaced; without a range it is all of it.
type change struct {
	Range *span  `json:"range"`
	Text  string `json:"text"`
}

// edited is the document after changes, one after the other.
func (d *document) edited(version int, changes []change) (*document, error) {
	t := d.text
	for _, c := range changes {
		body := c.Text
		if c.Range != nil {
			start, end := t.offset(c.Range.Start), t.offset(c.Range.End)
			if start > end {
				return nil, &rpcError{codeInvalidParams, "a range ends before it begins"}
			}
			body = t.body[:start] + c.Text + t.body[end:]
		}
		if len(body) > maxMessage {
			return nil, &rpcError{codeInvalidParams, "the text is too long"}
		}
		t = newText(body)
	}
	return &document{d.uri, d.path, version, t}, nil
}

// pathOf is the file that a URI names, or "".
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || strings.ContainsRune(u.Path, 0) {
		return ""
	}
	return filepath.Clean(u.Path)
}

// uriOf is the URI of a file.
func uriOf(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

// params reads a message's parameters.
func params[T any](m *message) (T, error) {
	var p T
	if err := json.Unmarshal(m.Params, &p); err != nil {
		return p, &rpcError{codeInvalidParams, fmt.Sprintf("%s: wrong parameters", m.Method)}
	}
	return p, nil
}
