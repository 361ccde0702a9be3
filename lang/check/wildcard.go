package check

import (
	"slices"
	"strings"

	"tapir/lang/source"
	"tapir/lang/syntax"
)

func isWild(comps []*syntax.Component) bool {
	return slices.ContainsFunc(comps, func(c *syntax.Component) bool { return strings.Contains(c.Name, "*") })
}

// resolveWild resolves every alias whose name a point with wildcards matches; of
// these, some may fail. Only if no name matches as a whole may the point's end be
// a suffix of what the beginning matches.
func (c *checker) resolveWild(f flat, e expansion) ([]handler, *failure) {
	comps := f.components
	var hs []handler
	for n := len(comps); n > 0 && len(hs) == 0; n-- {
		if !isWild(comps[:n]) { // the wildcards are in what an alias is followed by
			hs, _, _ = c.resolveAlias(comps, e)
			break
		}
		for _, parts := range c.pointParts() {
			if !matchPoint(comps[:n], parts) {
				continue
			}
			got, _ := c.resolve(flat{components: concat(renamed(comps[:n], parts), comps[n:])}, e)
			hs = append(hs, got...)
		}
	}
	if len(hs) > 0 {
		return hs, nil
	}
	cause, hint := c.mismatch(comps, ": didn't find any wildcard matches")
	return nil, &failure{comps[0].Token(), cause, hint}
}

// namedPoints is the points that kernel.syscall("PATTERN") or kernel.trace("PATTERN")
// stands for, if there are wildcards in its argument.
func (c *checker) namedPoints(comps []*syntax.Component) (points [][]*syntax.Component) {
	if len(comps) < 2 || comps[0].Name != "kernel" {
		return nil
	}
	arg, ok := comps[1].Arg.(*syntax.StringLit)
	if !ok || !strings.Contains(arg.Value, "*") {
		return nil
	}
	var names []string
	pattern := arg.Value
	switch data, ok := c.target.(Data); {
	case comps[1].Name == "syscall":
		names = c.target.SyscallNames()
	case ok && (comps[1].Name == "trace" || comps[1].Name == "tracepoint"):
		names, pattern = data.Tracepoints(), traceName(pattern)
	}
	for _, name := range names {
		if glob(pattern, name) {
			call := &syntax.Component{Base: comps[1].Base, Name: comps[1].Name, Arg: &syntax.StringLit{Base: arg.Base, Value: name}}
			points = append(points, concat([]*syntax.Component{comps[0], call}, comps[2:]))
		}
	}
	return points
}

// resolveEach resolves points that stand for one; all of them must be good.
func (c *checker) resolveEach(points [][]*syntax.Component, e expansion) (hs []handler, fail *failure) {
	for _, comps := range points {
		got, fail := c.resolve(flat{components: comps}, e)
		if fail != nil {
			return nil, fail
		}
		hs = append(hs, got...)
	}
	return hs, nil
}

// matchPoint reports whether a point with wildcards matches a name's components.
// ** in a component lets it match several of them.
func matchPoint(comps []*syntax.Component, parts []string) bool {
	if len(comps) == 0 {
		return len(parts) == 0
	}
	if strings.Contains(comps[0].Name, "**") {
		for n := 1; n <= len(parts); n++ {
			if glob(comps[0].Name, strings.Join(parts[:n], ".")) && matchPoint(comps[1:], parts[n:]) {
				return true
			}
		}
		return false
	}
	return len(parts) > 0 && glob(comps[0].Name, parts[0]) && matchPoint(comps[1:], parts[1:])
}

// glob matches a pattern in which * stands for any text.
func glob(pattern, text string) bool {
	pieces := strings.Split(pattern, "*")
	if len(pieces) == 1 {
		return pattern == text
	}
	first, last := pieces[0], pieces[len(pieces)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, piece := range pieces[1 : len(pieces)-1] {
		i := strings.Index(text, piece)
		if i < 0 {
			return false
		}
		text = text[i+len(piece):]
	}
	return true
}

// renamed is comps with the names that the wildcards stand for. An argument
// stays where it is as long as the components correspond.
func renamed(comps []*syntax.Component, parts []string) []*syntax.Component {
	list := make([]*syntax.Component, len(parts))
	for i, part := range parts {
		from := comps[min(i, len(comps)-1)]
		list[i] = &syntax.Component{Base: from.Base, Name: part}
		if len(comps) == len(parts) {
			list[i].Arg = from.Arg
		}
	}
	return list
}

// pointNames is every name that a point can have, arguments left out, sorted.
func (c *checker) pointNames() []string {
	if c.names.points != nil {
		return c.names.points
	}
	names := slices.Clone(primitiveNames)
	for name := range c.aliases {
		names = append(names, name)
	}
	if c.lib != nil {
		names = append(names, c.lib.AliasNames()...)
	}
	slices.Sort(names)
	c.names.points = slices.Compact(names)
	c.names.parts = make([][]string, len(c.names.points))
	for i, name := range c.names.points {
		c.names.parts[i] = strings.Split(name, ".")
	}
	return c.names.points
}

// pointParts is the components of pointNames.
func (c *checker) pointParts() [][]string {
	c.pointNames()
	return c.names.parts
}

// mismatch says at which component a point leaves all names that there are, and
// what is similar there; detail goes behind the message.
func (c *checker) mismatch(comps []*syntax.Component, detail string) (cause *source.Diagnostic, hint string) {
	if what := unsupportedPoint(comps); what != "" {
		return because(comps[0].Token(), "%s probes are not supported by this version", what),
			"tapir --dump-probe-types lists what there is"
	}
	if len(c.diags.List) > maxSuggestions {
		return because(comps[0].Token(), "probe point mismatch%s", detail), ""
	}
	for n := range comps {
		var level []string // what may stand here
		matched := false
		for _, parts := range c.pointParts() {
			if len(parts) <= n || !matchPoint(comps[:n], parts[:n]) {
				continue
			}
			level = append(level, parts[n])
			matched = matched || matchPoint(comps[n:n+1], parts[n:n+1])
		}
		level = slices.Compact(level)
		if matched && (n < len(comps)-1 || comps[n].Arg == nil && !needsArgument(comps[:n+1])) {
			continue
		}
		near := similar(comps[n].Name, level)
		if matched {
			near = []string{comps[n].Name}
			hint = argumentHint(comps[:n+1])
		} else if len(level) == 0 {
			hint = "nothing can follow here"
		} else if len(near) == 0 && len(level) <= 2*maxSimilar {
			hint = "known here: " + strings.Join(level, ", ")
		} else if n == 0 && len(near) == 0 {
			hint = "known here: " + strings.Join(primitiveHeads, ", ") + ", syscall and the script's aliases"
		}
		return because(comps[n].Token(), "probe point mismatch%s%s", detail, similarNote(near)), hint
	}
	last := comps[len(comps)-1]
	return because(last.Token(), "probe point truncated%s", c.follow(comps)), ""
}

// follow is what may come behind comps.
func (c *checker) follow(comps []*syntax.Component) string {
	var next []string
	for _, parts := range c.pointParts() {
		if len(parts) > len(comps) && matchPoint(comps, parts[:len(comps)]) {
			next = append(next, parts[len(comps)])
		}
	}
	next = slices.Compact(next)
	if len(next) == 0 {
		return ""
	}
	more := ""
	if len(next) > 4*maxSimilar {
		next, more = next[:4*maxSimilar], " …"
	}
	return " (follow: " + strings.Join(next, " ") + more + ")"
}
