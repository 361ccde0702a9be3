package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// peer is what tapir is compared with, if it is there.
const peer = "bpftrace"

// patience bounds the wait for the peer to attach: it says nothing then, but the
// traced call becomes slower.
const patience = 10 * time.Second

// measurePeer measures a program of the peer's.
func (m *meter) measurePeer(program string) (ns []float64, err error) {
	cmd := exec.Command(peer, "-o", os.DevNull, "-e", program)
	if err := startOn(cmd, traceCPU, m.o.rt); err != nil {
		return nil, fmt.Errorf("start %s: %w", peer, err)
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		err = errors.Join(err, cmd.Wait())
	}()
	const slower = 250 // nanoseconds: less than any of its programs costs
	for end := time.Now().Add(patience); ; {
		ns, err := m.load.run(4 * subCalls)
		if err != nil {
			return nil, err
		}
		if percentile(ns, 5) > m.bare+slower {
			break
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("%s did not attach", peer)
		}
	}
	return m.load.run(m.o.batch)
}
