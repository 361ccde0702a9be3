map state: 80 bytes
map counters: 256 bytes, 1 probes on 4 CPUs
map scratch: 536 bytes
program sys_enter: 85 instructions
    0: r2 = *(u64 *)(r1 +8)
    1: if r2 == 257 goto call.2
    2: goto exit.1
call.2:
    3: call GetCurrentTaskBtf
    4: r6 = r0
    5: r1 = *(u32 *)(r6 +16)
    6: if r1 & 2 goto exit.1
    7: call GetSmpProcessorId
    8: r0 &= 3
    9: r0 *= 64
   10: r1 = &counters[0]
   12: r1 += r0
   13: *(u64 *)(r10 -8) = r1
   14: r5 = *(u64 *)(r1 +0)
   15: r5 += 1
   16: *(u64 *)(r1 +0) = r5
   17: r1 = r6
   18: call TaskPtRegs
   19: r7 = r0
   20: r0 = 0
   21: *(u64 *)(r10 -16) = r0
   22: r1 = map scratch
   24: r2 = r10
   25: r2 += -16
   26: call MapLookupElem
   27: if r0 == 0 goto lost.5
   28: r9 = r0
   29: r0 = 0
   30: *(u64 *)(r9 +0) = r0
   31: r8 = 16
   32: r0 = *(u64 *)(r7 +104)
   33: r3 = r0
   34: r1 = r9
   35: r1 += r8
   36: r2 = 512
   37: call ProbeReadUserStr
   38: r0 -= 1
   39: if r0 > 511 goto unreadable.6
   40: *(u32 *)(r9 +8) = r8
   41: *(u32 *)(r9 +12) = r0
   42: r8 += r0
   43: r8 += 7
   44: r8 &= -8
   45: goto end.7
unreadable.6:
   46: r0 += 1
   47: *(u32 *)(r9 +8) = r8
   48: *(u32 *)(r9 +12) = r0
end.7:
   49: r1 = map events
   51: r2 = r9
   52: r3 = r8
   53: r4 = 1
   54: call RingbufOutput
   55: if r0 != 0 goto lost.5
   56: r1 = *(u64 *)(r10 -8)
   57: r5 = *(u64 *)(r1 +24)
   58: r5 += 1
   59: *(u64 *)(r1 +24) = r5
   60: goto wake.0
lost.5:
   61: r1 = *(u64 *)(r10 -8)
   62: r5 = *(u64 *)(r1 +32)
   63: r5 += 1
   64: *(u64 *)(r1 +32) = r5
   65: goto exit.1
wake.0:
   66: r1 = &state[0]
   68: r1 = *(u32 *)(r1 +0)
   69: if r1 == 0 goto exit.1
   70: r1 = map events
   72: r2 = 8
   73: r3 = 0
   74: call RingbufReserve
   75: if r0 == 0 goto exit.1
   76: r1 = &state[0]
   78: r2 = 0
   79: *(u32 *)(r1 +0) = r2
   80: r1 = r0
   81: r2 = 2
   82: call RingbufDiscard
exit.1:
   83: r0 = 0
   84: exit
