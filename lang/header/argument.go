package header

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Kind is what values an argument takes.
type Kind uint8

// The kinds.
const (
	Text Kind = iota
	Number
	Choice // one of a few words
)

// Argument is an argument of a script. One whose name is in capital letters is what the
// script has as $1 or @1, $2 or @2, and so on; any other is a global variable of the
// script, which --NAME=VALUE and -G NAME=VALUE set as well.
type Argument struct {
	Name       string
	Kind       Kind
	Low, High  int64    // of a Number, if HasLow, HasHigh
	Choices    []string // of a Choice
	Default    string
	HasDefault bool
	Many       bool // any number of values, the last ones of the command line
	Meaning    string
	Line       int

	HasLow, HasHigh bool

	Optional bool // the script does without it, and has no default for it
}

// Global reports whether the argument is a global variable of the script.
func (a *Argument) Global() bool { return a.Name != strings.ToUpper(a.Name) }

var (
	argumentForm = regexp.MustCompile(`^([A-Za-z_][A-Za-z_0-9]*)(\.\.\.|…)?(?: (text|number(?: -?[0-9]*\.\.-?[0-9]*)?|[^ |]+(?:\|[^ |]+)+))?(?: = ("[^"]*"|[^ ]+))?$`)
	numberForm   = regexp.MustCompile(`^-?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$`)
)

// addArgument reads `NAME KIND = DEFAULT  MEANING`.
func (h *Header) addArgument(v value) {
	if len(h.Arguments) == maxArguments {
		h.problem(v.line, "more than %d arguments", maxArguments)
		return
	}
	form, meaning, _ := strings.Cut(v.first, "  ")
	meaning = value{first: meaning, rest: v.rest}.paragraph()
	m := argumentForm.FindStringSubmatch(form)
	if m == nil {
		h.problem(v.line, "argument: %q has not the form NAME KIND = DEFAULT, two spaces and what it means; KIND is text, number, number 1..9 or some words between |", excerpt(form))
		return
	}
	a := Argument{Name: m[1], Many: m[2] != "", Meaning: meaning, Line: v.line}
	if err := a.setKind(m[3]); err != nil {
		h.problem(v.line, "argument %s: %v", a.Name, err)
		return
	}
	if a.HasDefault = m[4] != ""; a.HasDefault {
		a.Default = strings.Trim(m[4], `"`)
		if err := a.Check(a.Default); err != nil {
			h.problem(v.line, "its default does not fit: %v", err)
			return
		}
	}
	if meaning == "" {
		h.problem(v.line, "argument %s has no meaning: say it behind two spaces, or in the line below", a.Name)
	}
	h.Arguments = append(h.Arguments, a)
}

func (a *Argument) setKind(text string) (err error) {
	kind, span, _ := strings.Cut(text, " ")
	switch {
	case kind == "" || kind == "text":
		return nil
	case kind != "number":
		a.Kind, a.Choices = Choice, strings.Split(text, "|")
		return nil
	}
	a.Kind = Number
	low, high, _ := strings.Cut(span, "..")
	if low != "" {
		a.HasLow = true
		if a.Low, err = strconv.ParseInt(low, 10, 64); err != nil {
			return fmt.Errorf("%s is no number", low)
		}
	}
	if high != "" {
		a.HasHigh = true
		if a.High, err = strconv.ParseInt(high, 10, 64); err != nil {
			return fmt.Errorf("%s is no number", high)
		}
	}
	if a.HasLow && a.HasHigh && a.Low > a.High {
		return fmt.Errorf("no number is from %d to %d", a.Low, a.High)
	}
	return nil
}

// checkArguments notes what does not go together.
func (h *Header) checkArguments() {
	seen := map[string]bool{}
	for i, a := range h.Arguments {
		switch {
		case seen[a.Name]:
			h.problem(a.Line, "argument %s is there twice", a.Name)
		case a.Global() != h.Arguments[0].Global():
			h.problem(a.Line, "argument %s: either all are global variables or all are $1, $2, … (in capital letters)", a.Name)
		case a.Many && (i < len(h.Arguments)-1 || a.Global()):
			h.problem(a.Line, "argument %s: only the last of $1, $2, … can take any number of values", a.Name)
		case i > 0 && h.Arguments[i-1].HasDefault && !a.HasDefault && !a.Many:
			h.problem(a.Line, "argument %s needs a default, for the one before it has one", a.Name)
		}
		seen[a.Name] = true
	}
}

// Check returns nil if a value fits the argument, or what is wrong with it.
func (a *Argument) Check(text string) error {
	fits := true
	switch a.Kind {
	case Number:
		n, err := strconv.ParseInt(text, 0, 64)
		fits = err == nil && numberForm.MatchString(text) && !(a.HasLow && n < a.Low) && !(a.HasHigh && n > a.High)
	case Choice:
		fits = false
		for _, c := range a.Choices {
			fits = fits || c == text
		}
	}
	if fits {
		return nil
	}
	return fmt.Errorf("%s must be %s, not %q", a.Name, a.Values(), text)
}

// Values says what values the argument takes: "a number from 1 to 9".
func (a *Argument) Values() string {
	switch {
	case a.Kind == Text:
		return "text"
	case a.Kind == Choice:
		last := len(a.Choices) - 1
		return strings.Join(a.Choices[:last], ", ") + " or " + a.Choices[last]
	case a.HasLow && a.HasHigh:
		return fmt.Sprintf("a number from %d to %d", a.Low, a.High)
	case a.HasLow:
		return fmt.Sprintf("a number from %d on", a.Low)
	case a.HasHigh:
		return fmt.Sprintf("a number up to %d", a.High)
	}
	return "a number"
}

// Values are what a script is run with.
type Values struct {
	Args    []string          // $1, $2, …
	Globals map[string]string // as -G sets them
}

// Values gives the values of a command line to the arguments: args in their order, and
// named by name, as --NAME=VALUE has them. What is not given has its default. The
// error says which is missing, too much, or does not fit.
func (h *Header) Values(args []string, named map[string]string) (Values, error) {
	v := Values{Globals: map[string]string{}}
	rest := args
	for i := range h.Arguments {
		a := &h.Arguments[i]
		var texts []string
		text, isNamed := named[a.Name]
		switch {
		case isNamed:
			texts = []string{text}
		case a.Many:
			texts, rest = rest, nil
		case len(rest) > 0:
			texts, rest = rest[:1], rest[1:]
		}
		if len(texts) == 0 && !a.HasDefault {
			if !a.Many && !a.Optional {
				return v, fmt.Errorf("%s is missing: %s", strings.ToUpper(a.Name), a.Describe())
			}
			continue
		}
		for _, text := range texts {
			if err := a.Check(text); err != nil {
				return v, err
			}
		}
		switch {
		case len(texts) == 0 && a.Global(): // the script's own initialiser has it
		case len(texts) == 0:
			v.Args = append(v.Args, a.Default)
		case a.Global():
			v.Globals[a.Name] = texts[0]
		default:
			v.Args = append(v.Args, texts...)
		}
	}
	if len(rest) > 0 {
		return v, fmt.Errorf("%q is an argument too much: %s", rest[0], h.most())
	}
	return v, nil
}

// most says how many arguments there may be.
func (h *Header) most() string {
	switch n := len(h.Arguments); n {
	case 0:
		return "the script takes none"
	case 1:
		return "the script takes one at most"
	default:
		return fmt.Sprintf("the script takes %d at most", n)
	}
}

// Describe is what the argument means, what values it takes, and its default.
func (a *Argument) Describe() string {
	parts := []string{a.Meaning}
	if a.Kind != Text {
		parts = append(parts, a.Values())
	}
	switch {
	case a.HasDefault && a.Default == "":
		parts = append(parts, "default: none")
	case a.HasDefault:
		parts = append(parts, "default "+a.Default)
	}
	if a.Meaning == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, "; ")
}
