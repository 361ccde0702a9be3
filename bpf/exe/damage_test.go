package exe

import (
	"bytes"
	"math/rand"
	"os"
	"testing"
)

// TestDamaged asks everything about a program with wrong bytes here and there: it may get
// wrong answers, but cheap ones.
func TestDamaged(t *testing.T) {
	whole, err := os.ReadFile(build(t, "-O0", "-g", "-nostdlib", "-nostartfiles", "-Wl,-e,main"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewSource(1))
	const rounds = 1000
	total := uint64(0)
	for range rounds {
		data := bytes.Clone(whole)
		for range 1 + r.Intn(16) {
			data[r.Intn(len(data))] = byte(r.Intn(256))
		}
		data = data[:len(data)-r.Intn(2)*r.Intn(len(data))]
		total += allocated(func() {
			if f, err := parse("damaged", bytes.NewReader(data)); err == nil {
				askAll(t, f)
			}
		})
	}
	if total > rounds*maxCostPerByte*uint64(len(whole)) {
		t.Errorf("%d damaged files of %d bytes cost %d MiB", rounds, len(whole), total>>20)
	}
	t.Logf("%d bytes cost %d KiB", len(whole), total/rounds>>10)
}
