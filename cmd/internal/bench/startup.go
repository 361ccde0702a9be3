package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"tapir/cmd/internal/demo"
)

// StartRow is a row of the start-up table: medians of whole processes.
type StartRow struct {
	Name   string  `json:"name"`
	Median float64 `json:"median_ms"`
	Worst  float64 `json:"worst_ms"`
	Aim    float64 `json:"aim_ms,omitempty"` // 0: none
}

// measureStartup times starts and stops, the rows taking turns.
func measureStartup(o options) ([]StartRow, error) {
	rows := []StartRow{
		{Name: "a Go program that does nothing"},
		{Name: "tapir -e 'probe begin { exit() }'", Aim: 10},
		{Name: "the demo's script until attached", Aim: 40},
		{Name: "the demo's script from ^C to its end", Aim: 10},
	}
	times := make([][]float64, len(rows))
	for range o.starts {
		hello, err := timeRun(exec.Command(os.Args[0], helloMode), o.rt)
		if err != nil {
			return nil, err
		}
		nothing, err := timeRun(exec.Command(o.tapir, "-e", "probe begin { exit() }"), o.rt)
		if err != nil {
			return nil, err
		}
		t, err := startTracer(o, "-e", demo.Script)
		if err != nil {
			return nil, err
		}
		stopped, err := t.stop()
		if err != nil {
			return nil, err
		}
		for i, d := range []time.Duration{hello, nothing, t.attached, stopped} {
			times[i] = append(times[i], float64(d)/1e6)
		}
	}
	for i := range rows {
		rows[i].Median, rows[i].Worst = median(times[i]), percentile(times[i], 100)
	}
	return rows, nil
}

// timeRun runs cmd to its end and returns how long that took.
func timeRun(cmd *exec.Cmd, rt bool) (time.Duration, error) {
	began := time.Now()
	err := startOn(cmd, traceCPU, rt)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", cmd, err)
	}
	return time.Since(began), nil
}
