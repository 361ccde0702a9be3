// Package lsp is the language server: what editors ask about scripts while they are
// written, over the Language Server Protocol 3.17. Start with Run.
//
// One goroutine reads messages, one follows what is edited, and one answers, so that a
// long answer holds up neither the editing nor the cancelling of others.
package lsp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"

	"tapir/bpf/target"
	"tapir/lang/syntax"
)

// Options are what the server needs.
type Options struct {
	Kernel *target.Kernel
	Syntax syntax.Options
	// Folders are those with functions and probe aliases for the script in a file, which
	// may be "", with these folders as -I gives them.
	Folders func(file string, includes []string) []string
	// Includes are the folders of -I.
	Includes []string
	// Delay is how long a text must have been left alone before its diagnostics are told.
	Delay time.Duration
}

// maxWaiting bounds the requests that wait for their answers.
const maxWaiting = 1000

// ErrNoShutdown says that the client went without saying so before.
var ErrNoShutdown = errors.New("lsp: the client ended without the request shutdown")

// server is the state of a session. Its fields belong to the goroutine that follows the
// editing.
type server struct {
	o       Options
	out     *writer
	desk    *desk // the answering goroutine's
	docs    map[string]*document
	era     int  // counts the changes of texts, also of those that are not open
	saved   int  // counts those of files
	ready   bool // initialize was answered
	ended   bool // shutdown was
	waiting []*job
	cancels map[string]context.CancelFunc // of requests without an answer
	due     map[string]bool               // documents whose diagnostics are to be told
	timer   *time.Timer
}

// A job is what the answering goroutine does: a request, or to tell diagnostics.
type job struct {
	ctx context.Context
	m   *message // nil: diagnostics
	// docs is what is open at the moment.
	docs map[string]*document
	due  map[string]bool
	era  int
	// saved counts the changes of files.
	saved int
}

// Run serves one client until it says exit, or in ends.
func Run(ctx context.Context, in io.Reader, out io.Writer, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	w := &writer{w: out}
	s := &server{
		o: o, out: w, desk: newDesk(&o, w), docs: map[string]*document{},
		cancels: map[string]context.CancelFunc{}, due: map[string]bool{}, timer: time.NewTimer(time.Hour),
	}
	defer s.timer.Stop()
	messages, jobs, done := make(chan received), make(chan *job), make(chan *job)
	var both sync.WaitGroup
	both.Go(func() { receive(ctx, bufio.NewReader(in), messages) })
	both.Go(func() { s.desk.work(jobs, done) })
	err := s.follow(ctx, messages, jobs, done)
	cancel()
	close(jobs)
	for range done { // the last answer may be on its way
	}
	both.Wait()
	return err
}

// received is a message, or why there is none.
type received struct {
	body []byte
	err  error
}

// receive reads messages until there are no more, or one says exit.
func receive(ctx context.Context, r *bufio.Reader, to chan<- received) {
	for {
		body, err := readFrame(r)
		select {
		case to <- received{body, err}:
		case <-ctx.Done():
			return
		}
		if err != nil || isExit(body) {
			return
		}
	}
}

func isExit(body []byte) bool {
	var m message
	return json.Unmarshal(body, &m) == nil && m.Method == "exit"
}

// follow takes messages, and hands jobs on, until the session ends.
func (s *server) follow(ctx context.Context, messages <-chan received, jobs chan<- *job, done <-chan *job) error {
	for {
		var next *job
		var to chan<- *job
		if len(s.waiting) > 0 {
			next, to = s.waiting[0], jobs
		}
		select {
		case to <- next:
			s.waiting = s.waiting[1:]
		case j := <-done:
			if j.m != nil {
				s.forget(j.m)
			}
		case <-s.timer.C:
			s.tellDiagnostics(ctx)
		case r := <-messages:
			if r.err != nil {
				return s.gone(r.err)
			}
			if end, err := s.take(ctx, r.body); end {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
		if s.out.failed() != nil {
			return s.gone(io.EOF)
		}
	}
}

// gone is what the end of the input means.
func (s *server) gone(err error) error {
	if err != io.EOF {
		return err
	}
	if !s.ended {
		return ErrNoShutdown
	}
	return nil
}

// take does what a message says; end is set if it ends the session.
func (s *server) take(ctx context.Context, body []byte) (end bool, err error) {
	var m message
	if json.Unmarshal(body, &m) != nil {
		code, text := codeParse, "the message is no JSON"
		if json.Valid(body) {
			code, text = codeInvalidRequest, "the message is no request"
		}
		s.out.refuse(nil, &rpcError{code, text})
		return false, nil
	}
	if bytes.Equal(m.ID, []byte("null")) {
		m.ID = nil
	}
	switch {
	case m.Method == "exit":
		return true, s.gone(io.EOF)
	case m.Method == "": // an answer; nothing was asked
	case m.ID == nil:
		s.notice(&m)
	default:
		s.request(ctx, &m)
	}
	return false, nil
}

// request answers, or has it answered.
func (s *server) request(ctx context.Context, m *message) {
	switch {
	case s.ended:
		s.out.refuse(m.ID, &rpcError{codeInvalidRequest, "the server is shut down"})
	case m.Method == "initialize" && s.ready:
		s.out.refuse(m.ID, &rpcError{codeInvalidRequest, "initialize was asked before"})
	case m.Method == "initialize":
		s.initialize(m)
	case !s.ready:
		s.out.refuse(m.ID, &rpcError{codeNotInitialized, "initialize comes first"})
	case m.Method == "shutdown":
		s.ended = true
		s.out.answer(m.ID, nil)
	case answers[m.Method] == nil:
		s.out.refuse(m.ID, &rpcError{codeNoMethod, "there is no method " + m.Method})
	case len(s.waiting) >= maxWaiting:
		s.out.refuse(m.ID, &rpcError{codeFailed, "too many requests wait"})
	default:
		ctx, cancel := context.WithCancel(ctx)
		s.cancels[string(m.ID)] = cancel
		s.waiting = append(s.waiting, &job{ctx: ctx, m: m, docs: maps.Clone(s.docs), era: s.era, saved: s.saved})
	}
}

func (s *server) forget(m *message) {
	if cancel := s.cancels[string(m.ID)]; cancel != nil {
		cancel()
		delete(s.cancels, string(m.ID))
	}
}

func (s *server) initialize(m *message) {
	p, err := params[initializeParams](m)
	if err != nil {
		s.out.refuse(m.ID, err)
		return
	}
	s.ready = true
	s.desk.related = p.Capabilities.TextDocument.PublishDiagnostics.RelatedInformation
	s.desk.o.Includes = append(s.desk.o.Includes, p.Options.Include...)
	s.desk.o.Syntax.Guru = s.desk.o.Syntax.Guru || p.Options.Guru
	s.out.answer(m.ID, map[string]any{"capabilities": capabilities(), "serverInfo": map[string]string{"name": "tapir"}})
}

// notice does what a notification says. What can't be done can't be answered either.
func (s *server) notice(m *message) {
	if !s.ready || s.ended {
		return
	}
	switch m.Method {
	case "textDocument/didOpen":
		p, err := params[struct {
			TextDocument struct {
				documentID
				Text string `json:"text"`
			} `json:"textDocument"`
		}](m)
		if err == nil {
			d := p.TextDocument
			s.put(&document{d.URI, pathOf(d.URI), d.Version, newText(d.Text)})
		}
	case "textDocument/didChange":
		p, err := params[struct {
			TextDocument documentID `json:"textDocument"`
			Changes      []change   `json:"contentChanges"`
		}](m)
		d := s.docs[p.TextDocument.URI]
		if err != nil || d == nil {
			return
		}
		if d, err = d.edited(p.TextDocument.Version, p.Changes); err == nil {
			s.put(d)
		}
	case "textDocument/didClose":
		if p, err := params[at](m); err == nil && s.docs[p.TextDocument.URI] != nil {
			delete(s.docs, p.TextDocument.URI)
			s.out.notify("textDocument/publishDiagnostics", publishParams{URI: p.TextDocument.URI, Diagnostics: []diagnostic{}})
			s.dueAll()
		}
	case "textDocument/didSave", "workspace/didChangeWatchedFiles":
		s.dueAll()
	case "$/cancelRequest":
		if p, err := params[struct {
			ID json.RawMessage `json:"id"`
		}](m); err == nil {
			if cancel := s.cancels[string(p.ID)]; cancel != nil {
				cancel()
			}
		}
	}
}

// put is for a document that is new, or has changed. Others may use what it declares.
func (s *server) put(d *document) {
	s.docs[d.uri] = d
	s.era++
	if d.path != "" && inTapset(d.path) {
		s.dueAll()
		return
	}
	s.due[d.uri] = true
	s.timer.Reset(s.o.Delay)
}

// dueAll is for what may change what is said about any document.
func (s *server) dueAll() {
	s.era++
	s.saved++
	for uri := range s.docs {
		s.due[uri] = true
	}
	s.timer.Reset(s.o.Delay)
}

// tellDiagnostics has them told, of what has changed. Of several such jobs that wait the
// newest is enough.
func (s *server) tellDiagnostics(ctx context.Context) {
	if len(s.due) == 0 {
		return
	}
	due := s.due
	s.due = map[string]bool{}
	rest := s.waiting[:0]
	for _, j := range s.waiting {
		if j.m != nil {
			rest = append(rest, j)
			continue
		}
		maps.Copy(due, j.due)
	}
	s.waiting = append(rest, &job{ctx: ctx, docs: maps.Clone(s.docs), era: s.era, saved: s.saved, due: due})
}

// A writer writes whole messages, for several goroutines.
type writer struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

func (w *writer) write(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("lsp: %v", err)) // all types are our own
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = writeFrame(w.w, body)
	}
}

// failed is why nothing can be written any more, or nil.
func (w *writer) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *writer) answer(id json.RawMessage, result any) { w.write(answer{"2.0", id, result}) }

func (w *writer) refuse(id json.RawMessage, err error) {
	e, ok := errors.AsType[*rpcError](err)
	if !ok {
		e = &rpcError{codeInternal, err.Error()}
	}
	if id == nil {
		id = json.RawMessage("null")
	}
	w.write(refusal{"2.0", id, e})
}

func (w *writer) notify(method string, params any) { w.write(notification{"2.0", method, params}) }
