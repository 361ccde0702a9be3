package vm

// cycles reads the processor's cycle counter.
func cycles() int64
