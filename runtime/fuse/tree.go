package fuse

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// node is a file or a folder. Its number for the kernel is its place among all, from 1
// on: the first is the folder that all are in.
type node struct {
	name    string
	mode    uint32   // kind and permissions
	parent  uint64   // of the first: itself
	entries []uint64 // of a folder
	file    int      // which of Mount's files it is
	read    bool
	write   bool
	piece   int // bytes of a write that are of interest; 0: all
}

func (n *node) isFolder() bool { return n.mode&unix.S_IFMT == unix.S_IFDIR }

// makeTree makes the nodes of files, whose paths are clean, and none of which is a folder
// of another.
func makeTree(files []File) []*node {
	nodes := []*node{{mode: unix.S_IFDIR | 0o555, parent: 1}}
	add := func(parent uint64, n *node) uint64 {
		n.parent = parent
		nodes = append(nodes, n)
		number := uint64(len(nodes))
		p := nodes[parent-1]
		p.entries = append(p.entries, number)
		return number
	}
	for i, f := range files {
		at := uint64(1)
		parts := strings.Split(f.Path, "/")
		for _, name := range parts[:len(parts)-1] {
			if next := child(nodes, at, name); next != 0 {
				at = next
			} else {
				at = add(at, &node{name: name, mode: unix.S_IFDIR | 0o555})
			}
		}
		add(at, &node{name: parts[len(parts)-1], mode: unix.S_IFREG | f.Mode&0o777, file: i, read: f.Read, write: f.Write, piece: f.Piece})
	}
	return nodes
}

// child is the entry of a folder by its name, or 0.
func child(nodes []*node, folder uint64, name string) uint64 {
	entries := nodes[folder-1].entries
	i := slices.IndexFunc(entries, func(n uint64) bool { return nodes[n-1].name == name })
	if i < 0 {
		return 0
	}
	return entries[i]
}
