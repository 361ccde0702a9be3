// Package calls holds the probes of system calls against programs that make the
// calls with known arguments, as tests: each call has what tapir is to print of it
// beside it, `name (argstr) = retstr`. It has no code of its own.
package calls
