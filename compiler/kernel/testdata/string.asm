map state: 64 bytes
map counters: 256 bytes, 1 probes on 4 CPUs
map scratch: 536 bytes
program sys_enter: 116 instructions
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
   37: call GetSmpProcessorId
   38: r0 &= 3
   39: r0 *= 64
   40: r1 = &counters[0]
   42: r1 += r0
   43: *(u64 *)(r10 -8) = r1
   44: r5 = *(u64 *)(r1 +0)
   45: r5 += 1
   46: *(u64 *)(r1 +0) = r5
   47: r1 = r7
   48: r2 = 162
   49: call function 65475 of the kernel
   50: r7 = r0
   51: r0 = 0
   52: *(u64 *)(r10 -16) = r0
   53: r1 = map scratch
   55: r2 = r10
   56: r2 += -16
   57: call MapLookupElem
   58: if r0 == 0 goto lost.7
   59: r9 = r0
   60: r0 = 0
   61: *(u64 *)(r9 +0) = r0
   62: r8 = 16
   63: r0 = *(u64 *)(r7 +104)
   64: r3 = r0
   65: r1 = r9
   66: r1 += r8
   67: r2 = 512
   68: call ProbeReadUserStr
   69: r0 -= 1
   70: if r0 > 511 goto unreadable.8
   71: *(u32 *)(r9 +8) = r8
   72: *(u32 *)(r9 +12) = r0
   73: r8 += r0
   74: r8 += 7
   75: r8 &= -8
   76: goto end.9
unreadable.8:
   77: r0 += 1
   78: *(u32 *)(r9 +8) = r8
   79: *(u32 *)(r9 +12) = r0
end.9:
   80: r1 = map events
   82: r2 = r9
   83: r3 = r8
   84: r4 = 1
   85: call RingbufOutput
   86: if r0 != 0 goto lost.7
   87: r1 = *(u64 *)(r10 -8)
   88: r5 = *(u64 *)(r1 +24)
   89: r5 += 1
   90: *(u64 *)(r1 +24) = r5
   91: goto wake.0
lost.7:
   92: r1 = *(u64 *)(r10 -8)
   93: r5 = *(u64 *)(r1 +32)
   94: r5 += 1
   95: *(u64 *)(r1 +32) = r5
   96: goto exit.1
wake.0:
   97: r1 = &state[0]
   99: r1 = *(u32 *)(r1 +0)
  100: if r1 == 0 goto exit.1
  101: r1 = map events
  103: r2 = 8
  104: r3 = 0
  105: call RingbufReserve
  106: if r0 == 0 goto exit.1
  107: r1 = &state[0]
  109: r2 = 0
  110: *(u32 *)(r1 +0) = r2
  111: r1 = r0
  112: r2 = 2
  113: call RingbufDiscard
exit.1:
  114: r0 = 0
  115: exit
