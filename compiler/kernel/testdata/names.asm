map state: 64 bytes
map counters: 512 bytes, 2 probes on 4 CPUs
program sys_exit: 169 instructions
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
   41: call GetSmpProcessorId
   42: r0 &= 3
   43: r0 *= 128
   44: r1 = &counters[0]
   46: r1 += r0
   47: *(u64 *)(r10 -8) = r1
   48: r5 = *(u64 *)(r1 +0)
   49: r5 += 1
   50: *(u64 *)(r1 +0) = r5
   51: r0 = *(u64 *)(r6 +1752)
   52: r5 = 0x2e325f3474736574
   54: if r0 != r5 goto rejected.5
   55: r0 = *(u64 *)(r6 +1760)
   56: r5 = 0x2b2b675f6e7964
   58: if r0 != r5 goto rejected.5
   59: r1 = map events
   61: r2 = 32
   62: r3 = 0
   63: call RingbufReserve
   64: if r0 == 0 goto lost.7
   65: r9 = r0
   66: r0 = 0
   67: *(u64 *)(r9 +0) = r0
   68: r0 = *(u64 *)(r6 +1752)
   69: *(u64 *)(r9 +8) = r0
   70: r0 = *(u64 *)(r6 +1760)
   71: *(u64 *)(r9 +16) = r0
   72: r0 = *(u64 *)(r7 +80)
   73: *(u64 *)(r9 +24) = r0
   74: r1 = r9
   75: r2 = 1
   76: call RingbufSubmit
   77: r1 = *(u64 *)(r10 -8)
   78: r5 = *(u64 *)(r1 +24)
   79: r5 += 1
   80: *(u64 *)(r1 +24) = r5
   81: r1 = &state[0]
   83: r1 = *(u32 *)(r1 +0)
   84: if r1 == 0 goto done.6
   85: r1 = map events
   87: r2 = 8
   88: r3 = 0
   89: call RingbufReserve
   90: if r0 == 0 goto done.6
   91: r1 = &state[0]
   93: r2 = 0
   94: *(u32 *)(r1 +0) = r2
   95: r1 = r0
   96: r2 = 2
   97: call RingbufDiscard
   98: goto done.6
lost.7:
   99: r1 = *(u64 *)(r10 -8)
  100: r5 = *(u64 *)(r1 +32)
  101: r5 += 1
  102: *(u64 *)(r1 +32) = r5
  103: goto done.6
rejected.5:
  104: r1 = *(u64 *)(r10 -8)
  105: r5 = *(u64 *)(r1 +8)
  106: r5 += 1
  107: *(u64 *)(r1 +8) = r5
done.6:
  108: call GetSmpProcessorId
  109: r0 &= 3
  110: r0 *= 128
  111: r1 = &counters[64]
  113: r1 += r0
  114: *(u64 *)(r10 -8) = r1
  115: r5 = *(u64 *)(r1 +0)
  116: r5 += 1
  117: *(u64 *)(r1 +0) = r5
  118: r0 = *(u64 *)(r6 +1280)
  119: r0 = *(u64 *)(r0 +1752)
  120: r0 &= 16777215
  121: if r0 != 26739 goto unequal.10
  122: goto rejected.8
unequal.10:
  123: r1 = map events
  125: r2 = 8
  126: r3 = 0
  127: call RingbufReserve
  128: if r0 == 0 goto lost.11
  129: r9 = r0
  130: r0 = 1
  131: *(u64 *)(r9 +0) = r0
  132: r1 = r9
  133: r2 = 1
  134: call RingbufSubmit
  135: r1 = *(u64 *)(r10 -8)
  136: r5 = *(u64 *)(r1 +24)
  137: r5 += 1
  138: *(u64 *)(r1 +24) = r5
  139: r1 = &state[0]
  141: r1 = *(u32 *)(r1 +0)
  142: if r1 == 0 goto done.9
  143: r1 = map events
  145: r2 = 8
  146: r3 = 0
  147: call RingbufReserve
  148: if r0 == 0 goto done.9
  149: r1 = &state[0]
  151: r2 = 0
  152: *(u32 *)(r1 +0) = r2
  153: r1 = r0
  154: r2 = 2
  155: call RingbufDiscard
  156: goto done.9
lost.11:
  157: r1 = *(u64 *)(r10 -8)
  158: r5 = *(u64 *)(r1 +32)
  159: r5 += 1
  160: *(u64 *)(r1 +32) = r5
  161: goto done.9
rejected.8:
  162: r1 = *(u64 *)(r10 -8)
  163: r5 = *(u64 *)(r1 +8)
  164: r5 += 1
  165: *(u64 *)(r1 +8) = r5
done.9:
  166: goto exit.1
exit.1:
  167: r0 = 0
  168: exit
