/* Marks as the usual header makes them: a nop, and a note with its address and operands. */
#define STAP_PROBE_(provider, name, args, ...) \
	__asm__ __volatile__( \
		"990: nop\n" \
		".pushsection .note.stapsdt,\"?\",\"note\"\n" \
		".balign 4\n.4byte 992f-991f,994f-993f,3\n" \
		"991: .asciz \"stapsdt\"\n992: .balign 4\n" \
		"993: .8byte 990b\n.8byte _.stapsdt.base\n.8byte 0\n" \
		".asciz \"" #provider "\"\n.asciz \"" #name "\"\n.asciz \"" args "\"\n" \
		"994: .balign 4\n.popsection\n" \
		".ifndef _.stapsdt.base\n" \
		".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
		".weak _.stapsdt.base\n.hidden _.stapsdt.base\n_.stapsdt.base: .space 1\n.size _.stapsdt.base,1\n" \
		".popsection\n.endif\n" ::__VA_ARGS__)
#define STAP_PROBE(provider, name) STAP_PROBE_(provider, name, "")
#define STAP_PROBE3(provider, name, a, b, c) STAP_PROBE_(provider, name, "-4@%0 8@%1 -8@%2", "nor"(a), "nor"(b), "nor"(c))
