package builtin

// user are the functions of the traced program's memory.
var user = []Func{
	{Name: "user_string", Params: params{long, str}, Names: "addr err_msg", Optional: 1, Result: str, Class: Memory, Read: &Read{CString: true, Max: maxStr},
		Doc: "the C string at an address; if it can't be read, the second argument, or without one an error"},
	{Name: "user_string_quoted", Params: params{long}, Names: "addr", Result: str, Class: Memory, Read: &Read{CString: true, Max: maxStr},
		Doc: "the C string at an address in quotes with escapes; if it can't be read, the address"},
	{Name: "user_string_n", Params: params{long, long, str}, Names: "addr n err_msg", Optional: 1, Result: str, Class: Memory, Read: &Read{CString: true, Max: maxStr},
		Doc: "at most n bytes of the C string at an address"},
	{Name: "user_buffer_quoted", Params: params{long, long, long}, Names: "addr inlen outlen", Result: str, Class: Memory, Read: &Read{LenArg: 1, Max: maxStr},
		Doc: "n bytes at an address in quotes with escapes, cut to a text of at most the third argument's length"},
	{Name: "user_int8", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 1}, Doc: "the signed byte at an address, or 0"},
	{Name: "user_int16", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 2}, Doc: "the signed 16-bit integer at an address, or 0"},
	{Name: "user_int32", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 4}, Doc: "the signed 32-bit integer at an address, or 0"},
	{Name: "user_int64", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 8}, Doc: "the signed 64-bit integer at an address, or 0"},
	{Name: "user_uint8", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 1}, Doc: "the byte at an address, or 0"},
	{Name: "user_uint16", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 2}, Doc: "the unsigned 16-bit integer at an address, or 0"},
	{Name: "user_uint32", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 4}, Doc: "the unsigned 32-bit integer at an address, or 0"},
	{Name: "user_uint64", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 8}, Doc: "the unsigned 64-bit integer at an address, or 0"},
	{Name: "user_char", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 1}, Doc: "the char at an address, or 0"},
	{Name: "user_short", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 2}, Doc: "the short at an address, or 0"},
	{Name: "user_int", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 4}, Doc: "the int at an address, or 0"},
	{Name: "user_long", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Size: 8}, Doc: "the long at an address, or 0"},
	{Name: "user_string_n_quoted", Params: params{long, long, long}, Names: "addr inlen outlen", Optional: 1, Result: str, Class: Memory, Read: &Read{CString: true, Max: maxStr},
		Doc: "at most n bytes of the C string at an address in quotes with escapes, cut to a text of at most the last argument's length; if it can't be read, the address"},
	{Name: "user_buffer_quoted_error", Params: params{long, long, long}, Names: "addr inlen outlen", Result: str, Class: Memory, Read: &Read{LenArg: 1, Max: maxStr},
		Doc: "user_buffer_quoted, but an error if the bytes can't be read"},

	// What variables of programs are read with.
	{Name: "_user_int8", Params: params{long}, Names: "address", Result: long, Class: Memory, Tapset: true, Read: &Read{Strict: true, Size: 1}, Doc: "the signed byte at an address, or an error"},
	{Name: "_user_int16", Params: params{long}, Names: "address", Result: long, Class: Memory, Tapset: true, Read: &Read{Strict: true, Size: 2}, Doc: "the signed 16-bit integer at an address, or an error"},
	{Name: "_user_int32", Params: params{long}, Names: "address", Result: long, Class: Memory, Tapset: true, Read: &Read{Strict: true, Size: 4}, Doc: "the signed 32-bit integer at an address, or an error"},
	{Name: "_user_int64", Params: params{long}, Names: "address", Result: long, Class: Memory, Tapset: true, Read: &Read{Strict: true, Size: 8}, Doc: "the signed 64-bit integer at an address, or an error"},
	{Name: "_user_uint8", Params: params{long}, Names: "address", Result: long, Class: Memory, Tapset: true, Read: &Read{Strict: true, Size: 1}, Doc: "the byte at an address, or an error"},
	{Name: "_user_uint16", Params: params{long}, Names: "address", Result: long, Class: Memory, Tapset: true, Read: &Read{Strict: true, Size: 2}, Doc: "the unsigned 16-bit integer at an address, or an error"},
	{Name: "_user_uint32", Params: params{long}, Names: "address", Result: long, Class: Memory, Tapset: true, Read: &Read{Strict: true, Size: 4}, Doc: "the unsigned 32-bit integer at an address, or an error"},
	{Name: "_user_uint64", Params: params{long}, Names: "address", Result: long, Class: Memory, Tapset: true, Read: &Read{Strict: true, Size: 8}, Doc: "the unsigned 64-bit integer at an address, or an error"},

	// What the tapset builds texts with.
	{Name: "_string_nofault", Params: params{long}, Names: "addr", Result: str, Class: Memory, Tapset: true, Read: &Read{CString: true, Max: maxStr}, Doc: "the C string at an address, or nothing"},
	{Name: "_user_memory", Params: params{long, long, str}, Names: "addr n err_msg", Optional: 1, Result: str, Class: Memory, Tapset: true, Read: &Read{LenArg: 1, Max: PageSize}, Doc: "the bytes at an address, for printf's %#m and %#M"},
	{Name: "_kernel_memory", Params: params{long, long, str}, Names: "addr n err_msg", Optional: 1, Result: str, Class: Memory, Tapset: true, Read: &Read{Space: Kernel, LenArg: 1, Max: PageSize}, Doc: "the bytes at an address of the kernel, for printf's %m and %M"},
	{Name: "_string_vector", Params: params{long}, Names: "addr", Result: str, Class: Memory, Tapset: true, Read: &Read{Vector: true, Max: maxStr + vectorSlack}, Doc: "an argv as a bracketed list of quoted strings"},
	{Name: "_arguments", Params: params{long, long, long, long, str}, Names: "addr size first last delim", Result: str, Class: Memory, Tapset: true, Read: &Read{LenArg: 1, Max: maxArguments}, Doc: "some of the strings that follow one another in memory, with a text between them; a last of 0 means all"},
	{Name: "_variable", Params: params{long, long, str}, Names: "addr size name", Result: str, Class: Memory, Tapset: true, Read: &Read{LenArg: 1, Max: PageSize}, Doc: "what follows a name and = among strings that follow one another in memory, or nothing"},
	{Name: "_wide", Params: params{long, long, long}, Names: "addr size bits", Result: str, Class: Memory, Tapset: true, Read: &Read{LenArg: 1, Max: maxWide}, Doc: "the string of characters of 16 or 32 bits in some bytes at an address, or nothing"},
	{Name: "_wide_fault", Params: params{long, long, long}, Names: "addr size bits", Result: str, Class: Memory, Tapset: true, Read: &Read{LenArg: 1, Max: maxWide}, Doc: "nothing if _wide has a string, else the message that it has none"},
	{Name: "_user_fault", Params: params{long, long, str}, Names: "addr size what", Result: str, Class: Memory, Tapset: true, Read: &Read{LenArg: 1, Max: 8}, Doc: "nothing if some bytes at an address can be read, else the message that they can't"},
}

// maxArguments is the bytes of a command line that are looked at.
const maxArguments = 2048

// maxWide is the bytes of the longest string of characters of 32 bits.
const maxWide = 4 * maxStr

// vectorSlack is room for the heads and the padding of a string vector's elements.
// Strings of one byte need the most: 102 of them fill the text, and take 16 bytes
// each in the record.
const vectorSlack = 1152
