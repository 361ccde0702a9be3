package vm_test

import (
	"bytes"
	"testing"

	"tapir/runtime/vm"
)

// TestUserMemory runs functions of the traced program's memory on bytes that a
// probe captured, or failed to.
func TestUserMemory(t *testing.T) {
	const bad = errno(14)
	for _, test := range []struct {
		body, want string
		values     map[string]any
		reads      uint64 // how many of them fail
	}{
		{`println(user_string_n_quoted(pointer_arg(2), 9))`, "\"a\\tbc\"\n", map[string]any{"user_string_n_quoted(pointer_arg(2), 9)": []byte("a\tbc")}, 0},
		{`println(user_string_n_quoted(pointer_arg(2), 9))`, "\"abcd\"...\n", map[string]any{"user_string_n_quoted(pointer_arg(2), 9)": []byte("abcdefghijk")}, 0},
		{`println(user_string_n_quoted(pointer_arg(2), 3, 50))`, "\"abc\"\n", map[string]any{"user_string_n_quoted(pointer_arg(2), 3, 50)": []byte("abcdefghi")}, 0},
		{`println(user_string_n_quoted(pointer_arg(2), 9, 8))`, "\"abc\"...\n", map[string]any{"user_string_n_quoted(pointer_arg(2), 9, 8)": []byte("abcdefghi")}, 0},
		{`println(user_string_n_quoted(pointer_arg(2), -1))`, "\"\"\n", map[string]any{"user_string_n_quoted(pointer_arg(2), -1)": []byte("abc")}, 0},
		{`println(user_string_n_quoted(pointer_arg(2), 4))`, "0x7f00\n", map[string]any{"user_string_n_quoted(pointer_arg(2), 4)": bad}, 1},
		{`println(user_string_n_quoted(0, 4))`, "0x0\n", map[string]any{"user_string_n_quoted(0, 4)": bad}, 0},
		{`println(user_buffer_quoted_error(pointer_arg(2), 3, 50))`, "\"a\\0b\"\n", map[string]any{"user_buffer_quoted_error(pointer_arg(2), 3, 50)": []byte("a\x00b")}, 0},
		{`println(user_buffer_quoted_error(pointer_arg(2), 3, 50))`, "ERROR: user buffer copy fault -14 at 0x7f00 near 'user_buffer_quoted_error' at 1:42\n", map[string]any{"user_buffer_quoted_error(pointer_arg(2), 3, 50)": bad}, 1},

		{`println(user_string2(pointer_arg(2), "no"))`, "no\n", map[string]any{`user_string(addr, err_msg)`: bad}, 1},
		{`println(user_string_n2(pointer_arg(2), 2, "no"))`, "ab\n", map[string]any{`user_string_n(addr, n, err_msg)`: []byte("abc")}, 0},
		{`println("[", user_string_nofault(pointer_arg(2)), "]")`, "[]\n", map[string]any{`_string_nofault(addr)`: bad}, 1},
		{`println("[", user_string_n_nofault(pointer_arg(2), 3), "]")`, "[]\n", map[string]any{`user_string_n(addr, n, "")`: bad}, 1},
		{`println(user_string_warn(pointer_arg(2)))`, "WARNING: user string copy fault -14 at 0x7f00\n<unknown>\n", map[string]any{`user_string(addr)`: bad}, 1},
		{`println(user_string_warn(pointer_arg(2)))`, "abc\n", map[string]any{`user_string(addr)`: []byte("abc")}, 0},
		{`println(user_string_n_warn(pointer_arg(2), 2))`, "WARNING: user string copy fault -14 at 0x7f00\n<unknown>\n", map[string]any{`user_string_n(addr, n)`: bad}, 1},

		{`println(user_ushort(pointer_arg(2)))`, "65534\n", map[string]any{`user_uint16(addr)`: []byte{0xfe, 0xff}}, 0},
		{`println(user_uint(pointer_arg(2)))`, "4294967294\n", map[string]any{`user_uint32(addr)`: []byte{0xfe, 0xff, 0xff, 0xff}}, 0},
		{`println(user_ulong(pointer_arg(2)))`, "0\n", map[string]any{`user_uint64(addr)`: bad}, 1},
		{`println(user_char_warn(pointer_arg(2)))`, "-2\n", map[string]any{`user_char(addr)`: []byte{0xfe}, `_user_fault(addr, 1, "char")`: []byte{0xfe}}, 0},
		{`println(user_short_warn(pointer_arg(2)))`, "WARNING: user short copy fault -14 at 0x7f00\n0\n", map[string]any{`user_short(addr)`: bad, `_user_fault(addr, 2, "short")`: bad}, 1},
		{`println(user_ushort_warn(pointer_arg(2)))`, "1\n", map[string]any{`user_uint16(addr)`: []byte{1, 0}, `_user_fault(addr, 2, "ushort")`: []byte{1, 0}}, 0},
		{`println(user_int_warn(pointer_arg(2)))`, "1\n", map[string]any{`user_int(addr)`: []byte{1, 0, 0, 0}, `_user_fault(addr, 4, "int")`: []byte{1, 0, 0, 0}}, 0},
		{`println(user_long_warn(pointer_arg(2)))`, "WARNING: user long copy fault -14 at 0x7f00\n0\n", map[string]any{`user_long(addr)`: bad, `_user_fault(addr, 8, "long")`: bad}, 1},
	} {
		e := compileEvent(t, "probe kernel.syscall(\"openat\") { "+test.body+" }\n")
		values := map[string]any{"pointer_arg(2)": 0x7f00}
		for k, v := range test.values {
			values[k] = v
		}
		var out bytes.Buffer
		m := vm.New(e.code, vm.Options{Out: &out, Warn: func(msg string) { out.WriteString("WARNING: " + msg + "\n") }})
		record := e.record(t, 0, values)
		if err := m.Run(0, record); err != nil {
			out.WriteString(e.describe(err) + "\n")
		}
		if got := out.String(); got != test.want {
			t.Errorf("%s\n got %q\nwant %q", test.body, got, test.want)
		}
		if got := m.ReadErrors(0); got != test.reads {
			t.Errorf("%s: ReadErrors = %d, want %d", test.body, got, test.reads)
		}
	}
}
