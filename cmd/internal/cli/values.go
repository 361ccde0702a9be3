package cli

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tapir/lang/syntax"
	"tapir/runtime/session"
)

// once is a flag that may be given one time; Given tells "" from not given.
type once struct {
	Given bool
	Value string
}

// Set is called by the flag parser.
func (o *once) Set(s string) error {
	if o.Given {
		return errors.New("it was given before")
	}
	o.Given, o.Value = true, s
	return nil
}

func (o *once) String() string { return o.Value }

// Type is the name of the value in help texts.
func (o *once) Type() string { return "text" }

// checked is a flag whose value must pass a check; a repetition replaces the value.
type checked struct {
	value string
	kind  string // of the value in help texts
	check func(string) error
	few   []string // all values, if they are a few
}

// choice is a flag that has one of a few values.
func choice(kind, value string, few ...string) checked {
	return checked{kind: kind, value: value, check: oneOf(few...), few: few}
}

// Set is called by the flag parser.
func (c *checked) Set(s string) error {
	if err := c.check(s); err != nil {
		return err
	}
	c.value = s
	return nil
}

func (c *checked) String() string { return c.value }

// Type is the name of the value in help texts.
func (c *checked) Type() string { return c.kind }

// pairs is a repeatable flag NAME=VALUE; later values of a name replace earlier ones.
type pairs struct {
	kind   string // of the value in help texts
	values map[string]string
	bare   string // the value if there is no "="; "": then it is an error
	name   *regexp.Regexp
}

// Set is called by the flag parser.
func (p *pairs) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	switch {
	case !p.name.MatchString(name):
		return fmt.Errorf("%q is no name", name)
	case !ok && p.bare == "":
		return errors.New("it must have the form NAME=VALUE")
	case !ok:
		value = p.bare
	}
	if p.values == nil {
		p.values = map[string]string{}
	}
	p.values[name] = value
	return nil
}

func (p *pairs) String() string { return "" }

// Type is the name of the value in help texts.
func (p *pairs) Type() string { return p.kind }

var (
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	numbers    = regexp.MustCompile(`^[0-9]+(\.[0-9]+)*$`)
)

// oneOf is the check of a flag that has a few values.
func oneOf(values ...string) func(string) error {
	return func(s string) error {
		if slices.Contains(values, s) {
			return nil
		}
		last := len(values) - 1
		return fmt.Errorf(`it must be "%s" or "%s"`, strings.Join(values[:last], `", "`), values[last])
	}
}

func checkVersion(s string) error {
	if !numbers.MatchString(s) {
		return errors.New(`it must be a version such as "5" or "4.8"`)
	}
	if syntax.CompareVersions(s, syntax.NewestVersion) > 0 {
		return fmt.Errorf("this is the language of SystemTap %s, which is older", syntax.NewestVersion)
	}
	return nil
}

// checkDigits is the check of --vp: how much more each of the five passes says.
func checkDigits(s string) error {
	if !digits.MatchString(s) || len(s) > 5 {
		return errors.New("it must have a digit for each pass, at most 5")
	}
	return nil
}

// checkDownload is the check of an option that is yes, no, ask or a number of seconds.
func checkDownload(s string) error {
	if digits.MatchString(s) {
		return nil
	}
	return oneOf("yes", "no", "ask")(s)
}

func checkPID(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n <= 0 {
		return errors.New("it must be the number of a process")
	}
	return nil
}

func checkDescriptor(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n < 0 {
		return errors.New("it must be the number of an open file descriptor")
	}
	return nil
}

func checkSeconds(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n <= 0 || n > maxSeconds {
		return errors.New("it must be a number of seconds")
	}
	return nil
}

// checkAddress accepts a port, and HOST:PORT.
func checkAddress(s string) error {
	port := s
	if _, p, err := net.SplitHostPort(s); err == nil {
		port = p
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errors.New("it must be a port, or HOST:PORT")
	}
	return nil
}

// maxSeconds keeps times within what Go's durations hold: a century.
const maxSeconds = 100 * 366 * 24 * 3600

// maxBuffer is the largest size of the event buffer in MB, as in SystemTap.
const maxBuffer = 4095

func checkBuffer(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n <= 0 || n > maxBuffer {
		return fmt.Errorf("it must be a number of MB from 1 to %d", maxBuffer)
	}
	return nil
}

// splitSize is what -S says: the size of a file in bytes, and how many are kept,
// 0 for all.
func splitSize(s string) (size int64, keep int, err error) {
	mb, number, limited := strings.Cut(s, ",")
	n, err := strconv.ParseInt(mb, 10, 32)
	if err != nil || n <= 0 {
		return 0, 0, errors.New("it must be a size in MB, and perhaps a comma and a number of files")
	}
	if limited {
		if keep, err = strconv.Atoi(number); err != nil || keep <= 0 {
			return 0, 0, errors.New("behind the comma it must have the number of files to keep")
		}
	}
	return n << 20, keep, nil
}

func checkSplit(s string) error {
	_, _, err := splitSize(s)
	return err
}

func checkName(s string) error {
	if !session.IsName(s) {
		return errors.New("it must be at most 64 letters, digits and _")
	}
	return nil
}
