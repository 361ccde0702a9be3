package builtin

import "strings"

// ProbedFunction is the function that a point is in, by its name in the point: the
// kernel's function of a system call bears the call's name.
func ProbedFunction(point string) string {
	if name, ok := argumentOf(point, `kernel.syscall("`); ok {
		return "__x64_sys_" + name
	}
	for _, component := range []string{`.function("`, `.statement("`} {
		if name, ok := argumentOf(point, component); ok {
			name, _, _ = strings.Cut(name, "@")
			return name
		}
	}
	return ""
}

// argumentOf is the text behind what opens a component's argument.
func argumentOf(point, opening string) (string, bool) {
	_, rest, ok := strings.Cut(point, opening)
	name, _, end := strings.Cut(rest, `"`)
	return name, ok && end
}
