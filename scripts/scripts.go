// Package scripts holds the files that are built into tapir: the tapset, whose
// aliases and functions every script may use, and the tables beside it. Start
// with Tapset.
package scripts

import (
	"embed"
	"io/fs"
)

//go:embed tapset/*.tp tapset/*.tpm tapset/*.tbl tapset/syscalls/*.tbl tapset/syscalls/*.tp
var files embed.FS

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
