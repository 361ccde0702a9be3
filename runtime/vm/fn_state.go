package vm

// libraryState is what the functions of the library keep between calls; each
// machine has its own, as Machine.library.
type libraryState struct {
	tokens tokens
	stacks stackState
	value  exchange
}
