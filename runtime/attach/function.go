package attach

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"tapir/bpf"
)

// trampoline hangs a program on the beginning or the end of the function that it was
// loaded for.
func trampoline(_ bpf.Attach, p *ebpf.Program) (io.Closer, error) {
	return link.AttachTracing(link.TracingOptions{Program: p})
}

// breakpoints are the places of one program in the kernel's functions.
type breakpoints struct {
	program *ebpf.Program
	returns bool
	links   []link.Link
	skipped []string // functions that turned out to be out of reach
}

// breakpointsAt hangs a program on functions of the kernel.
func breakpointsAt(at bpf.Attach, p *ebpf.Program) (io.Closer, error) {
	b := &breakpoints{program: p, returns: at.Kind == bpf.KRetProbe}
	add := b.addEach
	if at.Multi {
		add = b.addMany
	}
	if err := add(at.Functions); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	if len(b.links) == 0 {
		return nil, fmt.Errorf("none of %d functions can be probed", len(at.Functions))
	}
	return b, nil
}

// addEach makes a place in each function.
func (b *breakpoints) addEach(list []bpf.Function) error {
	for _, f := range list {
		hang := link.Kprobe
		if b.returns {
			hang = link.Kretprobe
		}
		l, err := hang(f.Name, b.program, &link.KprobeOptions{Cookie: f.Cookie})
		if err != nil {
			if err = b.skip(f, err); err != nil {
				return err
			}
			continue
		}
		b.links = append(b.links, l)
	}
	return nil
}

// addMany makes places in all functions by one call. If the kernel does not take them,
// each half is tried, until those that are to blame are alone.
func (b *breakpoints) addMany(list []bpf.Function) error {
	o := link.KprobeMultiOptions{}
	for _, f := range list {
		o.Symbols, o.Cookies = append(o.Symbols, f.Name), append(o.Cookies, f.Cookie)
	}
	hang := link.KprobeMulti
	if b.returns {
		hang = link.KretprobeMulti
	}
	l, err := hang(b.program, o)
	switch {
	case err == nil:
		b.links = append(b.links, l)
		return nil
	case len(list) == 1:
		return b.skip(list[0], err)
	}
	half := len(list) / 2
	if err := b.addMany(list[:half]); err != nil {
		return err
	}
	return b.addMany(list[half:])
}

// skip leaves a function out, unless the script needs it or the reason is none of its
// own.
func (b *breakpoints) skip(f bpf.Function, err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOMEM) || errors.Is(err, unix.EMFILE) {
		return err
	}
	if f.Needed {
		return fmt.Errorf("function %s: %w", f.Name, plainly(err))
	}
	b.skipped = append(b.skipped, f.Name)
	return nil
}

// plainly says what the kernel means by its error.
func plainly(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("this kernel has no such function, or lets nobody probe it: %w", err)
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("the kernel lets nobody probe it: %w", err)
	}
	return err
}

// Close takes the program off all functions, all at once: each place takes the kernel
// some 20 ms to clear.
func (b *breakpoints) Close() error {
	errs := make([]error, len(b.links))
	var wg sync.WaitGroup
	for i, l := range b.links {
		wg.Go(func() { errs[i] = l.Close() })
	}
	wg.Wait()
	b.links = nil
	return errors.Join(errs...)
}

// Skipped are the functions that a pattern of the script matches and that the kernel
// did not let be probed.
func (l *Links) Skipped() []string {
	var list []string
	for _, x := range l.list {
		if b, ok := x.(*breakpoints); ok {
			list = append(list, b.skipped...)
		}
	}
	return list
}

// Missed is how often breakpoints were met without the program being started: while the
// CPU was in another one, or for a return when the kernel had no more room to note calls.
// It is in parallel to the object's programs. Kernels before 6.7 do not count it.
func (l *Links) Missed() []uint64 {
	counts := make([]uint64, len(l.list))
	for i, x := range l.list {
		if b, ok := x.(*breakpoints); ok {
			counts[i] = b.missed()
		}
	}
	return counts
}

func (b *breakpoints) missed() (n uint64) {
	for _, x := range b.links {
		info, err := x.Info()
		if err != nil {
			continue
		}
		if m := info.KprobeMulti(); m != nil {
			n += m.Missed
		} else if p := info.PerfEvent(); p != nil && p.Kprobe() != nil {
			n += p.Kprobe().Missed
		}
	}
	return n
}

// lacking is the error of an object that this kernel can't do without what it lacks, or
// nil.
func lacking(o *bpf.Object) error {
	for _, p := range o.Programs {
		if p.Attach.Lacks != "" && len(p.Probes) > 0 {
			return &Refused{Program: p.Name, Probe: p.Probes[0], Reason: p.Attach.Lacks}
		}
	}
	return nil
}
