// Package trial runs the tests of scripts: a .txtar file says with what a script is run,
// what is done meanwhile, and what is printed. Start with Parse and Runner.
package trial

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"tapir/lang/header"
)

// Trial is one run of a script, and what it must print.
type Trial struct {
	Arguments []string       // of the script
	Options   []string       // of tapir
	Command   string         // -c
	Workload  string         // for the shell, once all is attached
	Until     *regexp.Regexp // the script is interrupted when a line of its output matches; may be nil
	Ends      bool           // the script ends by itself
	Status    int
	Timeout   time.Duration
	Alone     bool // no other test may run meanwhile
	Needs     []header.Need

	Output Patterns
	Errors Patterns // of standard error; without any, it has no warning and no error
	Files  []txtar.File
}

// maxTimeout is the longest time that a test may take.
const maxTimeout = 10 * time.Minute

// defaultTimeout is generous: it is for what hangs, not for what is slow.
const defaultTimeout = time.Minute

// nameless is a section's line that the archive's parser takes for one and can't read.
var nameless = regexp.MustCompile(`(?m)^-- ?--\r?$`)

// Parse reads a test. The error has the number of the line.
func Parse(text string) (*Trial, error) {
	if nameless.MatchString(text) {
		return nil, errors.New("a section has no name: -- NAME --")
	}
	archive := txtar.Parse([]byte(text))
	t := &Trial{Timeout: defaultTimeout}
	n := 0
	for line := range strings.Lines(string(archive.Comment)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("line %d: %q has not the form KEY: VALUE", n, line)
		}
		if err := t.set(strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return t, t.sections(archive.Files)
}

func (t *Trial) set(key, value string) (err error) {
	switch key {
	case "arguments":
		t.Arguments, err = words(value)
	case "options":
		if t.Options, err = words(value); err == nil {
			err = checkOptions(t.Options)
		}
	case "command":
		t.Command = value
	case "workload":
		t.Workload = value
	case "until":
		t.Until, err = regexp.Compile(value)
	case "ends":
		if t.Ends = value == "by itself"; !t.Ends {
			err = fmt.Errorf("ends: can only have %q", "by itself")
		}
	case "alone":
		if t.Alone = value == "yes"; !t.Alone && value != "no" {
			err = fmt.Errorf("alone: can only have yes or no")
		}
	case "status":
		t.Status, err = strconv.Atoi(value)
	case "timeout":
		var seconds int
		seconds, err = strconv.Atoi(value)
		t.Timeout = time.Duration(seconds) * time.Second
		if err == nil && (t.Timeout <= 0 || t.Timeout > maxTimeout) {
			err = fmt.Errorf("timeout: must be a number of seconds up to %d", int(maxTimeout/time.Second))
		}
	case "needs":
		var problems []string
		if t.Needs, problems = header.ParseNeeds(value); len(problems) > 0 {
			err = fmt.Errorf("needs: %s", problems[0])
		}
	default:
		err = fmt.Errorf("there is no key %q: there are arguments, options, command, workload, until, ends, alone, status, timeout and needs", key)
	}
	return err
}

// sections reads what must be printed; what has another name is a file for the test.
func (t *Trial) sections(files []txtar.File) (err error) {
	for _, f := range files {
		switch f.Name {
		case "output":
			t.Output, err = parsePatterns(string(f.Data))
		case "errors":
			t.Errors, err = parsePatterns(string(f.Data))
		default:
			if f.Name != strings.Trim(f.Name, "/.") || strings.Contains(f.Name, "..") {
				err = fmt.Errorf("the file is outside of the test's folder")
			}
			t.Files = append(t.Files, f)
		}
		if err != nil {
			return fmt.Errorf("-- %s --: %w", f.Name, err)
		}
	}
	if len(t.Output) == 0 && len(t.Errors) == 0 {
		return fmt.Errorf("it expects nothing: -- output -- lists regular expressions, one a line")
	}
	return nil
}

// options are those that a test may give; none writes a file or names another script.
var options = []struct {
	name  string
	value bool // a value follows, as the next word if not behind it
}{
	{"-G", true}, {"-D", true}, {"-T", true}, {"-s", true}, {"-w", false}, {"-v", false}, {"-u", false},
	{"--placement=", false}, {"--compatible=", false}, {"--allow=", false}, {"--no-global-var-display", false},
	{"--skip-badvars", false}, {"--suppress-handler-errors", false}, {"--fail-on-loss", false},
}

func checkOptions(list []string) error {
next:
	for i := 0; i < len(list); i++ {
		for _, o := range options {
			if list[i] == o.name && o.value {
				i++
				if i == len(list) {
					return fmt.Errorf("options: %s lacks its value", o.name)
				}
				continue next
			}
			if list[i] == o.name || (o.value || strings.HasSuffix(o.name, "=")) && strings.HasPrefix(list[i], o.name) {
				continue next
			}
		}
		return fmt.Errorf("options: a test can't give %s", list[i])
	}
	return nil
}

// words splits a line as a shell does: at blanks, but not within quotes.
func words(line string) ([]string, error) {
	var list []string
	var word strings.Builder
	begun := false
	quote := rune(0)
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, begun = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if begun {
				list = append(list, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a %c is not closed", quote)
	}
	if begun {
		list = append(list, word.String())
	}
	return list, nil
}
