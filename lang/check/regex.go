package check

import (
	"tapir/lang/pattern"
	"tapir/lang/syntax"
)

// pattern checks that a regular expression can be compiled.
func (c *checker) pattern(e *syntax.Regex) {
	if _, err := pattern.Compile(e.Pattern.Value); err != nil {
		c.error(codeRegex, e.Pattern.Token(), "%v", err)
	}
}
