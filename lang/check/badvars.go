package check

import (
	"strings"

	"tapir/lang/syntax"
)

// skipBadVars puts 0 in the place of variables of the probed code that are not
// known, and an empty text in that of those that are texts ($$vars, $x$). What @defined
// decides against goes first: it is there so that nobody reads them.
func (c *checker) skipBadVars() {
	o := &optimizer{checker: c}
	replace := rewriter(func(e syntax.Expr) syntax.Expr {
		switch e := e.(type) {
		case *syntax.Target:
			c.warning(codeBadVar, e.Token(), "Bad $context variable being substituted with literal 0")
			if strings.HasPrefix(e.Name, "$$") || e.Pretty > 0 {
				return &syntax.StringLit{Base: e.Base}
			}
			return number(e.Base, 0)
		case *syntax.AtOp:
			if e.Name == "var" {
				c.warning(codeBadVar, e.Token(), "Bad $context variable being substituted with literal 0")
				return number(e.Base, 0)
			}
		}
		return e
	})
	for _, b := range c.bodies {
		o.fold(b)
		replace.stmt(b.block)
		replace.exprs(b.conds)
	}
}
