package vm

// library finds the code of the functions in the fn_ files, each of which holds
// one subject.
func library(name string) (builtin, bool) {
	for _, subject := range [...]table{kernelFunctions, textFunctions, floatFunctions, probeFunctions, timeFunctions, numberFunctions, hostFunctions, structFunctions, valueFunctions, stackFunctions} {
		if b, ok := subject[name]; ok {
			return b, true
		}
	}
	return builtin{}, false
}
