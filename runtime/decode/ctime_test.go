package decode_test

import (
	"math"
	"testing"
	"time"

	"tapir/runtime/decode"
)

func ctime(t testing.TB, sec int64) string {
	t.Helper()
	return text(t, func(dst []byte) []byte { return decode.AppendCtime(dst, sec) })
}

func TestAppendCtime(t *testing.T) {
	for sec, want := range map[int64]string{
		0:             "Thu Jan  1 00:00:00 1970",
		1700000000:    "Tue Nov 14 22:13:20 2023",
		951782400:     "Tue Feb 29 00:00:00 2000",
		-1:            "Wed Dec 31 23:59:59 1969",
		-2203891201:   "Wed Feb 28 23:59:59 1900",
		253402300799:  "Fri Dec 31 23:59:59 9999",
		253402300800:  "Sat Jan  1 00:00:00 10000",
		-62135596800:  "Mon Jan  1 00:00:00 1",
		math.MaxInt64: "Sun Dec  4 15:30:07 292277026596",
	} {
		if got := ctime(t, sec); got != want {
			t.Errorf("date of %d: got %s, want %s", sec, got, want)
		}
	}
	if got := ctime(t, math.MinInt64); len(got) > 40 {
		t.Errorf("date of the least number: %q", got)
	}
}

func FuzzAppendCtime(f *testing.F) {
	f.Add(int64(1700000000))
	f.Fuzz(func(t *testing.T, sec int64) {
		sec %= 1 << 40
		if got, want := ctime(t, sec), time.Unix(sec, 0).UTC().Format("Mon Jan _2 15:04:05 "); got[:len(want)] != want {
			t.Errorf("date of %d: got %s, want %s…", sec, got, want)
		}
	})
}
