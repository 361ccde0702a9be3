#include "textflag.h"

#define SYS_read 0
#define SYS_write 1
#define SYS_fork 57
#define SYS_exit_group 231
#define SYS_waitid 247
#define P_ALL 0
#define WEXITED 4

// func forkWhenTold(ready, start, result uintptr)
TEXT ·forkWhenTold(SB), NOSPLIT, $16-24
	MOVQ $0, word-8(SP)

	MOVQ ready+0(FP), DI
	LEAQ word-8(SP), SI
	MOVQ $1, DX
	MOVL $SYS_write, AX
	SYSCALL
	CMPQ AX, $1
	JNE  failed

	MOVQ start+8(FP), DI
	LEAQ word-8(SP), SI
	MOVQ $1, DX
	MOVL $SYS_read, AX
	SYSCALL
	CMPQ AX, $1
	JNE  failed

	MOVL $SYS_fork, AX
	SYSCALL
	TESTQ AX, AX // the mutator's breakpoint
	JEQ  child

	MOVQ AX, word-8(SP)
	MOVQ result+16(FP), DI
	LEAQ word-8(SP), SI
	MOVQ $8, DX
	MOVL $SYS_write, AX
	SYSCALL
	CMPQ AX, $8
	JNE  failed

	MOVL $P_ALL, DI
	MOVL $0, SI
	MOVL $0, DX
	MOVL $WEXITED, R10
	MOVL $0, R8
	MOVL $SYS_waitid, AX
	SYSCALL

	MOVL $0, DI
	JMP  exit

child:
	MOVL $7, DI
	JMP  exit

failed:
	MOVL $1, DI

exit:
	MOVL $SYS_exit_group, AX
	SYSCALL
	INT  $3
	RET
