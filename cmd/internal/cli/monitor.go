package cli

import (
	"context"
	"io"
	"time"

	"tapir/cmd/internal/monitor"
	"tapir/compiler"
	"tapir/runtime/output"
	"tapir/runtime/session"
)

// watch runs a script on the whole screen.
func (f *front) watch(o *runFlags, compiled *compiler.Compiled, options session.Options) (session.Result, error) {
	if !output.IsTerminal(f.out) || !output.IsTerminal(f.in) {
		return session.Result{}, &usageError{"--monitor needs a terminal", "leave it out to have what the script prints"}
	}
	return monitor.Run(context.Background(), monitor.Options{
		Name: scriptName(compiled), Interval: time.Duration(o.monitor.number()) * time.Second, In: f.in, Out: f.out,
		Start: func(ctx context.Context, out io.Writer, c *session.Control) (session.Result, error) {
			options := options
			options.Out, options.Err, options.Control = out, out, c
			options.Deaf, options.Keep, options.NoDisplay = true, true, true
			return session.Run(ctx, compiled, options)
		},
	})
}

// scriptName is the name of the file that the first probe is in.
func scriptName(c *compiler.Compiled) string {
	for _, p := range c.Plan.IR.Probes {
		if f := c.Plan.IR.Sources.FileOf(p.Pos.Start); f != nil {
			return f.Name
		}
	}
	return "tapir"
}
