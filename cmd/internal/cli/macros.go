package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/scripts"
)

// macroExtensions are those of files with macros for all scripts.
var macroExtensions = []string{".tpm", ".stpm"}

// loadMacros reads the macros of the tapset and of -I's and collections' folders. Most scripts use
// none, so it is called only if one of the texts may.
func (f *front) loadMacros(texts []library.Text) (*syntax.Macros, error) {
	all := &source.Diagnostics{}
	var macros *syntax.Macros
	add := func(name, text string) {
		o := f.options
		o.Args, o.Macros = nil, macros
		var ds *source.Diagnostics
		macros, ds = syntax.ParseMacros(f.set, name, text, o)
		all.List = append(all.List, ds.List...)
	}
	if err := eachMacroFile(scripts.Tapset(), "", add); err != nil {
		return nil, err
	}
	for _, folder := range f.folders {
		if err := eachMacroFile(os.DirFS(folder), folder, add); err != nil {
			return nil, err
		}
	}
	for _, t := range texts {
		if slices.Contains(macroExtensions, filepath.Ext(t.Name)) {
			add(t.Name, t.Text)
		}
	}
	return macros, f.diagnose(all)
}

// eachMacroFile calls f with the files of macros at any depth of a folder, in the
// order of their names.
func eachMacroFile(folder fs.FS, prefix string, f func(name, text string)) error {
	return fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains(macroExtensions, filepath.Ext(path)) {
			return nil // what can't be read has no macros
		}
		text, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		f(filepath.Join(prefix, path), string(text))
		return nil
	})
}

// mayUseMacros reports whether a text has words that begin with @ beside those of
// the language.
func mayUseMacros(text string) bool { return strings.Contains(text, "@") }
