map state: 112 bytes
map counters: 256 bytes, 1 probes on 4 CPUs
map arr_watch: keys of 8 bytes, 2048 entries
program sys_enter: 125 instructions
    0: r2 = *(u64 *)(r1 +8)
    1: r7 = *(u64 *)(r1 +0)
    2: if r2 == 101 goto call.2
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
   43: r0 = *(u64 *)(r6 +1752)
   44: r5 = &state[96]
   46: r5 = *(u64 *)(r5 +0)
   47: r0 &= r5
   48: r5 = &state[80]
   50: r5 = *(u64 *)(r5 +0)
   51: if r0 != r5 goto rejected.5
   52: r0 = *(u64 *)(r6 +1760)
   53: r5 = &state[104]
   55: r5 = *(u64 *)(r5 +0)
   56: r0 &= r5
   57: r5 = &state[88]
   59: r5 = *(u64 *)(r5 +0)
   60: if r0 != r5 goto rejected.5
   61: r1 = r7
   62: r2 = 162
   63: call function 65475 of the kernel
   64: r7 = r0
   65: r0 = *(u64 *)(r7 +112)
   66: *(u64 *)(r10 -16) = r0
   67: r1 = map arr_watch
   69: r2 = r10
   70: r2 += -16
   71: call MapLookupElem
   72: if r0 == 0 goto rejected.5
   73: r1 = map events
   75: r2 = 24
   76: r3 = 0
   77: call RingbufReserve
   78: if r0 == 0 goto lost.7
   79: r9 = r0
   80: r0 = 0
   81: *(u64 *)(r9 +0) = r0
   82: r0 = *(u32 *)(r6 +1268)
   83: *(u64 *)(r9 +8) = r0
   84: r0 = *(u32 *)(r7 +104)
   85: r0 <<= 32
   86: r0 s>>= 32
   87: *(u64 *)(r9 +16) = r0
   88: r1 = r9
   89: r2 = 1
   90: call RingbufSubmit
   91: r1 = *(u64 *)(r10 -8)
   92: r5 = *(u64 *)(r1 +24)
   93: r5 += 1
   94: *(u64 *)(r1 +24) = r5
   95: goto wake.0
lost.7:
   96: r1 = *(u64 *)(r10 -8)
   97: r5 = *(u64 *)(r1 +32)
   98: r5 += 1
   99: *(u64 *)(r1 +32) = r5
  100: goto done.6
rejected.5:
  101: r1 = *(u64 *)(r10 -8)
  102: r5 = *(u64 *)(r1 +8)
  103: r5 += 1
  104: *(u64 *)(r1 +8) = r5
done.6:
  105: goto exit.1
wake.0:
  106: r1 = &state[0]
  108: r1 = *(u32 *)(r1 +0)
  109: if r1 == 0 goto exit.1
  110: r1 = map events
  112: r2 = 8
  113: r3 = 0
  114: call RingbufReserve
  115: if r0 == 0 goto exit.1
  116: r1 = &state[0]
  118: r2 = 0
  119: *(u32 *)(r1 +0) = r2
  120: r1 = r0
  121: r2 = 2
  122: call RingbufDiscard
exit.1:
  123: r0 = 0
  124: exit
