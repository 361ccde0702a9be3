package cli

import (
	"errors"
	"io"
	"os"

	"tapir/runtime/session"
)

// deepestText is the bytes of a string that holds a stack as deep as the kernel takes one.
const deepestText = 127*len("0xffffffff81000000 ") + 1

// stacks is whether arrays with stacks as keys are to be written.
func (f *runFlags) stacks() bool { return f.folded != "" || f.graph != "" }

// openStacks opens what --folded and --flamegraph name. closeAll closes
// them.
func (f *runFlags) openStacks(o *session.Options) (closeAll func() error, err error) {
	var open []*os.File
	closeAll = func() error {
		var errs []error
		for _, file := range open {
			errs = append(errs, file.Close())
		}
		return errors.Join(errs...)
	}
	for _, x := range []struct {
		name string
		to   *io.Writer
	}{{f.folded, &o.Folded}, {f.graph, &o.Graph}} {
		if x.name == "" {
			continue
		}
		file, err := os.Create(x.name)
		if err != nil {
			return nil, errors.Join(err, closeAll())
		}
		open = append(open, file)
		*x.to = file
	}
	return closeAll, nil
}
