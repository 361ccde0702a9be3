package collection

import (
	"os"
	"path/filepath"
	"strings"

	"tapir/lang/source"
)

// Find is the scripts that a name is for, NAME or SUBJECT/NAME, in the order of the
// collections.
func Find(list []*Collection, name string) []*Script {
	var found []*Script
	for _, c := range list {
		for _, s := range c.Scripts {
			if s.Name == name || s.FullName() == name || strings.HasSuffix(s.FullName(), "/"+name) {
				found = append(found, s)
			}
		}
	}
	return found
}

// Similar is the names, three at most, that are like one that is for no script.
func Similar(list []*Collection, name string) []string {
	var names []string
	for _, c := range list {
		for _, s := range c.Scripts {
			if strings.Contains(name, "/") {
				names = append(names, s.FullName())
			} else {
				names = append(names, s.Name)
			}
		}
	}
	return source.Similar(name, names, 3)
}

// Tapset is the collection's folder of functions and probe aliases, or "".
func (c *Collection) Tapset() string {
	if c.Dir == "" {
		return ""
	}
	tapset, _ := TapsetIn(c.Dir)
	return tapset
}

// ownMark is a file that only the source of tapir's own tapset has.
const ownMark = "flags.tbl"

// TapsetIn is the folder tapset within a folder, or "". It reports whether there is one;
// that of tapir's own source is there and not used: tapir has it built in.
func TapsetIn(dir string) (tapset string, ok bool) {
	dir = filepath.Join(dir, TapsetFolder)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", false
	}
	if _, err := os.Stat(filepath.Join(dir, ownMark)); err == nil {
		return "", true
	}
	return dir, true
}

// TapsetOf is the folder tapset of the collection that a script's file lies in, or "":
// beside the script or above it, up to the checkout's root. Without a checkout the
// folder above the script's is the last. The folder must belong to the owner of the
// script or to root, and nobody else may write to it: what it declares goes before what
// the tapset declares.
func TapsetOf(file string) string {
	file, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	script, err := os.Stat(file)
	if err != nil || !script.Mode().IsRegular() {
		return ""
	}
	dir := filepath.Dir(file)
	candidates := []string{dir, filepath.Dir(dir)}
	for i, up := 0, dir; i < maxDepth; i, up = i+1, filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, ".git")); err == nil {
			candidates = between(dir, up)
			break
		}
	}
	for _, dir := range candidates {
		if tapset, _ := TapsetIn(dir); tapset != "" && sameHands(script, tapset) {
			return tapset
		}
	}
	return ""
}

// between is the folders from one up to another.
func between(dir, top string) []string {
	list := []string{dir}
	for dir != top {
		dir = filepath.Dir(dir)
		list = append(list, dir)
	}
	return list
}
