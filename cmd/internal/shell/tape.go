package shell

import (
	"errors"
	"fmt"
	"os"

	"tapir/lang/transcript"
	"tapir/runtime/recording"
)

// tape is the file of a recording.
type tape struct {
	name     string
	file     *os.File
	recorder *recording.Recorder
}

// begin is the recorder of a session that runs a program; nil if it is not recorded.
func (t *tape) begin(p *program, passes *Passes) *recording.Recorder {
	if t == nil {
		return nil
	}
	h := recording.Head{
		Tapir:  passes.Version,
		Script: recording.Script{PID: passes.Target, Unoptimized: true, Guru: passes.Syntax.Guru},
		Kernel: recording.Kernel{Release: passes.Kernel.Release(), Answers: passes.heard.Answers()},
	}
	for _, f := range p.files {
		h.Script.Files = append(h.Script.Files, recording.File{Name: f.Source.Name, Text: f.Source.Text})
	}
	for _, f := range p.sources.Files() {
		if !f.Library && !p.hasText(f.Name) {
			h.Script.Library = append(h.Script.Library, recording.File{Name: f.Name, Text: f.Text})
		}
	}
	t.recorder = recording.New(t.file, h, 0)
	return t.recorder
}

// hasText reports whether a program is made of a text of that name.
func (p *program) hasText(name string) bool {
	for _, f := range p.files {
		if f.Source.Name == name {
			return true
		}
	}
	return false
}

// close closes the file. What could not be written the session has said.
func (t *tape) close() {
	if t != nil {
		_ = t.file.Close()
	}
}

// record begins a recording of what the probes see: a session of its own takes the place
// of the one that runs.
func (e *engine) record(name string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case len(e.work.cells) == 0:
		return errors.New("there are no probes that see anything; enter one first")
	case e.recording() != nil:
		return fmt.Errorf("%s is being recorded; `stop` ends that", e.recording().name)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	e.tape = &tape{name: name, file: file}
	e.passes.heard = transcript.Listen(e.passes.Kernel)
	err = e.switchTo(e.work)
	e.tape, e.passes.heard = nil, nil
	if err != nil {
		_ = file.Close()
		return errors.Join(err, os.Remove(name))
	}
	e.screen.printf("recording to %s; `stop`, and any change of the probes, ends it", name)
	return nil
}

// recording is what the running session records to, or nil.
func (e *engine) recording() *tape {
	if e.running == nil {
		return nil
	}
	return e.running.tape
}

// stopRecording goes on without the recording.
func (e *engine) stopRecording() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.recording() == nil {
		return errors.New("nothing is being recorded; `record FILE` begins that")
	}
	return e.switchTo(e.work)
}

// tellEnd says that a session's recording has ended with it.
func (e *engine) tellEnd(r *running) {
	if r.tape != nil {
		e.screen.printf("recorded %d runs of probes to %s; tapir replay runs them again", r.tape.recorder.Runs(), r.tape.name)
	}
}

func (s *Shell) record(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: record FILE")
	}
	return s.engine.record(args[0])
}

func (s *Shell) stopRecording([]string) error { return s.engine.stopRecording() }
