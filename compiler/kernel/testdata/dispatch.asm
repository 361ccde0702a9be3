map state: 80 bytes
map counters: 1792 bytes, 7 probes on 4 CPUs
program sys_enter: 284 instructions
    0: r2 = *(u64 *)(r1 +8)
    1: if r2 >= 5 goto from.9
    2: if r2 == 0 goto call.2
    3: if r2 == 1 goto call.3
    4: if r2 == 3 goto call.4
    5: goto exit.1
from.9:
    6: if r2 >= 231 goto from.10
    7: if r2 == 5 goto call.5
    8: if r2 == 8 goto call.6
    9: goto exit.1
from.10:
   10: if r2 == 231 goto call.7
   11: if r2 == 257 goto call.8
   12: goto exit.1
call.2:
   13: call GetCurrentTaskBtf
   14: r6 = r0
   15: r1 = *(u32 *)(r6 +16)
   16: if r1 & 2 goto exit.1
   17: call GetSmpProcessorId
   18: r0 &= 3
   19: r0 *= 448
   20: r1 = &counters[0]
   22: r1 += r0
   23: *(u64 *)(r10 -8) = r1
   24: r5 = *(u64 *)(r1 +0)
   25: r5 += 1
   26: *(u64 *)(r1 +0) = r5
   27: r1 = map events
   29: r2 = 8
   30: r3 = 0
   31: call RingbufReserve
   32: if r0 == 0 goto lost.13
   33: r9 = r0
   34: r0 = 0
   35: *(u64 *)(r9 +0) = r0
   36: r1 = r9
   37: r2 = 1
   38: call RingbufSubmit
   39: r1 = *(u64 *)(r10 -8)
   40: r5 = *(u64 *)(r1 +24)
   41: r5 += 1
   42: *(u64 *)(r1 +24) = r5
   43: goto wake.0
lost.13:
   44: r1 = *(u64 *)(r10 -8)
   45: r5 = *(u64 *)(r1 +32)
   46: r5 += 1
   47: *(u64 *)(r1 +32) = r5
   48: goto exit.1
call.3:
   49: call GetCurrentTaskBtf
   50: r6 = r0
   51: r1 = *(u32 *)(r6 +16)
   52: if r1 & 2 goto exit.1
   53: call GetSmpProcessorId
   54: r0 &= 3
   55: r0 *= 448
   56: r1 = &counters[64]
   58: r1 += r0
   59: *(u64 *)(r10 -8) = r1
   60: r5 = *(u64 *)(r1 +0)
   61: r5 += 1
   62: *(u64 *)(r1 +0) = r5
   63: r1 = map events
   65: r2 = 8
   66: r3 = 0
   67: call RingbufReserve
   68: if r0 == 0 goto lost.16
   69: r9 = r0
   70: r0 = 1
   71: *(u64 *)(r9 +0) = r0
   72: r1 = r9
   73: r2 = 1
   74: call RingbufSubmit
   75: r1 = *(u64 *)(r10 -8)
   76: r5 = *(u64 *)(r1 +24)
   77: r5 += 1
   78: *(u64 *)(r1 +24) = r5
   79: goto wake.0
lost.16:
   80: r1 = *(u64 *)(r10 -8)
   81: r5 = *(u64 *)(r1 +32)
   82: r5 += 1
   83: *(u64 *)(r1 +32) = r5
   84: goto exit.1
call.4:
   85: call GetCurrentTaskBtf
   86: r6 = r0
   87: r1 = *(u32 *)(r6 +16)
   88: if r1 & 2 goto exit.1
   89: call GetSmpProcessorId
   90: r0 &= 3
   91: r0 *= 448
   92: r1 = &counters[128]
   94: r1 += r0
   95: *(u64 *)(r10 -8) = r1
   96: r5 = *(u64 *)(r1 +0)
   97: r5 += 1
   98: *(u64 *)(r1 +0) = r5
   99: r1 = map events
  101: r2 = 8
  102: r3 = 0
  103: call RingbufReserve
  104: if r0 == 0 goto lost.19
  105: r9 = r0
  106: r0 = 2
  107: *(u64 *)(r9 +0) = r0
  108: r1 = r9
  109: r2 = 1
  110: call RingbufSubmit
  111: r1 = *(u64 *)(r10 -8)
  112: r5 = *(u64 *)(r1 +24)
  113: r5 += 1
  114: *(u64 *)(r1 +24) = r5
  115: goto wake.0
lost.19:
  116: r1 = *(u64 *)(r10 -8)
  117: r5 = *(u64 *)(r1 +32)
  118: r5 += 1
  119: *(u64 *)(r1 +32) = r5
  120: goto exit.1
call.5:
  121: call GetCurrentTaskBtf
  122: r6 = r0
  123: r1 = *(u32 *)(r6 +16)
  124: if r1 & 2 goto exit.1
  125: call GetSmpProcessorId
  126: r0 &= 3
  127: r0 *= 448
  128: r1 = &counters[192]
  130: r1 += r0
  131: *(u64 *)(r10 -8) = r1
  132: r5 = *(u64 *)(r1 +0)
  133: r5 += 1
  134: *(u64 *)(r1 +0) = r5
  135: r1 = map events
  137: r2 = 8
  138: r3 = 0
  139: call RingbufReserve
  140: if r0 == 0 goto lost.22
  141: r9 = r0
  142: r0 = 3
  143: *(u64 *)(r9 +0) = r0
  144: r1 = r9
  145: r2 = 1
  146: call RingbufSubmit
  147: r1 = *(u64 *)(r10 -8)
  148: r5 = *(u64 *)(r1 +24)
  149: r5 += 1
  150: *(u64 *)(r1 +24) = r5
  151: goto wake.0
lost.22:
  152: r1 = *(u64 *)(r10 -8)
  153: r5 = *(u64 *)(r1 +32)
  154: r5 += 1
  155: *(u64 *)(r1 +32) = r5
  156: goto exit.1
call.6:
  157: call GetCurrentTaskBtf
  158: r6 = r0
  159: r1 = *(u32 *)(r6 +16)
  160: if r1 & 2 goto exit.1
  161: call GetSmpProcessorId
  162: r0 &= 3
  163: r0 *= 448
  164: r1 = &counters[256]
  166: r1 += r0
  167: *(u64 *)(r10 -8) = r1
  168: r5 = *(u64 *)(r1 +0)
  169: r5 += 1
  170: *(u64 *)(r1 +0) = r5
  171: r1 = map events
  173: r2 = 8
  174: r3 = 0
  175: call RingbufReserve
  176: if r0 == 0 goto lost.25
  177: r9 = r0
  178: r0 = 4
  179: *(u64 *)(r9 +0) = r0
  180: r1 = r9
  181: r2 = 1
  182: call RingbufSubmit
  183: r1 = *(u64 *)(r10 -8)
  184: r5 = *(u64 *)(r1 +24)
  185: r5 += 1
  186: *(u64 *)(r1 +24) = r5
  187: goto wake.0
lost.25:
  188: r1 = *(u64 *)(r10 -8)
  189: r5 = *(u64 *)(r1 +32)
  190: r5 += 1
  191: *(u64 *)(r1 +32) = r5
  192: goto exit.1
call.7:
  193: call GetCurrentTaskBtf
  194: r6 = r0
  195: r1 = *(u32 *)(r6 +16)
  196: if r1 & 2 goto exit.1
  197: call GetSmpProcessorId
  198: r0 &= 3
  199: r0 *= 448
  200: r1 = &counters[384]
  202: r1 += r0
  203: *(u64 *)(r10 -8) = r1
  204: r5 = *(u64 *)(r1 +0)
  205: r5 += 1
  206: *(u64 *)(r1 +0) = r5
  207: r1 = map events
  209: r2 = 8
  210: r3 = 0
  211: call RingbufReserve
  212: if r0 == 0 goto lost.28
  213: r9 = r0
  214: r0 = 6
  215: *(u64 *)(r9 +0) = r0
  216: r1 = r9
  217: r2 = 1
  218: call RingbufSubmit
  219: r1 = *(u64 *)(r10 -8)
  220: r5 = *(u64 *)(r1 +24)
  221: r5 += 1
  222: *(u64 *)(r1 +24) = r5
  223: goto wake.0
lost.28:
  224: r1 = *(u64 *)(r10 -8)
  225: r5 = *(u64 *)(r1 +32)
  226: r5 += 1
  227: *(u64 *)(r1 +32) = r5
  228: goto exit.1
call.8:
  229: call GetCurrentTaskBtf
  230: r6 = r0
  231: r1 = *(u32 *)(r6 +16)
  232: if r1 & 2 goto exit.1
  233: call GetSmpProcessorId
  234: r0 &= 3
  235: r0 *= 448
  236: r1 = &counters[320]
  238: r1 += r0
  239: *(u64 *)(r10 -8) = r1
  240: r5 = *(u64 *)(r1 +0)
  241: r5 += 1
  242: *(u64 *)(r1 +0) = r5
  243: r1 = map events
  245: r2 = 8
  246: r3 = 0
  247: call RingbufReserve
  248: if r0 == 0 goto lost.31
  249: r9 = r0
  250: r0 = 5
  251: *(u64 *)(r9 +0) = r0
  252: r1 = r9
  253: r2 = 1
  254: call RingbufSubmit
  255: r1 = *(u64 *)(r10 -8)
  256: r5 = *(u64 *)(r1 +24)
  257: r5 += 1
  258: *(u64 *)(r1 +24) = r5
  259: goto wake.0
lost.31:
  260: r1 = *(u64 *)(r10 -8)
  261: r5 = *(u64 *)(r1 +32)
  262: r5 += 1
  263: *(u64 *)(r1 +32) = r5
  264: goto exit.1
wake.0:
  265: r1 = &state[0]
  267: r1 = *(u32 *)(r1 +0)
  268: if r1 == 0 goto exit.1
  269: r1 = map events
  271: r2 = 8
  272: r3 = 0
  273: call RingbufReserve
  274: if r0 == 0 goto exit.1
  275: r1 = &state[0]
  277: r2 = 0
  278: *(u32 *)(r1 +0) = r2
  279: r1 = r0
  280: r2 = 2
  281: call RingbufDiscard
exit.1:
  282: r0 = 0
  283: exit
