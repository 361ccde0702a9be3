package attach

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"tapir/bpf"
)

// uprobe puts a program at places in the code of programs, or at the returns of
// functions. A kernel from 6.6 on takes all places of a file at once; an older one
// takes them one by one, and takes some 20 ms to let go of each.
func uprobe(at bpf.Attach, p *ebpf.Program) (io.Closer, error) {
	var all closers
	files := map[string]*link.Executable{}
	for _, sites := range bunches(at) {
		path := sites[0].Path
		file := files[path]
		if file == nil {
			var err error
			if file, err = link.OpenExecutable(path); err != nil {
				return nil, errors.Join(err, all.Close())
			}
			files[path] = file
		}
		l, err := hang(file, at, sites, p)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", path, err), all.Close())
		}
		all = append(all, l)
	}
	return all, nil
}

// bunches are the sites that one link can have: those of one file and process, or
// each by itself.
func bunches(at bpf.Attach) [][]bpf.Site {
	type key struct {
		path string
		pid  int
	}
	var list [][]bpf.Site
	known := map[key]int{}
	for _, s := range at.Sites {
		k := key{s.Path, s.PID}
		if i, ok := known[k]; ok && at.Multi {
			list[i] = append(list[i], s)
			continue
		}
		known[k] = len(list)
		list = append(list, []bpf.Site{s})
	}
	return list
}

// hang makes one link.
func hang(file *link.Executable, at bpf.Attach, sites []bpf.Site, p *ebpf.Program) (io.Closer, error) {
	returns := at.Kind == bpf.Uretprobe
	if !at.Multi {
		s := sites[0]
		o := &link.UprobeOptions{Address: s.Offset, RefCtrOffset: s.Semaphore, PID: s.PID, Cookie: s.Cookie}
		if returns {
			return file.Uretprobe("", p, o)
		}
		return file.Uprobe("", p, o)
	}
	o := &link.UprobeMultiOptions{PID: uint32(sites[0].PID)}
	for _, s := range sites {
		o.Addresses = append(o.Addresses, s.Offset)
		o.RefCtrOffsets = append(o.RefCtrOffsets, s.Semaphore)
		o.Cookies = append(o.Cookies, s.Cookie)
	}
	if returns {
		return file.UretprobeMulti(nil, p, o)
	}
	return file.UprobeMulti(nil, p, o)
}

// closers are links that are closed together.
type closers []io.Closer

// Close closes all links at once, for each waits for the kernel.
func (c closers) Close() error {
	errs := make([]error, len(c))
	var wg sync.WaitGroup
	for i, l := range c {
		wg.Go(func() { errs[i] = l.Close() })
	}
	wg.Wait()
	return errors.Join(errs...)
}
