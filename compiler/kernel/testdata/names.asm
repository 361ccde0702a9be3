map state: 80 bytes
map counters: 512 bytes, 2 probes on 4 CPUs
program sys_exit: 138 instructions
    0: call GetCurrentTaskBtf
    1: r6 = r0
    2: r1 = r6
    3: call TaskPtRegs
    4: r7 = r0
    5: r2 = *(u64 *)(r7 +120)
    6: if r2 == 57 goto call.2
    7: goto exit.1
call.2:
    8: r1 = *(u32 *)(r6 +16)
    9: if r1 & 2 goto exit.1
   10: call GetSmpProcessorId
   11: r0 &= 3
   12: r0 *= 128
   13: r1 = &counters[0]
   15: r1 += r0
   16: *(u64 *)(r10 -8) = r1
   17: r5 = *(u64 *)(r1 +0)
   18: r5 += 1
   19: *(u64 *)(r1 +0) = r5
   20: r0 = *(u64 *)(r6 +1752)
   21: r5 = 0x2e325f3474736574
   23: if r0 != r5 goto rejected.3
   24: r0 = *(u64 *)(r6 +1760)
   25: r5 = 0x2b2b675f6e7964
   27: if r0 != r5 goto rejected.3
   28: r1 = map events
   30: r2 = 32
   31: r3 = 0
   32: call RingbufReserve
   33: if r0 == 0 goto lost.5
   34: r9 = r0
   35: r0 = 0
   36: *(u64 *)(r9 +0) = r0
   37: r0 = *(u64 *)(r6 +1752)
   38: *(u64 *)(r9 +8) = r0
   39: r0 = *(u64 *)(r6 +1760)
   40: *(u64 *)(r9 +16) = r0
   41: r0 = *(u64 *)(r7 +80)
   42: *(u64 *)(r9 +24) = r0
   43: r1 = r9
   44: r2 = 1
   45: call RingbufSubmit
   46: r1 = *(u64 *)(r10 -8)
   47: r5 = *(u64 *)(r1 +24)
   48: r5 += 1
   49: *(u64 *)(r1 +24) = r5
   50: r1 = &state[0]
   52: r1 = *(u32 *)(r1 +0)
   53: if r1 == 0 goto done.4
   54: r1 = map events
   56: r2 = 8
   57: r3 = 0
   58: call RingbufReserve
   59: if r0 == 0 goto done.4
   60: r1 = &state[0]
   62: r2 = 0
   63: *(u32 *)(r1 +0) = r2
   64: r1 = r0
   65: r2 = 2
   66: call RingbufDiscard
   67: goto done.4
lost.5:
   68: r1 = *(u64 *)(r10 -8)
   69: r5 = *(u64 *)(r1 +32)
   70: r5 += 1
   71: *(u64 *)(r1 +32) = r5
   72: goto done.4
rejected.3:
   73: r1 = *(u64 *)(r10 -8)
   74: r5 = *(u64 *)(r1 +8)
   75: r5 += 1
   76: *(u64 *)(r1 +8) = r5
done.4:
   77: call GetSmpProcessorId
   78: r0 &= 3
   79: r0 *= 128
   80: r1 = &counters[64]
   82: r1 += r0
   83: *(u64 *)(r10 -8) = r1
   84: r5 = *(u64 *)(r1 +0)
   85: r5 += 1
   86: *(u64 *)(r1 +0) = r5
   87: r0 = *(u64 *)(r6 +1280)
   88: r0 = *(u64 *)(r0 +1752)
   89: r0 &= 16777215
   90: if r0 != 26739 goto unequal.8
   91: goto rejected.6
unequal.8:
   92: r1 = map events
   94: r2 = 8
   95: r3 = 0
   96: call RingbufReserve
   97: if r0 == 0 goto lost.9
   98: r9 = r0
   99: r0 = 1
  100: *(u64 *)(r9 +0) = r0
  101: r1 = r9
  102: r2 = 1
  103: call RingbufSubmit
  104: r1 = *(u64 *)(r10 -8)
  105: r5 = *(u64 *)(r1 +24)
  106: r5 += 1
  107: *(u64 *)(r1 +24) = r5
  108: r1 = &state[0]
  110: r1 = *(u32 *)(r1 +0)
  111: if r1 == 0 goto done.7
  112: r1 = map events
  114: r2 = 8
  115: r3 = 0
  116: call RingbufReserve
  117: if r0 == 0 goto done.7
  118: r1 = &state[0]
  120: r2 = 0
  121: *(u32 *)(r1 +0) = r2
  122: r1 = r0
  123: r2 = 2
  124: call RingbufDiscard
  125: goto done.7
lost.9:
  126: r1 = *(u64 *)(r10 -8)
  127: r5 = *(u64 *)(r1 +32)
  128: r5 += 1
  129: *(u64 *)(r1 +32) = r5
  130: goto done.7
rejected.6:
  131: r1 = *(u64 *)(r10 -8)
  132: r5 = *(u64 *)(r1 +8)
  133: r5 += 1
  134: *(u64 *)(r1 +8) = r5
done.7:
  135: goto exit.1
exit.1:
  136: r0 = 0
  137: exit
