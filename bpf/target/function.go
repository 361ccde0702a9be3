package target

import (
	"bufio"
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/cilium/ebpf"

	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/ctype"
)

// symbol is a function by its name in the kernel's table of symbols.
type symbol struct {
	module string // "": the kernel proper
	name   string
	global bool // other files of the kernel's source can call it
}

func (s symbol) compare(t symbol) int {
	return cmp.Or(cmp.Compare(s.module, t.module), cmp.Compare(s.name, t.name))
}

// functions is what the kernel says of its functions.
type functions struct {
	symbols []symbol // sorted
	// probed are those that the function tracer can find, by module and name; nil if it
	// is not known, since there is none or tracefs is not mounted.
	probed map[[2]string]bool
	// barred are those that breakpoints are forbidden in.
	barred map[string]bool
}

// The files that the kernel tells of its functions in.
const (
	symbolsPath   = "/proc/kallsyms"
	blacklistPath = "/sys/kernel/debug/kprobes/blacklist"
)

// tracedPaths are where the function tracer lists what it can find.
var tracedPaths = []string{
	"/sys/kernel/tracing/available_filter_functions",
	"/sys/kernel/debug/tracing/available_filter_functions",
}

// readFunctions reads what there is of the kernel's files.
func readFunctions() *functions {
	f := &functions{barred: map[string]bool{}}
	eachLine(symbolsPath, func(words [][]byte) {
		if s, ok := functionSymbol(words); ok {
			f.symbols = append(f.symbols, s)
		}
	})
	slices.SortFunc(f.symbols, symbol.compare)
	f.symbols = slices.CompactFunc(f.symbols, func(s, t symbol) bool { return s.compare(t) == 0 })
	eachLine(blacklistPath, func(words [][]byte) {
		if len(words) > 1 {
			f.barred[string(words[1])] = true
		}
	})
	for _, path := range tracedPaths {
		eachLine(path, func(words [][]byte) {
			if f.probed == nil {
				f.probed = map[[2]string]bool{}
			}
			f.probed[[2]string{moduleOf(words, 1), string(words[0])}] = true
		})
		if f.probed != nil {
			break
		}
	}
	return f
}

// eachLine calls do for the words of a file's lines. A file that is not there, or may
// not be read, has none.
func eachLine(path string, do func(words [][]byte)) {
	file, err := os.Open(path)
	if err != nil {
		return
	}
	defer file.Close()
	for s := bufio.NewScanner(file); s.Scan(); {
		if words := bytes.Fields(s.Bytes()); len(words) > 0 {
			do(words)
		}
	}
}

// moduleOf is the module in brackets that is the n-th of the words, if there is one.
func moduleOf(words [][]byte, n int) string {
	if len(words) <= n {
		return ""
	}
	return string(bytes.Trim(words[n], "[]"))
}

// functionSymbol reads a line such as "ffffffff816b8230 T vfs_read [module]". What the
// compiler has made of a function, such as its unlikely part, has a dot in its name.
func functionSymbol(words [][]byte) (s symbol, ok bool) {
	if len(words) < 3 || len(words[1]) != 1 {
		return s, false
	}
	kind := words[1][0]
	s = symbol{module: moduleOf(words, 3), name: string(words[2]), global: kind == 'T' || kind == 'W'}
	switch {
	case kind|0x20 != 't' && kind|0x20 != 'w', s.module == "bpf", strings.ContainsAny(s.name, ".$"):
		return s, false
	}
	for _, prefix := range madeUp {
		if strings.HasPrefix(s.name, prefix) {
			return s, false
		}
	}
	return s, true
}

// madeUp begins the names of symbols that are no functions of the kernel's source.
var madeUp = []string{"__pfx_", "__cfi_", "__SCT__", "__bpf_trace_", "__traceiter_", "__probestub_", "__ftrace_invalid_address___"}

// match lists the functions that a query asks for, and counts those that nobody may
// probe.
func (f *functions) match(q check.FunctionQuery) (found []symbol, barred int) {
	for _, s := range f.symbols {
		switch {
		case q.Global && !s.global, !glob(q.Module, s.module), !glob(q.Name, s.name):
		case f.barred[s.name], f.probed != nil && !f.probed[[2]string{s.module, s.name}]:
			barred++
		default:
			found = append(found, s)
		}
	}
	return found, barred
}

// glob matches a pattern in which * stands for any text.
func glob(pattern, text string) bool {
	if !strings.Contains(pattern, "*") {
		return pattern == text
	}
	ok, err := filepath.Match(strings.NewReplacer("[", "\\[", "?", "\\?").Replace(pattern), text)
	return ok && err == nil
}

// Probing is how a kernel can have its functions probed.
type Probing struct {
	Trampolines bool // fentry and fexit
	Breakpoints bool // kprobes
	Many        bool // kprobes at many functions by one call
}

// Any reports whether there is any way.
func (p Probing) Any() bool { return p.Trampolines || p.Breakpoints }

// CanProbe reports whether this kernel lets its functions be probed. One that has
// trampolines only may refuse them all the same; that is tried out.
func (k *Kernel) CanProbe() bool {
	p := k.Probing()
	return p.Breakpoints || p.Trampolines && k.enters()
}

// canEnter loads a program for a trampoline.
func canEnter() bool {
	return attempt{spec: ebpf.ProgramSpec{Type: ebpf.Tracing, AttachType: ebpf.AttachTraceFEntry, AttachTo: quietFunction}}.try() == nil
}

// kprobeDevice is there if the kernel has kprobes.
const kprobeDevice = "/sys/bus/event_source/devices/kprobe/type"

// Probing tells how this kernel can have its functions probed.
func (k *Kernel) Probing() Probing { return k.probing() }

// readProbing looks for functions that are compiled in only with what they are part of.
func readProbing(types func() (*Types, error)) Probing {
	_, err := os.Stat(kprobeDevice)
	p := Probing{Breakpoints: err == nil}
	if t, err := types(); err == nil {
		p.Trampolines = len(t.find("register_ftrace_direct", kindFunc)) > 0
		p.Many = len(t.find("register_fprobe_ips", kindFunc)) > 0
	}
	return p
}

// fewFunctions is how many functions a point may have for each to get a trampoline: to
// load and attach one takes milliseconds, while breakpoints share a program.
const fewFunctions = 4

// Functions are the kernel's functions that a query asks for; see check.Functions.
func (k *Kernel) Functions(q check.FunctionQuery) (found []check.Function, barred int) {
	symbols, barred := k.matchFunctions(q)
	for _, s := range symbols {
		f := check.Function{Module: s.module, Name: s.name, Together: k.Probing().Many, Result: &ctype.Type{}}
		fits := false
		if t, err := k.typesOf(s.module); err == nil {
			var sig signature
			if sig, f.Typed = t.function(s.name); f.Typed {
				f.Params, f.Result, fits = sig.params, sig.result, sig.trampoline()
			}
		}
		f.Means = k.means(fits, len(symbols))
		found = append(found, f)
	}
	return found, barred
}

// means chooses how a function is probed, which is one of so many. Where nothing will
// do, the choice is what a kernel with all would make.
func (k *Kernel) means(fits bool, many int) builtin.Means {
	p := k.Probing()
	if fits && many <= fewFunctions && (p.Trampolines || !p.Breakpoints) || fits && p.Trampolines && !p.Breakpoints {
		return builtin.Trampoline
	}
	return builtin.Breakpoint
}

// matchFunctions looks a single function of the kernel proper up in the types first,
// which is faster than to read all symbols.
func (k *Kernel) matchFunctions(q check.FunctionQuery) (found []symbol, barred int) {
	if q.Module == "" && !q.Global && !strings.Contains(q.Name, "*") {
		if t, err := k.types(); err == nil && len(t.find(q.Name, kindFunc)) > 0 {
			return []symbol{{name: q.Name}}, 0
		}
	}
	return k.functions().match(q)
}

// FunctionNames are the names of the functions of a module, or of the kernel proper.
func (k *Kernel) FunctionNames(module string) []string {
	var names []string
	for _, s := range k.functions().symbols {
		if glob(module, s.module) {
			names = append(names, s.name)
		}
	}
	return names
}

// signature is what a function takes and returns.
type signature struct {
	params   []ctype.Param
	result   *ctype.Type
	variadic bool
}

// maxTrampoline is how many arguments a trampoline passes on, in all kernels.
const maxTrampoline = 6

// trampoline reports whether the kernel can make a trampoline for the function.
func (s signature) trampoline() bool {
	word := func(t *ctype.Type) bool { return (t.Kind == ctype.Int || t.Kind == ctype.Pointer) && t.Size <= 8 }
	return !s.variadic && len(s.params) <= maxTrampoline && (s.result.Kind == ctype.Void || word(s.result)) &&
		!slices.ContainsFunc(s.params, func(p ctype.Param) bool { return !word(p.Type) })
}

// moduleTypes is the types of modules, as they are asked for.
type moduleTypes struct {
	sync.Mutex
	known map[string]*Types
}

// typesOf is the types that the functions of a module are made of.
func (k *Kernel) typesOf(module string) (*Types, error) {
	if module == "" {
		return k.types()
	}
	k.modules.Lock()
	defer k.modules.Unlock()
	if t, ok := k.modules.known[module]; ok {
		return t, nil
	}
	base, err := k.types()
	if err != nil {
		return nil, err
	}
	data, err := readBTF(filepath.Join(filepath.Dir(BTFPath), module))
	if err != nil {
		return nil, err
	}
	t, err := base.with(data)
	if err != nil {
		return nil, err
	}
	k.modules.known[module] = t
	return t, nil
}
