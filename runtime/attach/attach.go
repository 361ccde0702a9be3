package attach

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cilium/ebpf"

	"tapir/bpf"
)

// Links are programs hanging on their probe points.
type Links struct {
	list     []io.Closer   // in parallel to the object's programs; nil: it hangs nowhere
	counters []*perfEvents // that programs read
}

// kinds has a function for each way to attach; each has a file of its own.
var kinds = [...]func(at bpf.Attach, p *ebpf.Program) (io.Closer, error){
	bpf.RawTracepoint: rawTracepoint,
	bpf.PerfEvent:     perfEvent,
	bpf.FEntry:        trampoline,
	bpf.FExit:         trampoline,
	bpf.KProbe:        breakpointsAt,
	bpf.KRetProbe:     breakpointsAt,
	bpf.Uprobe:        uprobe,
	bpf.Uretprobe:     uprobe,
}

// Attach hangs all programs on their probe points, in order; if one fails, none
// is left hanging.
func (l *Loaded) Attach() (*Links, error) {
	links := &Links{}
	for _, p := range l.object.Programs {
		if p.Attach.Kind == bpf.OnDemand {
			links.list = append(links.list, nil)
			continue
		}
		link, err := kinds[p.Attach.Kind](p.Attach, l.coll.Programs[p.Name])
		if err != nil {
			return nil, errors.Join(explainAttach(p, err), links.Close())
		}
		links.list = append(links.list, link)
	}
	if err := l.startCounters(links); err != nil {
		return nil, errors.Join(err, links.Close())
	}
	return links, nil
}

// Close takes all programs off their probe points, all at once: some kinds wait
// for the kernel (a perf tracepoint 70 ms), a raw tracepoint takes 0.2 ms. When
// it returns, none of the programs is started again.
func (l *Links) Close() error {
	errs := make([]error, len(l.list))
	var wg sync.WaitGroup
	for i, link := range l.list {
		if link != nil {
			wg.Go(func() { errs[i] = link.Close() })
		}
	}
	wg.Wait()
	for _, c := range l.counters {
		errs = append(errs, c.Close())
	}
	l.list, l.counters = nil, nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("detach: %w", err)
	}
	return nil
}
