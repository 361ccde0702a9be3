package shell

import (
	"strings"

	"github.com/chzyer/readline"

	"tapir/lang/syntax"
)

// editor is the line editor.
type editor struct {
	rl *readline.Instance
}

func newEditor(o *Options) (*editor, error) {
	c := &readline.Config{
		Prompt: prompt, HistoryFile: o.History, HistorySearchFold: true, DisableAutoSaveHistory: true,
		Stdin: readline.NewCancelableStdin(o.In), Stdout: o.Out, InterruptPrompt: "^C",
	}
	if o.Color {
		c.Painter = painter{}
	}
	rl, err := readline.NewEx(c)
	if err != nil {
		return nil, err
	}
	return &editor{rl}, nil
}

func (e *editor) read(prompt string) (string, error) {
	e.rl.SetPrompt(prompt)
	return e.rl.Readline()
}

// remember keeps an input of several lines as one of the history.
func (e *editor) remember(text string) {
	if text = strings.TrimSpace(text); text != "" {
		_ = e.rl.SaveHistory(oneLine(text))
	}
}

// oneLine joins lines, unless a comment to the line's end is among them.
func oneLine(text string) string {
	for _, l := range syntax.Lexemes(text) {
		if l.Kind == syntax.LexComment && !strings.HasPrefix(l.Text, "/*") {
			return text[:strings.IndexByte(text+"\n", '\n')]
		}
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\n", " ")), " ")
}

func (e *editor) complete(s *Shell) { e.rl.Config.AutoComplete = completer{s} }
func (e *editor) terminal() bool    { return true }
func (e *editor) Close() error      { return e.rl.Close() }

// painter colours the line that is typed.
type painter struct{}

// styles are the colours of lexemes.
var styles = map[syntax.LexemeKind]string{
	syntax.LexKeyword: "\x1b[1;34m", syntax.LexString: "\x1b[32m", syntax.LexNumber: "\x1b[36m",
	syntax.LexComment: "\x1b[2m", syntax.LexArgument: "\x1b[35m",
}

// Paint colours the lexemes of a line.
func (painter) Paint(line []rune, _ int) []rune {
	text := string(line)
	if len(text) == 0 {
		return line
	}
	var b strings.Builder
	at := 0
	for _, l := range syntax.Lexemes(text) {
		b.WriteString(text[at:l.Off])
		if style, ok := styles[l.Kind]; ok {
			b.WriteString(style + l.Text + "\x1b[0m")
		} else {
			b.WriteString(l.Text)
		}
		at = l.End()
	}
	b.WriteString(text[at:])
	return []rune(b.String())
}
