package builtin

// kernel are the functions that read the kernel's memory. What can't be read is a
// run-time error, unless there is another argument to take its place.
var kernel = []Func{
	{Name: "kernel_string", Params: params{long, str}, Names: "addr err_msg", Optional: 1, Result: str, Class: Memory, Read: &Read{Space: Kernel, CString: true, Max: maxStr},
		Doc: "the C string at an address in the kernel"},
	{Name: "kernel_string_n", Params: params{long, long, str}, Names: "addr n err_msg", Optional: 1, Result: str, Class: Memory, Read: &Read{Space: Kernel, CString: true, Max: maxStr},
		Doc: "at most n bytes of the C string at an address in the kernel"},
	{Name: "kernel_string_quoted", Params: params{long}, Names: "addr", Result: str, Class: Memory, Read: &Read{Space: Kernel, CString: true, Max: maxStr},
		Doc: "the C string at an address in the kernel in quotes with escapes; if it can't be read, the address"},
	{Name: "kernel_int8", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 1}, Doc: "the signed byte at an address in the kernel"},
	{Name: "kernel_int16", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 2}, Doc: "the signed 16-bit integer at an address in the kernel"},
	{Name: "kernel_int32", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 4}, Doc: "the signed 32-bit integer at an address in the kernel"},
	{Name: "kernel_int64", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 8}, Doc: "the signed 64-bit integer at an address in the kernel"},
	{Name: "kernel_uint8", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 1}, Doc: "the byte at an address in the kernel"},
	{Name: "kernel_uint16", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 2}, Doc: "the unsigned 16-bit integer at an address in the kernel"},
	{Name: "kernel_uint32", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 4}, Doc: "the unsigned 32-bit integer at an address in the kernel"},
	{Name: "kernel_uint64", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 8}, Doc: "the unsigned 64-bit integer at an address in the kernel"},
	{Name: "kernel_char", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 1}, Doc: "the char at an address in the kernel"},
	{Name: "kernel_short", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 2}, Doc: "the short at an address in the kernel"},
	{Name: "kernel_int", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 4}, Doc: "the int at an address in the kernel"},
	{Name: "kernel_long", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 8}, Doc: "the long at an address in the kernel"},
	{Name: "kernel_pointer", Params: params{long}, Names: "addr", Result: long, Class: Memory, Read: &Read{Space: Kernel, Size: 8}, Doc: "the address at an address in the kernel"},
	{Name: "_path", Params: params{long, long}, Names: "dentry mount", Result: str, Class: Memory, Tapset: true, Read: &Read{Space: Kernel, Path: true, LenArg: 1, Max: maxStr + vectorSlack}, Doc: "the path of a directory entry through its mount and those that it lies on; without a mount, within its file system"},
	{Name: "_task_of", Params: params{long}, Names: "tid", Result: long, Class: Memory, Tapset: true, Read: &Read{Space: Kernel, Size: 8, Task: true}, Doc: "the address of the task_struct of a thread, or 0"},
	{Name: "_current_task", Result: long, Class: Context, Tapset: true, Doc: "the address of the current task_struct"},
}
