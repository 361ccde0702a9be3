package decode

import (
	"encoding/binary"
	"testing"

	"tapir/bpf/layout"
)

// pathTail is names as the kernel side writes them.
func pathTail(rooted bool, names ...string) []byte {
	var b []byte
	for _, name := range names {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(name)))
		b = append(b, name...)
		b = append(b, make([]byte, -len(b)&7)...)
	}
	if rooted {
		b = binary.LittleEndian.AppendUint64(b, layout.PathRoot<<32)
	}
	return b
}

func TestAppendPath(t *testing.T) {
	tests := []struct {
		tail []byte
		want string
	}{
		{pathTail(true), "/"},
		{pathTail(true, "etc"), "/etc"},
		{pathTail(true, "passwords", "etc"), "/etc/passwords"},
		{pathTail(false, "passwords", "etc"), ".../etc/passwords"},
		{pathTail(false), "..."},
		{pathTail(false, "passwords")[:10], "..."}, // cut off
		{[]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, "..."},
	}
	for _, test := range tests {
		if got := string(AppendPath(nil, test.tail)); got != test.want {
			t.Errorf("%q is %q, want %q", test.tail, got, test.want)
		}
	}
}

func TestAppendStrings(t *testing.T) {
	tests := []struct {
		b           string
		first, last int64
		want        string
	}{
		{"a\x00b\x00c\x00", 0, 0, "a+b+c"},
		{"a\x00b\x00c\x00", 1, 0, "b+c"},
		{"a\x00b\x00c\x00", 1, 1, "b"},
		{"a\x00b\x00c\x00", 1, 9, "b+c"},
		{"a\x00b\x00c\x00", 3, 0, ""},
		{"a\x00\x00c", 0, 0, "a++c"},
		{"", 0, 0, ""},
		{"a\x00b", -5, 0, "a+b"},
	}
	for _, test := range tests {
		if got := string(AppendStrings(nil, []byte(test.b), test.first, test.last, "+")); got != test.want {
			t.Errorf("%q from %d to %d is %q, want %q", test.b, test.first, test.last, got, test.want)
		}
	}
}

func TestVariable(t *testing.T) {
	for name, want := range map[string]string{"HOME": "/root", "HO": "", "X": "", "EMPTY": "", "HOME=": "", "": ""} {
		if got := string(Variable([]byte("X1=2\x00HOME=/root\x00EMPTY=\x00"), name)); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
