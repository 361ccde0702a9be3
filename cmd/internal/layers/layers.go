// Package layers holds the shape of the tree, as tests: which package may import
// which, what the top level may hold, and that docs/design.md tells the truth
// about both. It has no code of its own.
package layers
