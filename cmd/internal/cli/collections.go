package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"tapir/lang/collection"
	"tapir/runtime/invoker"
	"tapir/runtime/output"
)

// pathVariable lists folders of scripts, between colons.
const pathVariable = "TAPIR_PATH"

// scriptFolders are the folders in which scripts are looked for by name, in the order
// of precedence: those of -I, those of $TAPIR_PATH, and the user's own.
func scriptFolders(includes []string) (folders []string) {
	folders = slices.Clone(includes)
	for _, dir := range filepath.SplitList(os.Getenv(pathVariable)) {
		if dir != "" {
			folders = append(folders, dir)
		}
	}
	if own := ownFolder(); own != "" {
		if _, err := os.Stat(own); err == nil {
			folders = append(folders, own)
		}
	}
	return folders
}

// ownFolder is where a person keeps scripts, "" if nobody knows.
func ownFolder() string {
	user, err := invoker.Current()
	if err != nil {
		return ""
	}
	data := os.Getenv("XDG_DATA_HOME")
	if user != nil || !filepath.IsAbs(data) { // the variable is root's, if anybody's
		if user.Home() == "" {
			return ""
		}
		data = filepath.Join(user.Home(), ".local", "share")
	}
	return filepath.Join(data, "tapir", "scripts")
}

// collections are those in which scripts are looked for by name, in the order of
// precedence; the built-in one is the last. Of a folder that can't be read it warns.
func (e *env) collections(includes []string, quiet bool) []*collection.Collection {
	var list []*collection.Collection
	for _, dir := range scriptFolders(includes) {
		c, err := collection.Open(dir)
		if err != nil {
			if !quiet {
				fmt.Fprintf(e.err, "WARNING: %s: %s\n", output.Visible(dir), cause(err))
			}
			continue
		}
		list = append(list, c)
	}
	return append(list, collection.Builtin())
}

// named finds a script of a collection by its name. It is nil if there is none; an
// error says that the name is for several in the same place.
func (e *env) named(name string, includes []string, quiet bool) (*collection.Script, error) {
	list := e.collections(includes, quiet)
	found := collection.Find(list, name)
	if len(found) == 0 {
		return nil, nil
	}
	first := found[0]
	for _, other := range found[1:] {
		if other.From == first.From {
			return nil, &usageError{
				fmt.Sprintf("%s is the name of several scripts: %s and %s", name, first.Path(), other.Path()),
				"put the folder before it, or the extension behind it: " + first.FullName(),
			}
		}
	}
	if len(found) > 1 && !quiet {
		fmt.Fprintf(e.err, "WARNING: %s is %s; %s has that name too\n", name, output.Visible(first.Path()), output.Visible(found[1].Path()))
	}
	if here := fileOf(name); here != "" && !quiet && !sameFile(here, first.Path()) {
		fmt.Fprintf(e.err, "WARNING: %s is %s; the file here is %s\n", name, output.Visible(first.Path()), here)
	}
	return first, nil
}

// fileOf is the script in the current folder whose name lacks its extension, or "".
func fileOf(name string) string {
	for _, ext := range []string{".tp", ".stp"} {
		if info, err := os.Stat(name + ext); err == nil && info.Mode().IsRegular() {
			return name + ext
		}
	}
	return ""
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// inFolder finds FOLDER/NAME in the collection that the folder is, and FOLDER/NAME
// without the extension.
func (e *env) inFolder(name string) (*collection.Script, error) {
	dir, base := filepath.Split(name)
	if dir == "" || base == "" || collection.IsScript(base) {
		return nil, nil
	}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, nil
	}
	c, err := collection.Open(filepath.Clean(dir))
	if err != nil {
		return nil, nil // what is missing is said of the name
	}
	found := collection.Find([]*collection.Collection{c}, base)
	switch {
	case len(found) == 0:
		return nil, nil
	case len(found) > 1 && found[0].Subject != "":
		return nil, &usageError{
			fmt.Sprintf("%s is the name of several scripts: %s and %s", name, found[0].Path(), found[1].Path()),
			"give one of these paths",
		}
	}
	return found[0], nil
}

// libraryFolders are the folders in which functions and probe aliases are looked for:
// those of -I, and the folders tapset of collections.
func libraryFolders(includes []string, own string) []string {
	var list []string
	add := func(dir string) {
		if dir != "" && !slices.Contains(list, dir) {
			list = append(list, dir)
		}
	}
	for _, dir := range includes {
		add(includedLibrary(dir))
	}
	add(own)
	for _, dir := range scriptFolders(nil) {
		tapset, _ := collection.TapsetIn(dir)
		add(tapset)
	}
	return list
}

// includedLibrary is where a folder of -I has functions and probe aliases: in its folder
// tapset, or else anywhere.
func includedLibrary(dir string) string {
	if tapset, ok := collection.TapsetIn(dir); ok {
		return tapset
	}
	return dir
}
