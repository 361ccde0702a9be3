map state: 80 bytes
map counters: 256 bytes, 1 probes on 4 CPUs
map scratch: 536 bytes
program sys_enter: 112 instructions
    0: r2 = *(u64 *)(r1 +8)
    1: r7 = *(u64 *)(r1 +0)
    2: if r2 == 257 goto call.2
    3: goto exit.1
call.2:
    4: r8 = r7
    5: call GetSmpProcessorId
    6: r0 &= 3
    7: r0 *= 64
    8: r9 = &counters[48]
   10: r9 += r0
   11: r1 = *(u64 *)(r9 +0)
   12: r2 = 114
   13: call function 65475 of the kernel
   14: r6 = r0
   15: r0 = *(u64 *)(r6 +32)
   16: r1 = r8
   17: r1 -= r0
   18: r2 = &state[4]
   20: r2 = *(u32 *)(r2 +0)
   21: if r1 != r2 goto other_task.3
   22: r0 = *(u32 *)(r6 +52)
   23: if r0 != 0 goto task.4
other_task.3:
   24: call GetCurrentTask
   25: *(u64 *)(r9 +0) = r0
   26: r1 = r0
   27: r2 = 114
   28: call function 65475 of the kernel
   29: r6 = r0
   30: r0 = *(u64 *)(r6 +32)
   31: r8 -= r0
   32: r2 = &state[4]
   34: *(u32 *)(r2 +0) = r8
task.4:
   35: r1 = *(u32 *)(r6 +16)
   36: if r1 & 2 goto exit.1
   37: r1 = r9
   38: r1 += -48
   39: *(u64 *)(r10 -8) = r1
   40: r5 = *(u64 *)(r1 +0)
   41: r5 += 1
   42: *(u64 *)(r1 +0) = r5
   43: r1 = r7
   44: r2 = 162
   45: call function 65475 of the kernel
   46: r7 = r0
   47: r0 = 0
   48: *(u64 *)(r10 -16) = r0
   49: r1 = map scratch
   51: r2 = r10
   52: r2 += -16
   53: call MapLookupElem
   54: if r0 == 0 goto lost.7
   55: r9 = r0
   56: r0 = 0
   57: *(u64 *)(r9 +0) = r0
   58: r8 = 16
   59: r0 = *(u64 *)(r7 +104)
   60: r3 = r0
   61: r1 = r9
   62: r1 += r8
   63: r2 = 512
   64: call ProbeReadUserStr
   65: r0 -= 1
   66: if r0 > 511 goto unreadable.8
   67: *(u32 *)(r9 +8) = r8
   68: *(u32 *)(r9 +12) = r0
   69: r8 += r0
   70: r8 += 7
   71: r8 &= -8
   72: goto end.9
unreadable.8:
   73: r0 += 1
   74: *(u32 *)(r9 +8) = r8
   75: *(u32 *)(r9 +12) = r0
end.9:
   76: r1 = map events
   78: r2 = r9
   79: r3 = r8
   80: r4 = 1
   81: call RingbufOutput
   82: if r0 != 0 goto lost.7
   83: r1 = *(u64 *)(r10 -8)
   84: r5 = *(u64 *)(r1 +24)
   85: r5 += 1
   86: *(u64 *)(r1 +24) = r5
   87: goto wake.0
lost.7:
   88: r1 = *(u64 *)(r10 -8)
   89: r5 = *(u64 *)(r1 +32)
   90: r5 += 1
   91: *(u64 *)(r1 +32) = r5
   92: goto exit.1
wake.0:
   93: r1 = &state[0]
   95: r1 = *(u32 *)(r1 +0)
   96: if r1 == 0 goto exit.1
   97: r1 = map events
   99: r2 = 8
  100: r3 = 0
  101: call RingbufReserve
  102: if r0 == 0 goto exit.1
  103: r1 = &state[0]
  105: r2 = 0
  106: *(u32 *)(r1 +0) = r2
  107: r1 = r0
  108: r2 = 2
  109: call RingbufDiscard
exit.1:
  110: r0 = 0
  111: exit
