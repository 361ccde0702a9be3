#include "go_asm.h"
#include "textflag.h"

#define SYS_read 0
#define SYS_write 1
#define SYS_close 3
#define SYS_rt_sigaction 13
#define SYS_clone 56
#define SYS_execve 59
#define SYS_exit_group 231
#define EINTR 4
#define SIGCHLD 17
#define CLONE_PARENT 0x8000
#define CLONE_CHILD_SETTID 0x1000000
#define NSIG 64

// func forkHeld(h *held) int64
//
// The new process goes its own way here. It shares no memory with this one, has
// this thread alone, and may call nothing of Go's.
TEXT ·forkHeld(SB), NOSPLIT, $0-16
	MOVQ h+0(FP), BX
	MOVQ $(CLONE_PARENT|CLONE_CHILD_SETTID|SIGCHLD), DI
	MOVQ $0, SI
	MOVQ $0, DX
	LEAQ held_pid(BX), R10
	MOVQ $0, R8
	MOVL $SYS_clone, AX
	SYSCALL
	TESTQ AX, AX
	JEQ  child
	MOVQ AX, ret+8(FP)
	RET

child:
	// No handler of Go's may run any more.
	MOVQ $1, R12
signals:
	MOVQ R12, DI
	LEAQ held_usual(BX), SI
	MOVQ $0, DX
	MOVQ $8, R10
	MOVL $SYS_rt_sigaction, AX
	SYSCALL
	INCQ R12
	CMPQ R12, $NSIG
	JLE  signals

	MOVQ held_ready(BX), DI
	LEAQ held_pid(BX), SI
	MOVQ $4, DX
	MOVL $SYS_write, AX
	SYSCALL
	CMPQ AX, $4
	JNE  failed
	MOVQ held_ready(BX), DI
	MOVL $SYS_close, AX
	SYSCALL

wait:
	MOVQ held_start(BX), DI
	LEAQ held_pid(BX), SI
	MOVQ $1, DX
	MOVL $SYS_read, AX
	SYSCALL
	CMPQ AX, $-EINTR
	JEQ  wait
	CMPQ AX, $1
	JNE  failed

	// The read is over before anything is attached; what is left to wait for needs no
	// system call, and takes a millisecond or so.
	MOVQ held_share(BX), R12
	MOVL share_spins(R12), R13
	MOVL $1, share_armed(R12)
spin:
	PAUSE
	CMPL share_run(R12), $0
	JNE  run
	DECQ R13
	JGT  spin

	// It takes longer. Another read waits without a bound, and ends without a byte if
	// tapir is gone; a script may see it.
again:
	MOVQ held_start(BX), DI
	LEAQ held_pid(BX), SI
	MOVQ $1, DX
	MOVL $SYS_read, AX
	SYSCALL
	CMPQ AX, $-EINTR
	JEQ  again
	CMPL share_run(R12), $0
	JEQ  failed

run:

	MOVQ held_path(BX), DI
	MOVQ held_argv(BX), SI
	MOVQ held_envp(BX), DX
	MOVL $SYS_execve, AX
	SYSCALL

	// The message of the error, or the first one for an error that has none.
	NEGQ AX
	CMPQ AX, held_count(BX)
	JLT  known
	MOVQ $0, AX
known:
	SHLQ $4, AX
	ADDQ held_messages(BX), AX
	MOVQ $2, DI
	MOVQ 0(AX), SI
	MOVQ 8(AX), DX
	MOVL $SYS_write, AX
	SYSCALL

failed:
	MOVQ $const_unusable, DI
	MOVL $SYS_exit_group, AX
	SYSCALL
	INT $3
