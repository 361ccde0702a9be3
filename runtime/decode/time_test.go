package decode_test

import (
	"testing"

	"tapir/runtime/decode"
)

func TestTimes(t *testing.T) {
	timex := func(dst, b []byte) []byte { return decode.AppendTimex(dst, lists(t), b) }
	words := make([]int64, 12)
	for i := range words {
		words[i] = int64(i)
	}
	checkAll(t, []decoded{
		{decode.AppendTimespecs, pack(int64(0), int64(0)), "[0.000000000]"},
		{decode.AppendTimespecs, pack(int64(-1), int64(999999999)), "[-1.999999999]"},
		{decode.AppendTimespecs, pack(int64(1), int64(-5)), "[1.-00000005]"},
		{decode.AppendTimespecs, pack(int64(7), int64(12345678901)), "[7.12345678901]"},
		{decode.AppendTimespecs, pack(int64(7), int64(0x3fffffff)), "[UTIME_NOW]"},
		{decode.AppendTimespecs, pack(int64(1), int64(2), int64(7), int64(0x3ffffffe)), "[1.000000002][UTIME_OMIT]"},
		{decode.AppendTimespecs, nil, "[0.000000000]"},
		{decode.AppendTimespecs, pack(int64(3)), "[3.000000000]"},
		{decode.AppendTimevals, pack(int64(5), int64(17)), "[5.000017]"},
		{decode.AppendTimevals, pack(int64(5), int64(17), int64(-6), int64(1000000)), "[5.000017][-6.1000000]"},
		{decode.AppendTimezone, pack(int32(-60), int32(1)), "[-60, 1]"},
		{decode.AppendItimer, pack(int64(1), int64(2), int64(3), int64(4000)), "[1.000002,3.004000]"},
		{decode.AppendItimer, pack(int64(0), int64(0), int64(3), int64(999999999)), "[0.000000,3.999999999]"},
		{timex, pack(words), "{0x0, constant=6, esterror=4, freq=2, maxerror=3, offset=1, precision=7, status=5, tick=11, tolerance=8}"},
		{timex, pack(uint32(0x8003), uint32(9), int64(-1), make([]byte, 80)),
			"{ADJ_OFFSET|ADJ_FREQUENCY|ADJ_OFFSET_SINGLESHOT, constant=0, esterror=0, freq=0, maxerror=0, offset=18446744073709551615, precision=0, status=0, tick=0, tolerance=0}"},
	})
}

func TestTimexResult(t *testing.T) {
	for v, want := range map[int64]string{0: "0 (TIME_OK)", 5: "5 (TIME_ERROR)", 6: "6 (6)", -14: "-14 (-14)"} {
		if got := text(t, func(dst []byte) []byte { return decode.AppendTimexResult(dst, lists(t), v) }); got != want {
			t.Errorf("%d: got %s, want %s", v, got, want)
		}
	}
}
