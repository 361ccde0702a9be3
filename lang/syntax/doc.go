// Package syntax reads scripts: text to tokens to tree, and back to text.
//
// Parse is the one function to start with. A scanner cuts the text into tokens
// (scan.go), a filter over the tokens expands macros and decides conditionals
// (preprocess.go, condition.go), a participle grammar reads the declarations
// (grammar.go), and rules written by hand read what is inside them: probe
// points, statements, expressions. Nothing here knows what a name means.
//
// Lexemes is for those who want a text as it was written, with its comments and
// before macros and conditionals change it.
package syntax
