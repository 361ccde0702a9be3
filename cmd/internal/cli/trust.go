package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/collection"
	"tapir/lang/source"
	"tapir/runtime/invoker"
)

// rights is the flag that lists what scripts from elsewhere may do.
type rights []builtin.Right

// Set is called by the flag parser.
func (r *rights) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		right := builtin.Right(strings.TrimSpace(name))
		if right.Does() == "" {
			return fmt.Errorf("%q is none of: %s", name, rightsText())
		}
		*r = append(*r, right)
	}
	return nil
}

func (r *rights) String() string { return "" }

// Type is the name of the value in help texts.
func (r *rights) Type() string { return "what" }

// rightsText lists the rights.
func rightsText() string {
	var list []string
	for _, r := range builtin.Rights {
		list = append(list, fmt.Sprintf("%s (%s)", r.Right, r.Does))
	}
	return strings.Join(list, ", ")
}

// forbidden is errors for what a script does and may not: one that its user has not
// written may only observe. In SystemTap's place, and with -g, all may do all.
func (f *front) forbidden(program *check.Program) *source.Diagnostics {
	ds := &source.Diagnostics{}
	if f.standIn || f.flags.guru || f.askNeeds {
		return ds
	}
	for _, r := range program.Restricted() {
		if slices.Contains(f.flags.allow, r.Right) {
			continue
		}
		if why := f.strangeness(f.set.FileOf(r.Call.Token().Span.Start)); why != "" {
			ds.Add(&source.Diagnostic{
				Severity: source.SemanticError, Code: "forbidden", Token: r.Call.Token(),
				Message: fmt.Sprintf("%s() %s, which is not allowed here: %s", r.Call.Name, r.Right.Does(), why),
			}).WithHint(fmt.Sprintf("tapir check --needs tells what the script does; --allow=%s allows it", r.Right))
		}
	}
	return ds
}

// strangeness says why what stands in a file may not do all that the user may; "" if
// it may.
func (f *front) strangeness(file *source.File) string {
	main := f.scripts[0].strange
	if file == nil || file.Library {
		return main
	}
	for _, s := range f.scripts {
		if s.name == file.Name {
			return s.strange
		}
	}
	if why := f.folderStrangeness(file.Name); why != "" {
		return why
	}
	return main
}

// folderStrangeness is the strangeness of a file of functions.
func (f *front) folderStrangeness(path string) string {
	for _, dir := range f.flags.includes {
		if !strings.HasPrefix(path, includedLibrary(dir)+string(filepath.Separator)) {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return cause(err)
		}
		user, err := invoker.Current()
		if err != nil {
			return err.Error()
		}
		return collection.Strange(info, user.UID())
	}
	return "it comes from the collection " + filepath.Dir(path)
}
