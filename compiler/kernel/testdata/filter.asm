map state: 112 bytes
map counters: 256 bytes, 1 probes on 4 CPUs
map arr_watch: keys of 8 bytes, 2048 entries
program sys_enter: 98 instructions
    0: r2 = *(u64 *)(r1 +8)
    1: if r2 == 101 goto call.2
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
   17: r0 = *(u64 *)(r6 +1752)
   18: r5 = &state[96]
   20: r5 = *(u64 *)(r5 +0)
   21: r0 &= r5
   22: r5 = &state[80]
   24: r5 = *(u64 *)(r5 +0)
   25: if r0 != r5 goto rejected.3
   26: r0 = *(u64 *)(r6 +1760)
   27: r5 = &state[104]
   29: r5 = *(u64 *)(r5 +0)
   30: r0 &= r5
   31: r5 = &state[88]
   33: r5 = *(u64 *)(r5 +0)
   34: if r0 != r5 goto rejected.3
   35: r1 = r6
   36: call TaskPtRegs
   37: r7 = r0
   38: r0 = *(u64 *)(r7 +112)
   39: *(u64 *)(r10 -16) = r0
   40: r1 = map arr_watch
   42: r2 = r10
   43: r2 += -16
   44: call MapLookupElem
   45: if r0 == 0 goto rejected.3
   46: r1 = map events
   48: r2 = 24
   49: r3 = 0
   50: call RingbufReserve
   51: if r0 == 0 goto lost.5
   52: r9 = r0
   53: r0 = 0
   54: *(u64 *)(r9 +0) = r0
   55: r0 = *(u32 *)(r6 +1268)
   56: *(u64 *)(r9 +8) = r0
   57: r0 = *(u32 *)(r7 +104)
   58: r0 <<= 32
   59: r0 s>>= 32
   60: *(u64 *)(r9 +16) = r0
   61: r1 = r9
   62: r2 = 1
   63: call RingbufSubmit
   64: r1 = *(u64 *)(r10 -8)
   65: r5 = *(u64 *)(r1 +24)
   66: r5 += 1
   67: *(u64 *)(r1 +24) = r5
   68: goto wake.0
lost.5:
   69: r1 = *(u64 *)(r10 -8)
   70: r5 = *(u64 *)(r1 +32)
   71: r5 += 1
   72: *(u64 *)(r1 +32) = r5
   73: goto done.4
rejected.3:
   74: r1 = *(u64 *)(r10 -8)
   75: r5 = *(u64 *)(r1 +8)
   76: r5 += 1
   77: *(u64 *)(r1 +8) = r5
done.4:
   78: goto exit.1
wake.0:
   79: r1 = &state[0]
   81: r1 = *(u32 *)(r1 +0)
   82: if r1 == 0 goto exit.1
   83: r1 = map events
   85: r2 = 8
   86: r3 = 0
   87: call RingbufReserve
   88: if r0 == 0 goto exit.1
   89: r1 = &state[0]
   91: r2 = 0
   92: *(u32 *)(r1 +0) = r2
   93: r1 = r0
   94: r2 = 2
   95: call RingbufDiscard
exit.1:
   96: r0 = 0
   97: exit
