package exe

import "github.com/ianlancetaylor/demangle"

// maxMangled is the bytes of the longest name that is demangled: what a short name
// stands for may be very long.
const maxMangled = 1024

// plainName is a linker's name as the source has it, without parameters: C++'s and
// Rust's names are demangled, others are what they are.
func plainName(name string) string {
	if len(name) > maxMangled {
		return name
	}
	return demangle.Filter(name, demangle.NoParams, demangle.NoTemplateParams, demangle.NoEnclosingParams, demangle.MaxLength(10))
}
