package syntax

import (
	"fmt"
	"reflect"
	"strings"
)

func dumpAll(decls []Decl) []string {
	out := make([]string, len(decls))
	for i, d := range decls {
		out[i] = dump(d)
	}
	return out
}

// dump is a tree as text, without positions: `Binary{+ Ident{a} IntLit{1}}`.
// Fields that have their zero value are left out.
func dump(n any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(n))
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			b.WriteString("-")
			return
		}
		dumpValue(b, v.Elem())
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(" ")
			}
			dumpValue(b, v.Index(i))
		}
		b.WriteString("]")
	case reflect.Struct:
		dumpStruct(b, v)
	case reflect.String:
		if strings.ContainsAny(v.String(), " \n\t\"{}[]") || v.String() == "" {
			fmt.Fprintf(b, "%q", v.String())
			return
		}
		b.WriteString(v.String())
	default:
		fmt.Fprint(b, v)
	}
}

func dumpStruct(b *strings.Builder, v reflect.Value) {
	b.WriteString(v.Type().Name())
	b.WriteString("{")
	sep := ""
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Name == "Base" || v.Field(i).IsZero() && (f.Name != "Value" || f.Type.Kind() == reflect.Pointer) {
			continue
		}
		b.WriteString(sep)
		sep = " "
		if k := f.Type.Kind(); k == reflect.Bool {
			b.WriteString(f.Name)
			continue
		} else if k == reflect.Int || k == reflect.Uint8 || f.Name == "Priority" || f.Name == "Else" || f.Name == "Init" || f.Name == "Size" {
			b.WriteString(f.Name + "=")
		}
		dumpValue(b, v.Field(i))
	}
	b.WriteString("}")
}
