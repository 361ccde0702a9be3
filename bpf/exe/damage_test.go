package exe

import (
	"bytes"
	"math/rand"
	"os"
	"testing"
	"time"
)

// TestDamaged asks everything about a program with wrong bytes here and there: it may get
// wrong answers, but soon.
func TestDamaged(t *testing.T) {
	whole, err := os.ReadFile(build(t, "-O0", "-g", "-nostdlib", "-nostartfiles", "-Wl,-e,main"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewSource(1))
	began := time.Now()
	const rounds = 1000
	for range rounds {
		data := bytes.Clone(whole)
		for range 1 + r.Intn(16) {
			data[r.Intn(len(data))] = byte(r.Intn(256))
		}
		if f, err := parse("damaged", bytes.NewReader(data[:len(data)-r.Intn(2)*r.Intn(len(data))])); err == nil {
			askAll(t, f)
		}
	}
	if took := time.Since(began); took > rounds*20*time.Millisecond {
		t.Errorf("%d damaged files took %v", rounds, took)
	}
}
