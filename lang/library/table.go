package library

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// tables is what the tables of system calls have in common: the kinds of argument.
// The head of tapset/syscalls/kinds.tbl describes the form.
type tables struct {
	kinds map[string]string // kind → what follows its name
	rows  map[string][]row  // call → its rows
}

// row is a line of a table, still unparsed.
type row struct {
	tables *tables
	table  string
	line   int
	text   string
}

// indexTable notes the aliases that a table's rows stand for.
func (l *Library) indexTable(name, text string) error {
	for n, line := range tableLines(text) {
		if rest, ok := strings.CutPrefix(line, "kind "); ok {
			kind, body, _ := strings.Cut(strings.TrimSpace(rest), " ")
			kind, _, _ = strings.Cut(kind, "(")
			l.tables.kinds[kind] = strings.TrimSpace(body)
			continue
		}
		end := strings.IndexAny(line, " =(\t")
		if end < 0 {
			return fmt.Errorf("%s:%d: expected a call and its arguments", name, n)
		}
		l.tables.rows[line[:end]] = append(l.tables.rows[line[:end]], row{&l.tables, name, n, line})
	}
	return nil
}

// The names of the aliases that a call's rows stand for.
const (
	callPrefix   = "syscall."
	returnSuffix = ".return"
)

// unitsOf makes the units of the rows that an alias stems from.
func (t *tables) unitsOf(alias string) []*unit {
	name, ok := strings.CutPrefix(alias, callPrefix)
	if !ok {
		return nil
	}
	name, isReturn := strings.CutSuffix(name, returnSuffix)
	var units []*unit
	for _, r := range t.rows[name] {
		units = append(units, r.unit(isReturn))
	}
	return units
}

// tableLines goes through the lines of a table that say something, by number. Lines
// that begin with a tab or a blank belong to the one before them.
func tableLines(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		lines := strings.Split(text, "\n")
		for i := 0; i < len(lines); {
			first, line := i, strings.TrimSpace(lines[i])
			for i++; i < len(lines) && strings.IndexAny(lines[i], " \t") == 0; i++ {
				line += " " + strings.TrimSpace(lines[i])
			}
			if line != "" && line[0] != '#' && !yield(first+1, line) {
				return
			}
		}
	}
}

// unit is the text of one of the row's two aliases, made when it is needed.
func (r row) unit(isReturn bool) *unit {
	text := func() string {
		c, err := r.parse()
		if err != nil {
			panic(fmt.Sprintf("library: %s:%d: %v", r.table, r.line, err)) // embedded, and tested
		}
		if isReturn {
			return c.returnAlias()
		}
		return c.entryAlias()
	}
	return &unit{name: r.table + ":" + strconv.Itoa(r.line), text: text, builtin: true}
}

// call is a parsed row.
type call struct {
	name    string
	shown   string // what the variable `name` says
	kernel  []string
	several bool // the kernel may lack some of the calls by which it is known
	args    []argument
	items   []item
	text    string // argstr as an expression, in place of items
	format  string // of _retstr
	caller  bool
	atEntry bool
	results string // statements of the return probe
}

// argument is one argument of a call with what its kind makes of it, before the
// call and, if that is something else, behind it.
type argument struct {
	name          string
	entry, result form
}

// form is a way to show an argument.
type form struct {
	format, shown, statements string
}

// item is a part of argstr: an argument, or a value in a format.
type item struct {
	cond          string // "" if it is always there
	arg           string
	format, value string
}

var resultFormats = map[string]string{"dec": "1", "hex": "2", "oct": "3"}

func (r row) parse() (*call, error) {
	head, rest, ok := strings.Cut(r.text, "(")
	if !ok {
		return nil, fmt.Errorf("expected '('")
	}
	c := &call{format: "1"}
	if err := c.parseHead(head); err != nil {
		return nil, err
	}
	c.several = len(c.kernel) > 1 || len(r.tables.rows[c.name]) > 1
	args, rest, err := bracketed(rest, ')')
	if err != nil {
		return nil, err
	}
	if err := c.parseArgs(r.tables, args); err != nil {
		return nil, err
	}
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "{") {
		var list string
		if list, rest, err = bracketed(rest[1:], '}'); err != nil {
			return nil, err
		}
		if err := c.parseArgstr(list); err != nil {
			return nil, err
		}
	} else {
		for _, a := range c.args {
			c.items = append(c.items, item{arg: a.name})
		}
	}
	return c, c.parseResult(strings.TrimSpace(rest))
}

// parseHead reads `NAME[=KERNEL,…] ["SHOWN"]`.
func (c *call) parseHead(head string) error {
	name, shown, ok := strings.Cut(strings.TrimSpace(head), " ")
	name, kernel, several := strings.Cut(name, "=")
	c.name, c.shown, c.kernel = name, name, []string{name}
	if several {
		c.kernel = strings.Split(kernel, ",")
	}
	if !ok {
		return nil
	}
	var err error
	if c.shown, err = strconv.Unquote(strings.TrimSpace(shown)); err != nil {
		return fmt.Errorf("%s is no name in quotes", shown)
	}
	return nil
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

// splitList cuts a list at its commas but for those in brackets.
func splitList(list string) []string {
	var items []string
	depth, start := 0, 0
	for i, c := range list {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				items = append(items, strings.TrimSpace(list[start:i]))
				start = i + 1
			}
		}
	}
	return append(items, strings.TrimSpace(list[start:]))
}

func (c *call) parseArgs(t *tables, list string) error {
	for i, field := range splitList(list) {
		if field == "" && i == 0 || field == "-" {
			continue
		}
		name, kind, ok := strings.Cut(field, ":")
		if !ok {
			return fmt.Errorf("argument %s has no kind", field)
		}
		kind, params, _ := strings.Cut(kind, "(")
		first, second, _ := strings.Cut(strings.TrimSuffix(params, ")"), ",")
		body, ok := t.kinds[kind]
		if !ok {
			return fmt.Errorf("unknown kind %s", kind)
		}
		a, err := parseKind(strings.NewReplacer("{v}", name, "{n}", strconv.Itoa(i+1), "{p}", first, "{q}", strings.TrimSpace(second)).Replace(body))
		if err != nil {
			return fmt.Errorf("kind %s: %w", kind, err)
		}
		a.name = name
		c.args = append(c.args, a)
	}
	return nil
}

// parseKind reads `FORM [=> FORM]`, each `%FORMAT SHOWN : STATEMENTS`.
func parseKind(body string) (a argument, err error) {
	entry, result, ok := strings.Cut(body, " => ")
	if a.entry, err = parseForm(entry); err != nil {
		return a, err
	}
	a.result = a.entry
	if ok {
		a.result, err = parseForm(result)
	}
	return a, err
}

func parseForm(text string) (form, error) {
	format, text, _ := strings.Cut(strings.TrimSpace(text), " ")
	shown, statements, ok := strings.Cut(text, " : ")
	if !ok {
		return form{}, fmt.Errorf("no statements")
	}
	return form{format, strings.TrimSpace(shown), strings.TrimSpace(statements)}, nil
}

// parseArgstr reads what stands in braces: `= EXPRESSION` or a list of items.
func (c *call) parseArgstr(list string) error {
	if text, ok := strings.CutPrefix(strings.TrimSpace(list), "="); ok {
		var err error
		c.text, err = withFlagValues(strings.TrimSpace(text))
		return err
	}
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
		} else if c.argument(field) != nil {
			it.arg = field
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
		} else if word == "entry" {
			c.atEntry = true
		} else {
			return fmt.Errorf("unknown result %s", word)
		}
	}
	return nil
}
