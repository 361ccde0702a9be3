package source

import (
	"fmt"
	"strings"
)

// Suppressed counts the diagnostics that a Renderer did not show because they
// were like others.
type Suppressed struct {
	Errors, Warnings int
}

// Suppressed is what was not shown so far.
func (r *Renderer) Suppressed() Suppressed { return r.suppressed }

// Lines is how a run that failed tells the user what was not shown, or "".
func (s Suppressed) Lines() string {
	var b strings.Builder
	if s.Errors > 0 {
		fmt.Fprintf(&b, "Number of similar error messages suppressed: %d.\n", s.Errors)
	}
	if s.Warnings > 0 {
		fmt.Fprintf(&b, "Number of similar warning messages suppressed: %d.\n", s.Warnings)
	}
	if b.Len() > 0 {
		b.WriteString("Rerun with -v to see them.\n")
	}
	return b.String()
}

// suppresses decides about d and counts it if it is not to be shown.
func (r *Renderer) suppresses(d *Diagnostic) bool {
	if !r.o.SuppressSimilar || d.Plain {
		return false
	}
	key := similarity(d)
	if !r.shown[key] {
		r.shown[key] = true
		return false
	}
	if d.Severity == Warning {
		r.suppressed.Warnings++
	} else {
		r.suppressed.Errors++
	}
	return true
}

// similarity is the same for diagnostics of which one is enough. Warnings are
// alike if they have the same words. Errors are alike if they and all their
// causes report the same rules, in the same words but for the names in them.
func similarity(d *Diagnostic) string {
	if d.Severity == Warning {
		return "warning\x00" + d.Message
	}
	key := string(d.Code) + "\x00" + withoutNames(d)
	for _, c := range d.Causes {
		key += "\x00" + similarity(c)
	}
	return key
}

// withoutNames is a message without the name of its token, what it quotes, and
// what it puts in parentheses.
func withoutNames(d *Diagnostic) string {
	message := d.Message
	if d.Token.Text != "" && isWord(d.Token.Text[0]) {
		message = strings.ReplaceAll(message, d.Token.Text, "")
	}
	var b strings.Builder
	for message != "" {
		i := strings.IndexAny(message, "'(")
		if i < 0 {
			break
		}
		b.WriteString(message[:i])
		end := "'"
		if message[i] == '(' {
			end = ")"
		}
		_, rest, ok := strings.Cut(message[i+1:], end)
		if !ok {
			break
		}
		message = rest
	}
	return b.String() + message
}
