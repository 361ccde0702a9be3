package invoker

import "testing"

func TestFind(t *testing.T) {
	env := func(uid string) func(string) string {
		return func(name string) string { return map[string]string{"SUDO_UID": uid}[name] }
	}
	for _, tt := range []struct {
		uid  string
		euid int
	}{{"", 0}, {"0", 0}, {"1", 1000}} {
		if i, err := find(env(tt.uid), tt.euid); i != nil || err != nil {
			t.Errorf("find(SUDO_UID=%q, euid %d) = %+v, %v; want nobody", tt.uid, tt.euid, i, err)
		}
	}
	if i, err := find(env("x"), 0); err == nil {
		t.Errorf("find(SUDO_UID=x) = %+v, want an error", i)
	}
}
