map state: 80 bytes
map counters: 512 bytes, 2 probes on 4 CPUs
program sys_exit: 165 instructions
    0: r6 = *(u64 *)(r1 +0)
    1: r1 = r6
    2: r2 = 162
    3: call function 65475 of the kernel
    4: r7 = r0
    5: r2 = *(u64 *)(r7 +120)
    6: if r2 == 57 goto call.2
    7: goto exit.1
call.2:
    8: r8 = r6
    9: call GetSmpProcessorId
   10: r0 &= 3
   11: r0 *= 128
   12: r9 = &counters[48]
   14: r9 += r0
   15: r1 = *(u64 *)(r9 +0)
   16: r2 = 114
   17: call function 65475 of the kernel
   18: r6 = r0
   19: r0 = *(u64 *)(r6 +32)
   20: r1 = r8
   21: r1 -= r0
   22: r2 = &state[4]
   24: r2 = *(u32 *)(r2 +0)
   25: if r1 != r2 goto other_task.3
   26: r0 = *(u32 *)(r6 +52)
   27: if r0 != 0 goto task.4
other_task.3:
   28: call GetCurrentTask
   29: *(u64 *)(r9 +0) = r0
   30: r1 = r0
   31: r2 = 114
   32: call function 65475 of the kernel
   33: r6 = r0
   34: r0 = *(u64 *)(r6 +32)
   35: r8 -= r0
   36: r2 = &state[4]
   38: *(u32 *)(r2 +0) = r8
task.4:
   39: r1 = *(u32 *)(r6 +16)
   40: if r1 & 2 goto exit.1
   41: r1 = r9
   42: r1 += -48
   43: *(u64 *)(r10 -8) = r1
   44: r5 = *(u64 *)(r1 +0)
   45: r5 += 1
   46: *(u64 *)(r1 +0) = r5
   47: r0 = *(u64 *)(r6 +1752)
   48: r5 = 0x2e325f3474736574
   50: if r0 != r5 goto rejected.5
   51: r0 = *(u64 *)(r6 +1760)
   52: r5 = 0x2b2b675f6e7964
   54: if r0 != r5 goto rejected.5
   55: r1 = map events
   57: r2 = 32
   58: r3 = 0
   59: call RingbufReserve
   60: if r0 == 0 goto lost.7
   61: r9 = r0
   62: r0 = 0
   63: *(u64 *)(r9 +0) = r0
   64: r0 = *(u64 *)(r6 +1752)
   65: *(u64 *)(r9 +8) = r0
   66: r0 = *(u64 *)(r6 +1760)
   67: *(u64 *)(r9 +16) = r0
   68: r0 = *(u64 *)(r7 +80)
   69: *(u64 *)(r9 +24) = r0
   70: r1 = r9
   71: r2 = 1
   72: call RingbufSubmit
   73: r1 = *(u64 *)(r10 -8)
   74: r5 = *(u64 *)(r1 +24)
   75: r5 += 1
   76: *(u64 *)(r1 +24) = r5
   77: r1 = &state[0]
   79: r1 = *(u32 *)(r1 +0)
   80: if r1 == 0 goto done.6
   81: r1 = map events
   83: r2 = 8
   84: r3 = 0
   85: call RingbufReserve
   86: if r0 == 0 goto done.6
   87: r1 = &state[0]
   89: r2 = 0
   90: *(u32 *)(r1 +0) = r2
   91: r1 = r0
   92: r2 = 2
   93: call RingbufDiscard
   94: goto done.6
lost.7:
   95: r1 = *(u64 *)(r10 -8)
   96: r5 = *(u64 *)(r1 +32)
   97: r5 += 1
   98: *(u64 *)(r1 +32) = r5
   99: goto done.6
rejected.5:
  100: r1 = *(u64 *)(r10 -8)
  101: r5 = *(u64 *)(r1 +8)
  102: r5 += 1
  103: *(u64 *)(r1 +8) = r5
done.6:
  104: call GetSmpProcessorId
  105: r0 &= 3
  106: r0 *= 128
  107: r1 = &counters[64]
  109: r1 += r0
  110: *(u64 *)(r10 -8) = r1
  111: r5 = *(u64 *)(r1 +0)
  112: r5 += 1
  113: *(u64 *)(r1 +0) = r5
  114: r0 = *(u64 *)(r6 +1280)
  115: r0 = *(u64 *)(r0 +1752)
  116: r0 &= 16777215
  117: if r0 != 26739 goto unequal.10
  118: goto rejected.8
unequal.10:
  119: r1 = map events
  121: r2 = 8
  122: r3 = 0
  123: call RingbufReserve
  124: if r0 == 0 goto lost.11
  125: r9 = r0
  126: r0 = 1
  127: *(u64 *)(r9 +0) = r0
  128: r1 = r9
  129: r2 = 1
  130: call RingbufSubmit
  131: r1 = *(u64 *)(r10 -8)
  132: r5 = *(u64 *)(r1 +24)
  133: r5 += 1
  134: *(u64 *)(r1 +24) = r5
  135: r1 = &state[0]
  137: r1 = *(u32 *)(r1 +0)
  138: if r1 == 0 goto done.9
  139: r1 = map events
  141: r2 = 8
  142: r3 = 0
  143: call RingbufReserve
  144: if r0 == 0 goto done.9
  145: r1 = &state[0]
  147: r2 = 0
  148: *(u32 *)(r1 +0) = r2
  149: r1 = r0
  150: r2 = 2
  151: call RingbufDiscard
  152: goto done.9
lost.11:
  153: r1 = *(u64 *)(r10 -8)
  154: r5 = *(u64 *)(r1 +32)
  155: r5 += 1
  156: *(u64 *)(r1 +32) = r5
  157: goto done.9
rejected.8:
  158: r1 = *(u64 *)(r10 -8)
  159: r5 = *(u64 *)(r1 +8)
  160: r5 += 1
  161: *(u64 *)(r1 +8) = r5
done.9:
  162: goto exit.1
exit.1:
  163: r0 = 0
  164: exit
