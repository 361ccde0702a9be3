package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tapir/cmd/internal/assist"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/syntax"
)

// listPoints lists the probe points that -l's or -L's pattern matches, one a line.
// Without a match it fails.
func (f *front) listPoints(o *runFlags) error {
	pattern := cmp.Or(o.list.Value, o.listVars.Value)
	f.flags.text = once{Given: true, Value: "probe " + pattern + " { exit() }"}
	f.flags.keepUnused = true
	files, err := f.parse(nil)
	if err != nil {
		return err
	}
	program, ds := check.Check(f.set, files, f.lib, f.kernel, f.checkOptions())
	if ds.HasErrors() {
		if f.flags.verbose > 0 {
			return f.diagnose(ds)
		}
		return exitStatus(statusFailed)
	}
	var lines []string
	for _, p := range program.Probes {
		line := p.Spelling
		if strings.HasPrefix(p.Point.Name, line[:strings.Index(line+"(", "(")]) && p.Point.Function != nil {
			line = p.Point.Name // the pattern's match
		}
		if o.listVars.Given {
			for _, v := range assist.Variables(p) {
				line += " " + v.String()
			}
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	w := bufio.NewWriter(f.out)
	for _, line := range slices.Compact(lines) {
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

// dumpNames lists what there is: probe types, aliases, functions.
func (f *front) dumpNames(d dumps) error {
	if err := f.prepare(nil, nil); err != nil {
		return err
	}
	w := bufio.NewWriter(f.out)
	if d.types {
		for _, name := range assist.PointTypes() {
			fmt.Fprintln(w, name)
		}
	}
	if d.aliases {
		for _, name := range f.lib.AliasNames() {
			fmt.Fprintln(w, aliasLine(f.lib, name))
		}
	}
	if d.functions {
		for _, line := range assist.Signatures(f.lib) {
			fmt.Fprintln(w, line)
		}
	}
	return w.Flush()
}

// aliasLine is an alias with the points that it stands for.
func aliasLine(lib *library.Library, name string) string {
	var points []string
	for _, d := range lib.Alias(name) {
		for _, p := range d.Points {
			points = append(points, syntax.PointString(p))
		}
	}
	return name + " = " + strings.Join(points, ", ")
}
