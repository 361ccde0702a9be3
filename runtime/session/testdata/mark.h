// Marks as sys/sdt.h makes them: a nop, and a note with its address and its operands.
#define MARK_TEXT(provider, name, semaphore, args) \
	"990: nop\n" \
	".pushsection .note.stapsdt,\"?\",\"note\"\n" \
	".balign 4\n.4byte 992f-991f,994f-993f,3\n" \
	"991: .asciz \"stapsdt\"\n992: .balign 4\n" \
	"993: .8byte 990b\n.8byte _.stapsdt.base\n.8byte " semaphore "\n" \
	".asciz \"" #provider "\"\n.asciz \"" #name "\"\n.asciz \"" args "\"\n" \
	"994: .balign 4\n.popsection\n" \
	".ifndef _.stapsdt.base\n" \
	".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
	".weak _.stapsdt.base\n.hidden _.stapsdt.base\n_.stapsdt.base: .space 1\n.size _.stapsdt.base,1\n" \
	".popsection\n.endif\n"

#define MARK1(provider, name, args, a) __asm__ __volatile__(MARK_TEXT(provider, name, "0", args) ::a)
#define MARK2(provider, name, args, a, b) __asm__ __volatile__(MARK_TEXT(provider, name, "0", args) ::a, b)
#define MARK3(provider, name, args, a, b, c) __asm__ __volatile__(MARK_TEXT(provider, name, "0", args) ::a, b, c)
#define WATCHED(provider, name, args, a) __asm__ __volatile__(MARK_TEXT(provider, name, "watched_semaphore", args) ::a)

volatile unsigned short watched_semaphore __attribute__((section(".probes"))) = 0;
