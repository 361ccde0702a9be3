package bpf

import "testing"

func TestMissesUnknown(t *testing.T) {
	o := &Object{Programs: []*Program{{Attach: Attach{Kind: RawTracepoint}}, {Attach: Attach{Kind: FEntry}}}}
	if o.MissesUnknown() {
		t.Error("without breakpoints nothing is missed")
	}
	o.Programs = append(o.Programs, &Program{Attach: Attach{Kind: KRetProbe}})
	if !o.MissesUnknown() {
		t.Error("what breakpoints miss is known")
	}
	o.CountsMisses = true
	if o.MissesUnknown() {
		t.Error("what breakpoints miss is not known, though the kernel counts it")
	}
}
