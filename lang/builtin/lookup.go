package builtin

import "sync"

// Lookup is the built-in function of a name, or nil.
func Lookup(name string) *Func { return byName()[name] }

var byName = sync.OnceValue(func() map[string]*Func {
	m := make(map[string]*Func, len(Functions))
	for i := range Functions {
		m[Functions[i].Name] = &Functions[i]
	}
	return m
})

// Accepts reports whether f can be called with n arguments.
func (f *Func) Accepts(n int) bool {
	return n <= len(f.Params) && n >= len(f.Params)-f.Optional
}
