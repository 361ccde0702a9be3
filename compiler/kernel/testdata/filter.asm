map state: 96 bytes
map counters: 256 bytes, 1 probes on 4 CPUs
map arr_watch: keys of 8 bytes, 2048 entries
program sys_enter: 129 instructions
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
   37: call GetSmpProcessorId
   38: r0 &= 3
   39: r0 *= 64
   40: r1 = &counters[0]
   42: r1 += r0
   43: *(u64 *)(r10 -8) = r1
   44: r5 = *(u64 *)(r1 +0)
   45: r5 += 1
   46: *(u64 *)(r1 +0) = r5
   47: r0 = *(u64 *)(r6 +1752)
   48: r5 = &state[80]
   50: r5 = *(u64 *)(r5 +0)
   51: r0 &= r5
   52: r5 = &state[64]
   54: r5 = *(u64 *)(r5 +0)
   55: if r0 != r5 goto rejected.5
   56: r0 = *(u64 *)(r6 +1760)
   57: r5 = &state[88]
   59: r5 = *(u64 *)(r5 +0)
   60: r0 &= r5
   61: r5 = &state[72]
   63: r5 = *(u64 *)(r5 +0)
   64: if r0 != r5 goto rejected.5
   65: r1 = r7
   66: r2 = 162
   67: call function 65475 of the kernel
   68: r7 = r0
   69: r0 = *(u64 *)(r7 +112)
   70: *(u64 *)(r10 -16) = r0
   71: r1 = map arr_watch
   73: r2 = r10
   74: r2 += -16
   75: call MapLookupElem
   76: if r0 == 0 goto rejected.5
   77: r1 = map events
   79: r2 = 24
   80: r3 = 0
   81: call RingbufReserve
   82: if r0 == 0 goto lost.7
   83: r9 = r0
   84: r0 = 0
   85: *(u64 *)(r9 +0) = r0
   86: r0 = *(u32 *)(r6 +1268)
   87: *(u64 *)(r9 +8) = r0
   88: r0 = *(u32 *)(r7 +104)
   89: r0 <<= 32
   90: r0 s>>= 32
   91: *(u64 *)(r9 +16) = r0
   92: r1 = r9
   93: r2 = 1
   94: call RingbufSubmit
   95: r1 = *(u64 *)(r10 -8)
   96: r5 = *(u64 *)(r1 +24)
   97: r5 += 1
   98: *(u64 *)(r1 +24) = r5
   99: goto wake.0
lost.7:
  100: r1 = *(u64 *)(r10 -8)
  101: r5 = *(u64 *)(r1 +32)
  102: r5 += 1
  103: *(u64 *)(r1 +32) = r5
  104: goto done.6
rejected.5:
  105: r1 = *(u64 *)(r10 -8)
  106: r5 = *(u64 *)(r1 +8)
  107: r5 += 1
  108: *(u64 *)(r1 +8) = r5
done.6:
  109: goto exit.1
wake.0:
  110: r1 = &state[0]
  112: r1 = *(u32 *)(r1 +0)
  113: if r1 == 0 goto exit.1
  114: r1 = map events
  116: r2 = 8
  117: r3 = 0
  118: call RingbufReserve
  119: if r0 == 0 goto exit.1
  120: r1 = &state[0]
  122: r2 = 0
  123: *(u32 *)(r1 +0) = r2
  124: r1 = r0
  125: r2 = 2
  126: call RingbufDiscard
exit.1:
  127: r0 = 0
  128: exit
