package lsp

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tapir/cmd/internal/assist"
	"tapir/lang/collection"
)

// A desk answers, one request after the other. What it has found out about a text it keeps
// until a text changes; what can stand in one, until a file does.
type desk struct {
	o       *Options
	out     *writer
	related bool // the client shows what belongs to a diagnostic

	era   int                  // of the texts
	saved int                  // of the files
	docs  map[string]*document // of the job at hand
	views map[string]*view
	knows map[string]*assist.Knowledge // by folders
}

func newDesk(o *Options, out *writer) *desk {
	return &desk{o: o, out: out, views: map[string]*view{}, knows: map[string]*assist.Knowledge{}}
}

// work does jobs until there are no more, and says of each that it is done.
func (d *desk) work(jobs <-chan *job, done chan<- *job) {
	defer close(done)
	for j := range jobs {
		if d.era != j.era {
			d.era, d.docs = j.era, j.docs
			clear(d.views) // one text may use what another one declares
		}
		if d.saved != j.saved {
			d.saved = j.saved
			clear(d.knows) // which is made of files
		}
		if j.m == nil {
			d.diagnose(j)
		} else {
			d.serve(j)
		}
		done <- j
	}
}

// serve answers a request.
func (d *desk) serve(j *job) {
	if j.ctx.Err() != nil {
		d.out.refuse(j.m.ID, &rpcError{codeCancelled, "cancelled"})
		return
	}
	result, err := d.try(j.ctx, j.m)
	switch {
	case j.ctx.Err() != nil:
		d.out.refuse(j.m.ID, &rpcError{codeCancelled, "cancelled"})
	case err != nil:
		d.out.refuse(j.m.ID, err)
	default:
		d.out.answer(j.m.ID, result)
	}
}

// try makes an answer. A mistake of ours ends the answer, not the session.
func (d *desk) try(ctx context.Context, m *message) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, &rpcError{codeInternal, fmt.Sprintf("%s failed: %v", m.Method, r)}
		}
	}()
	p, err := params[at](m)
	if err != nil {
		return nil, err
	}
	doc := d.docs[p.TextDocument.URI]
	switch {
	case doc == nil:
		return nil, &rpcError{codeInvalidParams, "the document is not open"}
	case doc.large():
		return nil, refuse("the text is too long to be looked into")
	}
	return answers[m.Method](&query{ctx: ctx, m: m, view: d.view(doc), at: doc.offset(p.Position)})
}

// A query is a request about a place.
type query struct {
	ctx context.Context
	m   *message
	*view
	at int // in bytes
}

// answers is what can be asked. A nil result is "nothing".
var answers = map[string]func(*query) (any, error){
	"textDocument/hover":               (*query).hover,
	"textDocument/completion":          (*query).completion,
	"textDocument/signatureHelp":       (*query).signatureHelp,
	"textDocument/definition":          (*query).definition,
	"textDocument/references":          (*query).references,
	"textDocument/prepareRename":       (*query).prepareRename,
	"textDocument/rename":              (*query).rename,
	"textDocument/formatting":          (*query).formatting,
	"textDocument/documentSymbol":      (*query).symbols,
	"textDocument/semanticTokens/full": (*query).tokens,
}

// view is what is known of a document.
func (d *desk) view(doc *document) *view {
	v := d.views[doc.uri]
	if v == nil {
		v = &view{desk: d, document: doc, folders: d.o.Folders(doc.path, d.o.Includes)}
		d.views[doc.uri] = v
	}
	return v
}

// knowledge is what can stand in a script that uses these folders.
func (d *desk) knowledge(folders []string) *assist.Knowledge {
	key := strings.Join(folders, "\x00")
	k := d.knows[key]
	if k == nil {
		k = assist.New(d.o.Kernel, d.o.Syntax, folders)
		d.knows[key] = k
	}
	return k
}

// edited is the text of a file that is open.
func (d *desk) edited(path string) (string, bool) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	if doc := d.openAt(path); doc != nil && !doc.large() {
		return doc.body, true
	}
	return "", false
}

// openAt is the open document that is a file, or nil. Clients spell URIs in ways of their own.
func (d *desk) openAt(path string) *document {
	for _, doc := range d.docs {
		if doc.path == path {
			return doc
		}
	}
	return nil
}

// inTapset reports whether a file declares functions and aliases for the scripts around it.
func inTapset(path string) bool {
	return slices.Contains(strings.Split(filepath.Dir(path), string(filepath.Separator)), collection.TapsetFolder)
}

// maxFiles bounds the files of a collection that are searched for a name.
const maxFiles = 2000

// neighbours are the documents in which a declaration of a file of a tapset may be used: the
// scripts of its collection, and what is open. It fails if there are too many.
func (d *desk) neighbours(path string) ([]*document, error) {
	var list []*document
	for _, uri := range slices.Sorted(maps.Keys(d.docs)) {
		if doc := d.docs[uri]; !doc.large() {
			list = append(list, doc)
		}
	}
	root := filepath.Dir(path)
	for inTapset(filepath.Join(root, "x")) {
		root = filepath.Dir(root)
	}
	err := filepath.WalkDir(root, func(file string, entry os.DirEntry, err error) error {
		if err != nil {
			return nil // what can't be read uses nothing
		}
		if entry.IsDir() && file != root && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		if !entry.Type().IsRegular() || !collection.IsScript(file) || d.openAt(file) != nil {
			return nil
		}
		info, err := entry.Info()
		if err != nil || info.Size() > maxText {
			return nil
		}
		if len(list) >= maxFiles {
			return refuse(fmt.Sprintf("there are more than %d scripts in %s", maxFiles, root))
		}
		body, err := os.ReadFile(file)
		if err == nil {
			list = append(list, &document{uri: uriOf(file), path: file, text: newText(string(body))})
		}
		return nil
	})
	return list, err
}
