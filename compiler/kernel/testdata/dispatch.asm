map state: 80 bytes
map counters: 1792 bytes, 7 probes on 4 CPUs
program sys_enter: 460 instructions
    0: r2 = *(u64 *)(r1 +8)
    1: r7 = *(u64 *)(r1 +0)
    2: if r2 >= 5 goto from.9
    3: if r2 == 0 goto call.2
    4: if r2 == 1 goto call.3
    5: if r2 == 3 goto call.4
    6: goto exit.1
from.9:
    7: if r2 >= 231 goto from.10
    8: if r2 == 5 goto call.5
    9: if r2 == 8 goto call.6
   10: goto exit.1
from.10:
   11: if r2 == 231 goto call.7
   12: if r2 == 257 goto call.8
   13: goto exit.1
call.2:
   14: r8 = r7
   15: call GetSmpProcessorId
   16: r0 &= 3
   17: r0 *= 448
   18: r9 = &counters[48]
   20: r9 += r0
   21: r1 = *(u64 *)(r9 +0)
   22: r2 = 114
   23: call function 65475 of the kernel
   24: r6 = r0
   25: r0 = *(u64 *)(r6 +32)
   26: r1 = r8
   27: r1 -= r0
   28: r2 = &state[4]
   30: r2 = *(u32 *)(r2 +0)
   31: if r1 != r2 goto other_task.11
   32: r0 = *(u32 *)(r6 +52)
   33: if r0 != 0 goto task.12
other_task.11:
   34: call GetCurrentTask
   35: *(u64 *)(r9 +0) = r0
   36: r1 = r0
   37: r2 = 114
   38: call function 65475 of the kernel
   39: r6 = r0
   40: r0 = *(u64 *)(r6 +32)
   41: r8 -= r0
   42: r2 = &state[4]
   44: *(u32 *)(r2 +0) = r8
task.12:
   45: r1 = *(u32 *)(r6 +16)
   46: if r1 & 2 goto exit.1
   47: r1 = r9
   48: r1 += -48
   49: *(u64 *)(r10 -8) = r1
   50: r5 = *(u64 *)(r1 +0)
   51: r5 += 1
   52: *(u64 *)(r1 +0) = r5
   53: r1 = map events
   55: r2 = 8
   56: r3 = 0
   57: call RingbufReserve
   58: if r0 == 0 goto lost.15
   59: r9 = r0
   60: r0 = 0
   61: *(u64 *)(r9 +0) = r0
   62: r1 = r9
   63: r2 = 1
   64: call RingbufSubmit
   65: r1 = *(u64 *)(r10 -8)
   66: r5 = *(u64 *)(r1 +24)
   67: r5 += 1
   68: *(u64 *)(r1 +24) = r5
   69: goto wake.0
lost.15:
   70: r1 = *(u64 *)(r10 -8)
   71: r5 = *(u64 *)(r1 +32)
   72: r5 += 1
   73: *(u64 *)(r1 +32) = r5
   74: goto exit.1
call.3:
   75: r8 = r7
   76: call GetSmpProcessorId
   77: r0 &= 3
   78: r0 *= 448
   79: r9 = &counters[48]
   81: r9 += r0
   82: r1 = *(u64 *)(r9 +0)
   83: r2 = 114
   84: call function 65475 of the kernel
   85: r6 = r0
   86: r0 = *(u64 *)(r6 +32)
   87: r1 = r8
   88: r1 -= r0
   89: r2 = &state[4]
   91: r2 = *(u32 *)(r2 +0)
   92: if r1 != r2 goto other_task.16
   93: r0 = *(u32 *)(r6 +52)
   94: if r0 != 0 goto task.17
other_task.16:
   95: call GetCurrentTask
   96: *(u64 *)(r9 +0) = r0
   97: r1 = r0
   98: r2 = 114
   99: call function 65475 of the kernel
  100: r6 = r0
  101: r0 = *(u64 *)(r6 +32)
  102: r8 -= r0
  103: r2 = &state[4]
  105: *(u32 *)(r2 +0) = r8
task.17:
  106: r1 = *(u32 *)(r6 +16)
  107: if r1 & 2 goto exit.1
  108: r1 = r9
  109: r1 += 16
  110: *(u64 *)(r10 -8) = r1
  111: r5 = *(u64 *)(r1 +0)
  112: r5 += 1
  113: *(u64 *)(r1 +0) = r5
  114: r1 = map events
  116: r2 = 8
  117: r3 = 0
  118: call RingbufReserve
  119: if r0 == 0 goto lost.20
  120: r9 = r0
  121: r0 = 1
  122: *(u64 *)(r9 +0) = r0
  123: r1 = r9
  124: r2 = 1
  125: call RingbufSubmit
  126: r1 = *(u64 *)(r10 -8)
  127: r5 = *(u64 *)(r1 +24)
  128: r5 += 1
  129: *(u64 *)(r1 +24) = r5
  130: goto wake.0
lost.20:
  131: r1 = *(u64 *)(r10 -8)
  132: r5 = *(u64 *)(r1 +32)
  133: r5 += 1
  134: *(u64 *)(r1 +32) = r5
  135: goto exit.1
call.4:
  136: r8 = r7
  137: call GetSmpProcessorId
  138: r0 &= 3
  139: r0 *= 448
  140: r9 = &counters[48]
  142: r9 += r0
  143: r1 = *(u64 *)(r9 +0)
  144: r2 = 114
  145: call function 65475 of the kernel
  146: r6 = r0
  147: r0 = *(u64 *)(r6 +32)
  148: r1 = r8
  149: r1 -= r0
  150: r2 = &state[4]
  152: r2 = *(u32 *)(r2 +0)
  153: if r1 != r2 goto other_task.21
  154: r0 = *(u32 *)(r6 +52)
  155: if r0 != 0 goto task.22
other_task.21:
  156: call GetCurrentTask
  157: *(u64 *)(r9 +0) = r0
  158: r1 = r0
  159: r2 = 114
  160: call function 65475 of the kernel
  161: r6 = r0
  162: r0 = *(u64 *)(r6 +32)
  163: r8 -= r0
  164: r2 = &state[4]
  166: *(u32 *)(r2 +0) = r8
task.22:
  167: r1 = *(u32 *)(r6 +16)
  168: if r1 & 2 goto exit.1
  169: r1 = r9
  170: r1 += 80
  171: *(u64 *)(r10 -8) = r1
  172: r5 = *(u64 *)(r1 +0)
  173: r5 += 1
  174: *(u64 *)(r1 +0) = r5
  175: r1 = map events
  177: r2 = 8
  178: r3 = 0
  179: call RingbufReserve
  180: if r0 == 0 goto lost.25
  181: r9 = r0
  182: r0 = 2
  183: *(u64 *)(r9 +0) = r0
  184: r1 = r9
  185: r2 = 1
  186: call RingbufSubmit
  187: r1 = *(u64 *)(r10 -8)
  188: r5 = *(u64 *)(r1 +24)
  189: r5 += 1
  190: *(u64 *)(r1 +24) = r5
  191: goto wake.0
lost.25:
  192: r1 = *(u64 *)(r10 -8)
  193: r5 = *(u64 *)(r1 +32)
  194: r5 += 1
  195: *(u64 *)(r1 +32) = r5
  196: goto exit.1
call.5:
  197: r8 = r7
  198: call GetSmpProcessorId
  199: r0 &= 3
  200: r0 *= 448
  201: r9 = &counters[48]
  203: r9 += r0
  204: r1 = *(u64 *)(r9 +0)
  205: r2 = 114
  206: call function 65475 of the kernel
  207: r6 = r0
  208: r0 = *(u64 *)(r6 +32)
  209: r1 = r8
  210: r1 -= r0
  211: r2 = &state[4]
  213: r2 = *(u32 *)(r2 +0)
  214: if r1 != r2 goto other_task.26
  215: r0 = *(u32 *)(r6 +52)
  216: if r0 != 0 goto task.27
other_task.26:
  217: call GetCurrentTask
  218: *(u64 *)(r9 +0) = r0
  219: r1 = r0
  220: r2 = 114
  221: call function 65475 of the kernel
  222: r6 = r0
  223: r0 = *(u64 *)(r6 +32)
  224: r8 -= r0
  225: r2 = &state[4]
  227: *(u32 *)(r2 +0) = r8
task.27:
  228: r1 = *(u32 *)(r6 +16)
  229: if r1 & 2 goto exit.1
  230: r1 = r9
  231: r1 += 144
  232: *(u64 *)(r10 -8) = r1
  233: r5 = *(u64 *)(r1 +0)
  234: r5 += 1
  235: *(u64 *)(r1 +0) = r5
  236: r1 = map events
  238: r2 = 8
  239: r3 = 0
  240: call RingbufReserve
  241: if r0 == 0 goto lost.30
  242: r9 = r0
  243: r0 = 3
  244: *(u64 *)(r9 +0) = r0
  245: r1 = r9
  246: r2 = 1
  247: call RingbufSubmit
  248: r1 = *(u64 *)(r10 -8)
  249: r5 = *(u64 *)(r1 +24)
  250: r5 += 1
  251: *(u64 *)(r1 +24) = r5
  252: goto wake.0
lost.30:
  253: r1 = *(u64 *)(r10 -8)
  254: r5 = *(u64 *)(r1 +32)
  255: r5 += 1
  256: *(u64 *)(r1 +32) = r5
  257: goto exit.1
call.6:
  258: r8 = r7
  259: call GetSmpProcessorId
  260: r0 &= 3
  261: r0 *= 448
  262: r9 = &counters[48]
  264: r9 += r0
  265: r1 = *(u64 *)(r9 +0)
  266: r2 = 114
  267: call function 65475 of the kernel
  268: r6 = r0
  269: r0 = *(u64 *)(r6 +32)
  270: r1 = r8
  271: r1 -= r0
  272: r2 = &state[4]
  274: r2 = *(u32 *)(r2 +0)
  275: if r1 != r2 goto other_task.31
  276: r0 = *(u32 *)(r6 +52)
  277: if r0 != 0 goto task.32
other_task.31:
  278: call GetCurrentTask
  279: *(u64 *)(r9 +0) = r0
  280: r1 = r0
  281: r2 = 114
  282: call function 65475 of the kernel
  283: r6 = r0
  284: r0 = *(u64 *)(r6 +32)
  285: r8 -= r0
  286: r2 = &state[4]
  288: *(u32 *)(r2 +0) = r8
task.32:
  289: r1 = *(u32 *)(r6 +16)
  290: if r1 & 2 goto exit.1
  291: r1 = r9
  292: r1 += 208
  293: *(u64 *)(r10 -8) = r1
  294: r5 = *(u64 *)(r1 +0)
  295: r5 += 1
  296: *(u64 *)(r1 +0) = r5
  297: r1 = map events
  299: r2 = 8
  300: r3 = 0
  301: call RingbufReserve
  302: if r0 == 0 goto lost.35
  303: r9 = r0
  304: r0 = 4
  305: *(u64 *)(r9 +0) = r0
  306: r1 = r9
  307: r2 = 1
  308: call RingbufSubmit
  309: r1 = *(u64 *)(r10 -8)
  310: r5 = *(u64 *)(r1 +24)
  311: r5 += 1
  312: *(u64 *)(r1 +24) = r5
  313: goto wake.0
lost.35:
  314: r1 = *(u64 *)(r10 -8)
  315: r5 = *(u64 *)(r1 +32)
  316: r5 += 1
  317: *(u64 *)(r1 +32) = r5
  318: goto exit.1
call.7:
  319: r8 = r7
  320: call GetSmpProcessorId
  321: r0 &= 3
  322: r0 *= 448
  323: r9 = &counters[48]
  325: r9 += r0
  326: r1 = *(u64 *)(r9 +0)
  327: r2 = 114
  328: call function 65475 of the kernel
  329: r6 = r0
  330: r0 = *(u64 *)(r6 +32)
  331: r1 = r8
  332: r1 -= r0
  333: r2 = &state[4]
  335: r2 = *(u32 *)(r2 +0)
  336: if r1 != r2 goto other_task.36
  337: r0 = *(u32 *)(r6 +52)
  338: if r0 != 0 goto task.37
other_task.36:
  339: call GetCurrentTask
  340: *(u64 *)(r9 +0) = r0
  341: r1 = r0
  342: r2 = 114
  343: call function 65475 of the kernel
  344: r6 = r0
  345: r0 = *(u64 *)(r6 +32)
  346: r8 -= r0
  347: r2 = &state[4]
  349: *(u32 *)(r2 +0) = r8
task.37:
  350: r1 = *(u32 *)(r6 +16)
  351: if r1 & 2 goto exit.1
  352: r1 = r9
  353: r1 += 336
  354: *(u64 *)(r10 -8) = r1
  355: r5 = *(u64 *)(r1 +0)
  356: r5 += 1
  357: *(u64 *)(r1 +0) = r5
  358: r1 = map events
  360: r2 = 8
  361: r3 = 0
  362: call RingbufReserve
  363: if r0 == 0 goto lost.40
  364: r9 = r0
  365: r0 = 6
  366: *(u64 *)(r9 +0) = r0
  367: r1 = r9
  368: r2 = 1
  369: call RingbufSubmit
  370: r1 = *(u64 *)(r10 -8)
  371: r5 = *(u64 *)(r1 +24)
  372: r5 += 1
  373: *(u64 *)(r1 +24) = r5
  374: goto wake.0
lost.40:
  375: r1 = *(u64 *)(r10 -8)
  376: r5 = *(u64 *)(r1 +32)
  377: r5 += 1
  378: *(u64 *)(r1 +32) = r5
  379: goto exit.1
call.8:
  380: r8 = r7
  381: call GetSmpProcessorId
  382: r0 &= 3
  383: r0 *= 448
  384: r9 = &counters[48]
  386: r9 += r0
  387: r1 = *(u64 *)(r9 +0)
  388: r2 = 114
  389: call function 65475 of the kernel
  390: r6 = r0
  391: r0 = *(u64 *)(r6 +32)
  392: r1 = r8
  393: r1 -= r0
  394: r2 = &state[4]
  396: r2 = *(u32 *)(r2 +0)
  397: if r1 != r2 goto other_task.41
  398: r0 = *(u32 *)(r6 +52)
  399: if r0 != 0 goto task.42
other_task.41:
  400: call GetCurrentTask
  401: *(u64 *)(r9 +0) = r0
  402: r1 = r0
  403: r2 = 114
  404: call function 65475 of the kernel
  405: r6 = r0
  406: r0 = *(u64 *)(r6 +32)
  407: r8 -= r0
  408: r2 = &state[4]
  410: *(u32 *)(r2 +0) = r8
task.42:
  411: r1 = *(u32 *)(r6 +16)
  412: if r1 & 2 goto exit.1
  413: r1 = r9
  414: r1 += 272
  415: *(u64 *)(r10 -8) = r1
  416: r5 = *(u64 *)(r1 +0)
  417: r5 += 1
  418: *(u64 *)(r1 +0) = r5
  419: r1 = map events
  421: r2 = 8
  422: r3 = 0
  423: call RingbufReserve
  424: if r0 == 0 goto lost.45
  425: r9 = r0
  426: r0 = 5
  427: *(u64 *)(r9 +0) = r0
  428: r1 = r9
  429: r2 = 1
  430: call RingbufSubmit
  431: r1 = *(u64 *)(r10 -8)
  432: r5 = *(u64 *)(r1 +24)
  433: r5 += 1
  434: *(u64 *)(r1 +24) = r5
  435: goto wake.0
lost.45:
  436: r1 = *(u64 *)(r10 -8)
  437: r5 = *(u64 *)(r1 +32)
  438: r5 += 1
  439: *(u64 *)(r1 +32) = r5
  440: goto exit.1
wake.0:
  441: r1 = &state[0]
  443: r1 = *(u32 *)(r1 +0)
  444: if r1 == 0 goto exit.1
  445: r1 = map events
  447: r2 = 8
  448: r3 = 0
  449: call RingbufReserve
  450: if r0 == 0 goto exit.1
  451: r1 = &state[0]
  453: r2 = 0
  454: *(u32 *)(r1 +0) = r2
  455: r1 = r0
  456: r2 = 2
  457: call RingbufDiscard
exit.1:
  458: r0 = 0
  459: exit
