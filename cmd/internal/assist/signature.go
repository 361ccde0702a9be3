package assist

import (
	"fmt"
	"slices"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/library"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// Signatures is those of all functions but the internal ones, sorted.
func Signatures(lib *library.Library) []string {
	var lines []string
	for i := range builtin.Functions {
		if b := &builtin.Functions[i]; !strings.HasPrefix(b.Name, "_") {
			lines = append(lines, BuiltinSignature(b))
		}
	}
	for _, name := range lib.FunctionNames() {
		if strings.HasPrefix(name, "_") {
			continue
		}
		for _, d := range lib.Function(name) {
			lines = append(lines, Signature(d))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// BuiltinSignature is how a built-in function is declared: `htons:long (val:long)`.
func BuiltinSignature(b *builtin.Func) string {
	var params []string
	for i, name := range strings.Fields(b.Names) {
		params = append(params, name+":"+b.Params[i].String())
	}
	result := b.Result
	if result == types.Void {
		result = types.Unknown // as SystemTap has it
	}
	return fmt.Sprintf("%s:%s (%s)", b.Name, result, strings.Join(params, ", "))
}

// Signature is how a function of the language is declared.
func Signature(d *syntax.FuncDecl) string {
	var params []string
	for _, p := range d.Params {
		params = append(params, p.Name+":"+typeName(p.Type))
	}
	return fmt.Sprintf("%s:%s (%s)", d.Name, typeName(d.Result), strings.Join(params, ", "))
}

// typeName is a type as a signature has it.
func typeName(t syntax.TypeName) string {
	switch t {
	case syntax.LongType:
		return types.Long.String()
	case syntax.StringType:
		return types.String.String()
	}
	return types.Unknown.String()
}
