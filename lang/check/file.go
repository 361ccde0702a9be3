package check

import (
	"errors"
	"fmt"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// filePoints are the points of the session's files, without their arguments.
var filePoints = []string{
	"procfs.read", "procfs.read.maxsize", "procfs.write",
	"procfs.umask.read", "procfs.umask.read.maxsize", "procfs.umask.write",
}

// The facts of SystemTap's files: the name of the one that has none, and the mask on
// the permissions, which leaves them to the owner.
const (
	usualFile  = "command"
	usualUmask = 0o077
)

// maxAnswer bounds .maxsize(n) in bytes.
const maxAnswer = 16 << 20

// file resolves procfs("PATH").umask(n).read.maxsize(n) and procfs("PATH").umask(n).write,
// of which the path, umask and maxsize may be left out.
func (c *checker) file(comps []*syntax.Component) (*Point, *source.Diagnostic) {
	p := &Point{Name: spell(comps), File: &File{Path: usualFile}}
	switch arg := comps[0].Arg.(type) {
	case *syntax.StringLit:
		if err := badPath(arg.Value); err != nil {
			return nil, because(comps[0].Token(), "%v", err)
		}
		p.File.Path = arg.Value
	case *syntax.IntLit:
		return nil, nil
	}
	rest := comps[1:]
	mask := int64(usualUmask)
	if len(rest) > 0 && rest[0].Name == "umask" {
		n, ok := rest[0].Arg.(*syntax.IntLit)
		if !ok {
			return nil, nil
		}
		if mask = n.Value; mask < 0 || mask > 0o777 {
			return nil, because(rest[0].Token(), "umask out of range (0, 0777)")
		}
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0].Arg != nil {
		return nil, nil
	}
	switch tail := spell(rest[1:]); {
	case rest[0].Name == "write" && tail == "":
		p.Kind, p.File.Mode = builtin.FileWrite, 0o222&^uint32(mask)
	case rest[0].Name == "read" && tail == "":
		p.Kind, p.File.Mode = builtin.FileRead, 0o444&^uint32(mask)
	case rest[0].Name == "read" && len(rest) == 2 && rest[1].Name == "maxsize":
		n, ok := rest[1].Arg.(*syntax.IntLit)
		if !ok {
			return nil, nil
		}
		if n.Value < 1 || n.Value > maxAnswer {
			return nil, because(rest[1].Token(), "maxsize out of range (1, %d)", maxAnswer)
		}
		p.Kind, p.File.Mode, p.File.Max = builtin.FileRead, 0o444&^uint32(mask), int(n.Value)
	default:
		return nil, nil
	}
	return p, c.claim(comps[0], p.File.Path)
}

// badPath says why a path can't be that of a file in the session's folder.
func badPath(path string) error {
	switch {
	case strings.HasPrefix(path, "/"):
		return errors.New("the path is within the session's folder, and so begins with no '/'")
	case path == "__stdin":
		return errors.New("input.char and input.line are the probes of standard input")
	case strings.ContainsRune(path, 0) || len(path) > 4000:
		return errors.New("this is no file's path")
	}
	for name := range strings.SplitSeq(path, "/") {
		switch {
		case name == "" || name == "." || name == "..":
			return fmt.Errorf("a path has no part '%s' here", name)
		case len(name) > 255:
			return errors.New("a file's name has 255 bytes at most")
		}
	}
	return nil
}

// claim notes that there is a file of a path; it must be no folder of another.
func (c *checker) claim(at *syntax.Component, path string) *source.Diagnostic {
	if c.files == nil {
		c.files = map[string]bool{}
	}
	c.files[path] = true
	for dir := path; ; {
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			break
		}
		if dir = dir[:i]; c.files[dir] {
			return because(at.Token(), "'%s' is both a file and a folder of others", dir)
		}
	}
	for other := range c.files {
		if strings.HasPrefix(other, path+"/") {
			return because(at.Token(), "'%s' is both a file and a folder of others", path)
		}
	}
	return nil
}

// input is the point of standard input that a name of the tapset's means.
func input(name string) *Point {
	switch name {
	case "char":
		return &Point{Kind: builtin.InputChar, Name: "input.char"}
	case "line":
		return &Point{Kind: builtin.InputLine, Name: "input.line"}
	}
	return nil
}

// fileHint says what the argument of a component of procfs is.
func fileHint(name string) string {
	switch name {
	case "procfs":
		return `the argument is the file's path: procfs("name")`
	case "umask":
		return "say what the others may not do: umask(022)"
	case "maxsize":
		return "say how many bytes a reader gets at most: maxsize(4096)"
	}
	return name + " has no argument"
}

// valueName is the variable of files and of standard input.
const valueName = "$value"

// fileVariable is the value of `$value`, which a probe of a reader may only set.
func (l *lowering) fileVariable(e *syntax.Target) (value, error) {
	switch {
	case e.Name != valueName:
		return value{}, unknownError{"unable to find the variable '" + e.Name + "'", e.Name, []string{valueName}}
	case len(e.Path) > 0 || e.Address || e.Pretty > 0:
		return value{}, errors.New("$value is a text: it has no parts and no address")
	case l.probe.Point.Kind == builtin.FileRead && !l.asked:
		return value{}, errors.New("$value can't be read in a probe of a reader: it is only set, by = and .=")
	}
	return value{x: call(e.Base, "_value")}, nil
}

// answer is what stands for an assignment to $value in a probe of a reader; e itself if
// it is none.
func (l *lowering) answer(e *syntax.Assign) syntax.Expr {
	to, ok := e.L.(*syntax.Target)
	if !ok || l.probe == nil || !l.probe.Point.Kind.HasValue() || to.Name != valueName {
		return e
	}
	functions := map[string]string{"=": "_answer", ".=": "_answer_more"}
	f, known := functions[e.Op]
	switch {
	case l.probe.Point.Kind != builtin.FileRead:
		l.reasons[to] = errors.New("$value can't be set here: it is what was written")
	case len(to.Path) > 0 || !known:
		l.reasons[to] = errors.New("$value is set by = and .= alone")
	default:
		return call(e.Base, f, e.R)
	}
	return e
}
