map state: 80 bytes
map counters: 512 bytes, 2 probes on 4 CPUs
program sys_enter: 67 instructions
    0: r2 = *(u64 *)(r1 +8)
    1: if r2 == 3 goto call.2
    2: goto exit.1
call.2:
    3: call GetCurrentTaskBtf
    4: r6 = r0
    5: r1 = *(u32 *)(r6 +16)
    6: if r1 & 2 goto exit.1
    7: call GetSmpProcessorId
    8: r0 &= 3
    9: r0 *= 128
   10: r1 = &counters[0]
   12: r1 += r0
   13: *(u64 *)(r10 -8) = r1
   14: r5 = *(u64 *)(r1 +0)
   15: r5 += 1
   16: *(u64 *)(r1 +0) = r5
   17: r1 = r6
   18: call TaskPtRegs
   19: r7 = r0
   20: r1 = map events
   22: r2 = 24
   23: r3 = 0
   24: call RingbufReserve
   25: if r0 == 0 goto lost.5
   26: r9 = r0
   27: r0 = 0
   28: *(u64 *)(r9 +0) = r0
   29: r0 = *(u32 *)(r6 +1268)
   30: *(u64 *)(r9 +8) = r0
   31: r0 = *(u32 *)(r7 +112)
   32: r0 <<= 32
   33: r0 s>>= 32
   34: *(u64 *)(r9 +16) = r0
   35: r1 = r9
   36: r2 = 1
   37: call RingbufSubmit
   38: r1 = *(u64 *)(r10 -8)
   39: r5 = *(u64 *)(r1 +24)
   40: r5 += 1
   41: *(u64 *)(r1 +24) = r5
   42: goto wake.0
lost.5:
   43: r1 = *(u64 *)(r10 -8)
   44: r5 = *(u64 *)(r1 +32)
   45: r5 += 1
   46: *(u64 *)(r1 +32) = r5
   47: goto exit.1
wake.0:
   48: r1 = &state[0]
   50: r1 = *(u32 *)(r1 +0)
   51: if r1 == 0 goto exit.1
   52: r1 = map events
   54: r2 = 8
   55: r3 = 0
   56: call RingbufReserve
   57: if r0 == 0 goto exit.1
   58: r1 = &state[0]
   60: r2 = 0
   61: *(u32 *)(r1 +0) = r2
   62: r1 = r0
   63: r2 = 2
   64: call RingbufDiscard
exit.1:
   65: r0 = 0
   66: exit
program sys_exit: 67 instructions
    0: call GetCurrentTaskBtf
    1: r6 = r0
    2: r1 = r6
    3: call TaskPtRegs
    4: r7 = r0
    5: r2 = *(u64 *)(r7 +120)
    6: if r2 == 3 goto call.2
    7: goto exit.1
call.2:
    8: r1 = *(u32 *)(r6 +16)
    9: if r1 & 2 goto exit.1
   10: call GetSmpProcessorId
   11: r0 &= 3
   12: r0 *= 128
   13: r1 = &counters[64]
   15: r1 += r0
   16: *(u64 *)(r10 -8) = r1
   17: r5 = *(u64 *)(r1 +0)
   18: r5 += 1
   19: *(u64 *)(r1 +0) = r5
   20: r1 = map events
   22: r2 = 24
   23: r3 = 0
   24: call RingbufReserve
   25: if r0 == 0 goto lost.5
   26: r9 = r0
   27: r0 = 1
   28: *(u64 *)(r9 +0) = r0
   29: r0 = *(u32 *)(r6 +1268)
   30: *(u64 *)(r9 +8) = r0
   31: r0 = *(u32 *)(r7 +112)
   32: r0 <<= 32
   33: r0 s>>= 32
   34: *(u64 *)(r9 +16) = r0
   35: r1 = r9
   36: r2 = 1
   37: call RingbufSubmit
   38: r1 = *(u64 *)(r10 -8)
   39: r5 = *(u64 *)(r1 +24)
   40: r5 += 1
   41: *(u64 *)(r1 +24) = r5
   42: goto wake.0
lost.5:
   43: r1 = *(u64 *)(r10 -8)
   44: r5 = *(u64 *)(r1 +32)
   45: r5 += 1
   46: *(u64 *)(r1 +32) = r5
   47: goto exit.1
wake.0:
   48: r1 = &state[0]
   50: r1 = *(u32 *)(r1 +0)
   51: if r1 == 0 goto exit.1
   52: r1 = map events
   54: r2 = 8
   55: r3 = 0
   56: call RingbufReserve
   57: if r0 == 0 goto exit.1
   58: r1 = &state[0]
   60: r2 = 0
   61: *(u32 *)(r1 +0) = r2
   62: r1 = r0
   63: r2 = 2
   64: call RingbufDiscard
exit.1:
   65: r0 = 0
   66: exit
