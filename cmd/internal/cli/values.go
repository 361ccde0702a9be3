package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
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

func checkPlacement(s string) error {
	if s != "auto" && s != "user" {
		return errors.New(`it must be "auto" or "user"`)
	}
	return nil
}

func checkVersion(s string) error {
	if !numbers.MatchString(s) {
		return errors.New(`it must be a version such as "5" or "4.8"`)
	}
	return nil
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
