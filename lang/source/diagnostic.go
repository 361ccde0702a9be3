package source

// Severity says what a diagnostic does to the run.
type Severity uint8

// The severities.
const (
	ParseError    Severity = iota // the text is no script; ends pass 1
	SemanticError                 // the script makes no sense; ends pass 2
	Warning                       // the run goes on
)

// A Diagnostic is one message about the script.
//
// The message is lower case, without a final stop, and says what is wrong;
// Hint says what to write instead. Codes are not shown; tests name them.
type Diagnostic struct {
	Severity Severity
	Code     Code
	Message  string
	Token    Token   // what the message is about; Kind EOF at a file's end; zero Span: no place
	Other    []Token // further tokens of the same message, shown without words of their own
	At       bool    // parse errors: the message names the token itself ("at:", not "saw:")
	Plain    bool    // the message stands alone, without the severity before it
	Hint     string  // "" or advice, without "help:"
	Causes   []*Diagnostic
}

// Code names the rule that a diagnostic reports, for tests and for documentation.
type Code string

// WithHint adds advice to d and returns it.
func (d *Diagnostic) WithHint(hint string) *Diagnostic {
	d.Hint = hint
	return d
}

// Because adds a cause, shown as a block of its own behind d, and returns d.
func (d *Diagnostic) Because(cause *Diagnostic) *Diagnostic {
	d.Causes = append(d.Causes, cause)
	return d
}

// Diagnostics collects what the passes have to say, in order.
type Diagnostics struct {
	List []*Diagnostic
}

// Add appends d and returns it, to be given hints and causes.
func (ds *Diagnostics) Add(d *Diagnostic) *Diagnostic {
	ds.List = append(ds.List, d)
	return d
}

// HasErrors reports whether anything in the list ends the run.
func (ds *Diagnostics) HasErrors() bool {
	for _, d := range ds.List {
		if d.Severity != Warning {
			return true
		}
	}
	return false
}
