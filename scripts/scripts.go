// Package scripts holds the files that are built into tapir: the tapset, whose
// aliases and functions every script may use, the tables beside it, and the ready
// scripts with their tests, in a folder for each subject. Start with Tapset or Ready.
package scripts

import (
	"embed"
	"io/fs"
)

//go:embed tapset/*.tp tapset/*.tpm tapset/*.tbl tapset/syscalls/*.tbl tapset/syscalls/*.tp
var files embed.FS

//go:embed */*.tp */*.txtar
var ready embed.FS

// Ready is the collection of ready scripts: SUBJECT/NAME.tp, and SUBJECT/NAME.txtar for
// their tests. The folder tapset is none of it.
func Ready() fs.FS { return ready }

// Tapset is the folder of the tapset: *.tp files in the language, *.tpm files
// with macros, lists of names in flags*.tbl, and the tables of system calls in
// syscalls/. The heads of flags.tbl and syscalls/kinds.tbl say how they are read.
func Tapset() fs.FS {
	sub, err := fs.Sub(files, "tapset")
	if err != nil {
		panic(err) // the name is constant and valid
	}
	return sub
}

// read returns the text of a built-in file.
func read(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded: it is there or the build fails
	}
	return string(b)
}
