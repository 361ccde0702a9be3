package library

import (
	"fmt"
	"strconv"
	"strings"
)

// table is the head of a table of system calls: the kinds of argument. The head
// of the table itself describes the form.
type table struct {
	name  string
	kinds map[string]string // kind → what follows its name
}

// row is a line of a table, still unparsed.
type row struct {
	table *table
	line  int
	text  string
}

// indexTable notes the aliases that a table's rows stand for.
func (l *Library) indexTable(name, text string) error {
	t := &table{name: name, kinds: make(map[string]string)}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "kind "); ok {
			kind, body, _ := strings.Cut(strings.TrimSpace(rest), " ")
			kind, _, _ = strings.Cut(kind, "(")
			t.kinds[kind] = strings.TrimSpace(body)
			continue
		}
		end := strings.IndexAny(line, " =(\t")
		if end < 0 {
			return fmt.Errorf("%s:%d: expected a call and its arguments", name, n)
		}
		r := row{t, n, line}
		alias := "syscall." + line[:end]
		add(l.aliases, alias, r.unit(false))
		add(l.aliases, alias+".return", r.unit(true))
	}
	return nil
}

// unit is the text of one of the row's two aliases, made when it is needed.
func (r row) unit(isReturn bool) *unit {
	text := func() string {
		c, err := r.parse()
		if err != nil {
			panic(fmt.Sprintf("library: %s:%d: %v", r.table.name, r.line, err)) // embedded, and tested
		}
		if isReturn {
			return c.returnAlias()
		}
		return c.entryAlias()
	}
	return &unit{name: r.table.name + ":" + strconv.Itoa(r.line), text: text, builtin: true}
}

// call is a parsed row.
type call struct {
	name    string
	kernel  []string
	args    []argument
	items   []item
	format  string // of _retstr
	caller  bool
	results string // statements of the return probe
}

// argument is one argument of a call with what its kind makes of it.
type argument struct {
	name                      string
	format, shown, statements string
}

// item is a part of argstr.
type item struct {
	cond          string // "" if it is always there
	format, value string
}

var resultFormats = map[string]string{"dec": "1", "hex": "2", "oct": "3"}

func (r row) parse() (*call, error) {
	head, rest, ok := strings.Cut(r.text, "(")
	if !ok {
		return nil, fmt.Errorf("expected '('")
	}
	name, kernel, ok := strings.Cut(strings.TrimSpace(head), "=")
	c := &call{name: name, kernel: []string{name}, format: "1"}
	if ok {
		c.kernel = strings.Split(kernel, ",")
	}
	args, rest, err := bracketed(rest, ')')
	if err != nil {
		return nil, err
	}
	if err := c.parseArgs(r.table, args); err != nil {
		return nil, err
	}
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "{") {
		var list string
		if list, rest, err = bracketed(rest[1:], '}'); err != nil {
			return nil, err
		}
		if err := c.parseItems(list); err != nil {
			return nil, err
		}
	} else {
		for _, a := range c.args {
			c.items = append(c.items, item{format: a.format, value: a.shown})
		}
	}
	return c, c.parseResult(strings.TrimSpace(rest))
}

// bracketed cuts text behind the bracket that closes the one before it.
func bracketed(text string, closing byte) (inside, rest string, err error) {
	depth := 0
	for i := range len(text) {
		switch c := text[i]; c {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth--; depth < 0 {
				if c != closing {
					return "", "", fmt.Errorf("expected '%c'", closing)
				}
				return text[:i], text[i+1:], nil
			}
		}
	}
	return "", "", fmt.Errorf("expected '%c'", closing)
}

func (c *call) parseArgs(t *table, list string) error {
	for i, field := range strings.Split(list, ",") {
		field = strings.TrimSpace(field)
		if field == "" && i == 0 || field == "-" {
			continue
		}
		name, kind, ok := strings.Cut(field, ":")
		if !ok {
			return fmt.Errorf("argument %s has no kind", field)
		}
		kind, param, _ := strings.Cut(kind, "(")
		param = strings.TrimSuffix(param, ")")
		body, ok := t.kinds[kind]
		if !ok {
			return fmt.Errorf("unknown kind %s", kind)
		}
		body = strings.NewReplacer("{v}", name, "{n}", strconv.Itoa(i+1), "{p}", param).Replace(body)
		format, body, _ := strings.Cut(body, " ")
		shown, statements, ok := strings.Cut(body, " : ")
		if !ok {
			return fmt.Errorf("kind %s has no statements", kind)
		}
		c.args = append(c.args, argument{name, format, strings.TrimSpace(shown), strings.TrimSpace(statements)})
	}
	return nil
}

func (c *call) parseItems(list string) error {
	for i, field := range strings.Split(list, ",") {
		field = strings.TrimSpace(field)
		var it item
		if cond, rest, ok := strings.Cut(field, "]"); ok {
			if i == 0 {
				return fmt.Errorf("the first part of argstr can't be conditional")
			}
			value, err := withFlagValues(strings.TrimPrefix(cond, "["))
			if err != nil {
				return err
			}
			it.cond, field = value, strings.TrimSpace(rest)
		}
		if name, format, ok := strings.Cut(field, "%"); ok {
			it.format, it.value = "%"+format, name
		} else if a := c.argument(field); a != nil {
			it.format, it.value = a.format, a.shown
		} else {
			return fmt.Errorf("argstr: %s is no argument", field)
		}
		c.items = append(c.items, it)
	}
	return nil
}

func (c *call) argument(name string) *argument {
	for i := range c.args {
		if c.args[i].name == name {
			return &c.args[i]
		}
	}
	return nil
}

func (c *call) parseResult(text string) error {
	if text == "" {
		return nil
	}
	text, ok := strings.CutPrefix(text, "->")
	if !ok {
		return fmt.Errorf("expected '->', found %s", text)
	}
	text, c.results, _ = strings.Cut(text, " : ")
	for _, word := range strings.Fields(text) {
		if format, ok := resultFormats[word]; ok {
			c.format = format
		} else if word == "caller" {
			c.caller = true
		} else {
			return fmt.Errorf("unknown result %s", word)
		}
	}
	return nil
}
