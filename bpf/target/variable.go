package target

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// variable is one of the kernel's, by its name in the table of symbols.
type variable struct {
	name    string
	address uint64
}

// dataKinds are the letters that stand for data in the table of symbols.
const dataKinds = "bBdDrRvV"

// lowestKernel is the lowest address of the kernel's half. Below are the places of
// variables of which each CPU has its own.
const lowestKernel = 1 << 63

// readVariables reads the variables of the kernel and its modules, sorted by name.
func readVariables() []variable {
	var list []variable
	eachLine(symbolsPath, func(words [][]byte) {
		if v, ok := dataSymbol(words); ok {
			list = append(list, v)
		}
	})
	slices.SortStableFunc(list, func(a, b variable) int { return strings.Compare(a.name, b.name) })
	return list
}

// dataSymbol reads a line such as "ffffffff83a0 D jiffies_64".
func dataSymbol(words [][]byte) (v variable, ok bool) {
	if len(words) < 3 || len(words[1]) != 1 || !strings.Contains(dataKinds, string(words[1])) {
		return v, false
	}
	address, err := strconv.ParseUint(string(words[0]), 16, 64)
	return variable{string(words[2]), address}, err == nil
}

// Why a variable can't be found.
var (
	errNoVariables = errors.New("this kernel does not tell where its variables lie: it is built without CONFIG_KALLSYMS_ALL; an address can be watched")
	errHidden      = errors.New("the kernel hides its symbols' addresses (kernel.kptr_restrict)")
)

// fewVariables is more than the symbols that a kernel lists as data though it lists no
// variables: the beginnings and ends of its sections.
const fewVariables = 256

// Variable is where a variable of the kernel lies, and its size in bytes; see
// check.Variables.
func (k *Kernel) Variable(name string) (address uint64, size int, err error) {
	address, err = findVariable(k.variables(), name)
	if err != nil {
		return 0, 0, err
	}
	if t, err := k.types(); err == nil {
		size = t.variableSize(name)
	}
	return address, size, nil
}

// findVariable looks an address up in a list that is sorted by name.
func findVariable(list []variable, name string) (uint64, error) {
	at, found := slices.BinarySearchFunc(list, name, func(v variable, name string) int { return strings.Compare(v.name, name) })
	switch {
	case !found && len(list) < fewVariables:
		return 0, errNoVariables
	case !found:
		return 0, fmt.Errorf("no match: this kernel has no variable '%s'", name)
	case at+1 < len(list) && list[at+1].name == name:
		return 0, fmt.Errorf("the kernel has several variables '%s', which only their addresses tell apart: /proc/kallsyms has them", name)
	case list[at].address == 0:
		return 0, errHidden
	case list[at].address < lowestKernel:
		return 0, fmt.Errorf("each CPU has a variable '%s' of its own, so that it has no single address", name)
	}
	return list[at].address, nil
}

// VariableNames are the names of the kernel's variables, sorted.
func (k *Kernel) VariableNames() []string {
	var names []string
	for _, v := range k.variables() {
		names = append(names, v.name)
	}
	return slices.Compact(names)
}

// variableSize is the size of a variable that the types tell of; 0 if they don't.
func (t *Types) variableSize(name string) int {
	for _, id := range t.find(name, kindVar) {
		if _, ref, _, ok := t.btf.typeAt(id); ok {
			return t.typeOf(ref, 0).Size
		}
	}
	return 0
}
