// Command bench measures what tracing costs the traced program, and how fast
// tapir starts, stops and computes, and prints the tables of `make bench`.
//
// The load is a loop of getppid() on one CPU; tracers run on another. Absolute times
// differ between machines and between minutes, so every tracer is measured between two
// runs of the bare load, and the ways of doing a job follow each other in random order:
// what counts are the ratios of one round, of which the table has the median. The cost in
// a call is the 5th percentile of sub-batches less that of the bare load's, the cost on an
// undisturbed CPU.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

type options struct {
	tapir  string // the binary
	json   string // where the results go as well
	rounds int
	starts int // runs per start-up row
	batch  int // calls per measurement
	awk    string
	rt     bool
	only   string // part of the names of the jobs that are measured, and nothing else
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == loadMode {
		serveLoad(os.Stdin, os.Stdout)
		return
	}
	if len(os.Args) > 1 && os.Args[1] == helloMode {
		return
	}
	if len(os.Args) > 2 && os.Args[1] == opensMode {
		count, err := strconv.Atoi(os.Args[2])
		if err == nil {
			err = serveOpens(count, os.Stdout)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == handMode {
		if err := serveHand(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	var o options
	flag.StringVar(&o.tapir, "tapir", "bin/tapir", "the `binary` to measure")
	flag.StringVar(&o.awk, "awk", "", "the awk `binary` to compare loops with; without, goawk or awk, if there is one")
	flag.StringVar(&o.json, "json", "", "also write the results to this `file`")
	flag.IntVar(&o.rounds, "rounds", 11, "rounds of the cost table")
	flag.IntVar(&o.starts, "starts", 15, "runs per row of the start-up table")
	flag.IntVar(&o.batch, "calls", 100_000, "calls per measurement")
	flag.BoolVar(&o.rt, "rt", true, "run load and tapir as real-time processes, so that other work on the machine disturbs less")
	flag.StringVar(&o.only, "only", "", "measure only the costs in a call, of the jobs with this `text` in their names")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// Report is what bench.json holds.
type Report struct {
	Kernel string  `json:"kernel"`
	CPU    string  `json:"cpu"`
	Rounds int     `json:"rounds"`
	Calls  int     `json:"calls"` // per measurement
	Bare   Bare    `json:"bare_ns"`
	Rows   []Row   `json:"rows"`
	AWK    string  `json:"awk,omitempty"` // that loops are compared with
	Loops  []VMRow `json:"loops"`
}

func run(o options) error {
	if os.Geteuid() != 0 {
		return errors.New("attaching programs needs root: sudo make bench")
	}
	if runtime.NumCPU() < 2 {
		return errors.New("two CPUs are needed, one for the load and one for tapir")
	}
	tapir, err := filepath.Abs(o.tapir)
	if err != nil {
		return err
	}
	o.tapir = tapir
	report := Report{Kernel: kernelRelease(), CPU: cpuModel(), Rounds: o.rounds, Calls: o.batch}
	if report.Bare, report.Rows, err = measureCosts(o); err != nil {
		return err
	}
	if o.only != "" {
		printReport(os.Stdout, &report)
		return nil
	}
	slow, err := measureSlow(o)
	if err != nil {
		return err
	}
	opens, err := measureOpens(o)
	if err != nil {
		return err
	}
	lives, err := measureLives(o)
	if err != nil {
		return err
	}
	report.Rows = append(append(report.Rows, slow, opens), lives...)
	o.awk = findAWK(o.awk)
	report.AWK = strings.TrimPrefix(filepath.Base(o.awk), ".")
	if report.Loops, err = measureLoops(o); err != nil {
		return err
	}
	printReport(os.Stdout, &report)
	if o.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(text, '\n'), 0o644)
}
