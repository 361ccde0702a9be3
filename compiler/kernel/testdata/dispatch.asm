map state: 64 bytes
map counters: 1792 bytes, 7 probes on 4 CPUs
program sys_enter: 488 instructions
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
   47: call GetSmpProcessorId
   48: r0 &= 3
   49: r0 *= 448
   50: r1 = &counters[0]
   52: r1 += r0
   53: *(u64 *)(r10 -8) = r1
   54: r5 = *(u64 *)(r1 +0)
   55: r5 += 1
   56: *(u64 *)(r1 +0) = r5
   57: r1 = map events
   59: r2 = 8
   60: r3 = 0
   61: call RingbufReserve
   62: if r0 == 0 goto lost.15
   63: r9 = r0
   64: r0 = 0
   65: *(u64 *)(r9 +0) = r0
   66: r1 = r9
   67: r2 = 1
   68: call RingbufSubmit
   69: r1 = *(u64 *)(r10 -8)
   70: r5 = *(u64 *)(r1 +24)
   71: r5 += 1
   72: *(u64 *)(r1 +24) = r5
   73: goto wake.0
lost.15:
   74: r1 = *(u64 *)(r10 -8)
   75: r5 = *(u64 *)(r1 +32)
   76: r5 += 1
   77: *(u64 *)(r1 +32) = r5
   78: goto exit.1
call.3:
   79: r8 = r7
   80: call GetSmpProcessorId
   81: r0 &= 3
   82: r0 *= 448
   83: r9 = &counters[48]
   85: r9 += r0
   86: r1 = *(u64 *)(r9 +0)
   87: r2 = 114
   88: call function 65475 of the kernel
   89: r6 = r0
   90: r0 = *(u64 *)(r6 +32)
   91: r1 = r8
   92: r1 -= r0
   93: r2 = &state[4]
   95: r2 = *(u32 *)(r2 +0)
   96: if r1 != r2 goto other_task.16
   97: r0 = *(u32 *)(r6 +52)
   98: if r0 != 0 goto task.17
other_task.16:
   99: call GetCurrentTask
  100: *(u64 *)(r9 +0) = r0
  101: r1 = r0
  102: r2 = 114
  103: call function 65475 of the kernel
  104: r6 = r0
  105: r0 = *(u64 *)(r6 +32)
  106: r8 -= r0
  107: r2 = &state[4]
  109: *(u32 *)(r2 +0) = r8
task.17:
  110: r1 = *(u32 *)(r6 +16)
  111: if r1 & 2 goto exit.1
  112: call GetSmpProcessorId
  113: r0 &= 3
  114: r0 *= 448
  115: r1 = &counters[64]
  117: r1 += r0
  118: *(u64 *)(r10 -8) = r1
  119: r5 = *(u64 *)(r1 +0)
  120: r5 += 1
  121: *(u64 *)(r1 +0) = r5
  122: r1 = map events
  124: r2 = 8
  125: r3 = 0
  126: call RingbufReserve
  127: if r0 == 0 goto lost.20
  128: r9 = r0
  129: r0 = 1
  130: *(u64 *)(r9 +0) = r0
  131: r1 = r9
  132: r2 = 1
  133: call RingbufSubmit
  134: r1 = *(u64 *)(r10 -8)
  135: r5 = *(u64 *)(r1 +24)
  136: r5 += 1
  137: *(u64 *)(r1 +24) = r5
  138: goto wake.0
lost.20:
  139: r1 = *(u64 *)(r10 -8)
  140: r5 = *(u64 *)(r1 +32)
  141: r5 += 1
  142: *(u64 *)(r1 +32) = r5
  143: goto exit.1
call.4:
  144: r8 = r7
  145: call GetSmpProcessorId
  146: r0 &= 3
  147: r0 *= 448
  148: r9 = &counters[48]
  150: r9 += r0
  151: r1 = *(u64 *)(r9 +0)
  152: r2 = 114
  153: call function 65475 of the kernel
  154: r6 = r0
  155: r0 = *(u64 *)(r6 +32)
  156: r1 = r8
  157: r1 -= r0
  158: r2 = &state[4]
  160: r2 = *(u32 *)(r2 +0)
  161: if r1 != r2 goto other_task.21
  162: r0 = *(u32 *)(r6 +52)
  163: if r0 != 0 goto task.22
other_task.21:
  164: call GetCurrentTask
  165: *(u64 *)(r9 +0) = r0
  166: r1 = r0
  167: r2 = 114
  168: call function 65475 of the kernel
  169: r6 = r0
  170: r0 = *(u64 *)(r6 +32)
  171: r8 -= r0
  172: r2 = &state[4]
  174: *(u32 *)(r2 +0) = r8
task.22:
  175: r1 = *(u32 *)(r6 +16)
  176: if r1 & 2 goto exit.1
  177: call GetSmpProcessorId
  178: r0 &= 3
  179: r0 *= 448
  180: r1 = &counters[128]
  182: r1 += r0
  183: *(u64 *)(r10 -8) = r1
  184: r5 = *(u64 *)(r1 +0)
  185: r5 += 1
  186: *(u64 *)(r1 +0) = r5
  187: r1 = map events
  189: r2 = 8
  190: r3 = 0
  191: call RingbufReserve
  192: if r0 == 0 goto lost.25
  193: r9 = r0
  194: r0 = 2
  195: *(u64 *)(r9 +0) = r0
  196: r1 = r9
  197: r2 = 1
  198: call RingbufSubmit
  199: r1 = *(u64 *)(r10 -8)
  200: r5 = *(u64 *)(r1 +24)
  201: r5 += 1
  202: *(u64 *)(r1 +24) = r5
  203: goto wake.0
lost.25:
  204: r1 = *(u64 *)(r10 -8)
  205: r5 = *(u64 *)(r1 +32)
  206: r5 += 1
  207: *(u64 *)(r1 +32) = r5
  208: goto exit.1
call.5:
  209: r8 = r7
  210: call GetSmpProcessorId
  211: r0 &= 3
  212: r0 *= 448
  213: r9 = &counters[48]
  215: r9 += r0
  216: r1 = *(u64 *)(r9 +0)
  217: r2 = 114
  218: call function 65475 of the kernel
  219: r6 = r0
  220: r0 = *(u64 *)(r6 +32)
  221: r1 = r8
  222: r1 -= r0
  223: r2 = &state[4]
  225: r2 = *(u32 *)(r2 +0)
  226: if r1 != r2 goto other_task.26
  227: r0 = *(u32 *)(r6 +52)
  228: if r0 != 0 goto task.27
other_task.26:
  229: call GetCurrentTask
  230: *(u64 *)(r9 +0) = r0
  231: r1 = r0
  232: r2 = 114
  233: call function 65475 of the kernel
  234: r6 = r0
  235: r0 = *(u64 *)(r6 +32)
  236: r8 -= r0
  237: r2 = &state[4]
  239: *(u32 *)(r2 +0) = r8
task.27:
  240: r1 = *(u32 *)(r6 +16)
  241: if r1 & 2 goto exit.1
  242: call GetSmpProcessorId
  243: r0 &= 3
  244: r0 *= 448
  245: r1 = &counters[192]
  247: r1 += r0
  248: *(u64 *)(r10 -8) = r1
  249: r5 = *(u64 *)(r1 +0)
  250: r5 += 1
  251: *(u64 *)(r1 +0) = r5
  252: r1 = map events
  254: r2 = 8
  255: r3 = 0
  256: call RingbufReserve
  257: if r0 == 0 goto lost.30
  258: r9 = r0
  259: r0 = 3
  260: *(u64 *)(r9 +0) = r0
  261: r1 = r9
  262: r2 = 1
  263: call RingbufSubmit
  264: r1 = *(u64 *)(r10 -8)
  265: r5 = *(u64 *)(r1 +24)
  266: r5 += 1
  267: *(u64 *)(r1 +24) = r5
  268: goto wake.0
lost.30:
  269: r1 = *(u64 *)(r10 -8)
  270: r5 = *(u64 *)(r1 +32)
  271: r5 += 1
  272: *(u64 *)(r1 +32) = r5
  273: goto exit.1
call.6:
  274: r8 = r7
  275: call GetSmpProcessorId
  276: r0 &= 3
  277: r0 *= 448
  278: r9 = &counters[48]
  280: r9 += r0
  281: r1 = *(u64 *)(r9 +0)
  282: r2 = 114
  283: call function 65475 of the kernel
  284: r6 = r0
  285: r0 = *(u64 *)(r6 +32)
  286: r1 = r8
  287: r1 -= r0
  288: r2 = &state[4]
  290: r2 = *(u32 *)(r2 +0)
  291: if r1 != r2 goto other_task.31
  292: r0 = *(u32 *)(r6 +52)
  293: if r0 != 0 goto task.32
other_task.31:
  294: call GetCurrentTask
  295: *(u64 *)(r9 +0) = r0
  296: r1 = r0
  297: r2 = 114
  298: call function 65475 of the kernel
  299: r6 = r0
  300: r0 = *(u64 *)(r6 +32)
  301: r8 -= r0
  302: r2 = &state[4]
  304: *(u32 *)(r2 +0) = r8
task.32:
  305: r1 = *(u32 *)(r6 +16)
  306: if r1 & 2 goto exit.1
  307: call GetSmpProcessorId
  308: r0 &= 3
  309: r0 *= 448
  310: r1 = &counters[256]
  312: r1 += r0
  313: *(u64 *)(r10 -8) = r1
  314: r5 = *(u64 *)(r1 +0)
  315: r5 += 1
  316: *(u64 *)(r1 +0) = r5
  317: r1 = map events
  319: r2 = 8
  320: r3 = 0
  321: call RingbufReserve
  322: if r0 == 0 goto lost.35
  323: r9 = r0
  324: r0 = 4
  325: *(u64 *)(r9 +0) = r0
  326: r1 = r9
  327: r2 = 1
  328: call RingbufSubmit
  329: r1 = *(u64 *)(r10 -8)
  330: r5 = *(u64 *)(r1 +24)
  331: r5 += 1
  332: *(u64 *)(r1 +24) = r5
  333: goto wake.0
lost.35:
  334: r1 = *(u64 *)(r10 -8)
  335: r5 = *(u64 *)(r1 +32)
  336: r5 += 1
  337: *(u64 *)(r1 +32) = r5
  338: goto exit.1
call.7:
  339: r8 = r7
  340: call GetSmpProcessorId
  341: r0 &= 3
  342: r0 *= 448
  343: r9 = &counters[48]
  345: r9 += r0
  346: r1 = *(u64 *)(r9 +0)
  347: r2 = 114
  348: call function 65475 of the kernel
  349: r6 = r0
  350: r0 = *(u64 *)(r6 +32)
  351: r1 = r8
  352: r1 -= r0
  353: r2 = &state[4]
  355: r2 = *(u32 *)(r2 +0)
  356: if r1 != r2 goto other_task.36
  357: r0 = *(u32 *)(r6 +52)
  358: if r0 != 0 goto task.37
other_task.36:
  359: call GetCurrentTask
  360: *(u64 *)(r9 +0) = r0
  361: r1 = r0
  362: r2 = 114
  363: call function 65475 of the kernel
  364: r6 = r0
  365: r0 = *(u64 *)(r6 +32)
  366: r8 -= r0
  367: r2 = &state[4]
  369: *(u32 *)(r2 +0) = r8
task.37:
  370: r1 = *(u32 *)(r6 +16)
  371: if r1 & 2 goto exit.1
  372: call GetSmpProcessorId
  373: r0 &= 3
  374: r0 *= 448
  375: r1 = &counters[384]
  377: r1 += r0
  378: *(u64 *)(r10 -8) = r1
  379: r5 = *(u64 *)(r1 +0)
  380: r5 += 1
  381: *(u64 *)(r1 +0) = r5
  382: r1 = map events
  384: r2 = 8
  385: r3 = 0
  386: call RingbufReserve
  387: if r0 == 0 goto lost.40
  388: r9 = r0
  389: r0 = 6
  390: *(u64 *)(r9 +0) = r0
  391: r1 = r9
  392: r2 = 1
  393: call RingbufSubmit
  394: r1 = *(u64 *)(r10 -8)
  395: r5 = *(u64 *)(r1 +24)
  396: r5 += 1
  397: *(u64 *)(r1 +24) = r5
  398: goto wake.0
lost.40:
  399: r1 = *(u64 *)(r10 -8)
  400: r5 = *(u64 *)(r1 +32)
  401: r5 += 1
  402: *(u64 *)(r1 +32) = r5
  403: goto exit.1
call.8:
  404: r8 = r7
  405: call GetSmpProcessorId
  406: r0 &= 3
  407: r0 *= 448
  408: r9 = &counters[48]
  410: r9 += r0
  411: r1 = *(u64 *)(r9 +0)
  412: r2 = 114
  413: call function 65475 of the kernel
  414: r6 = r0
  415: r0 = *(u64 *)(r6 +32)
  416: r1 = r8
  417: r1 -= r0
  418: r2 = &state[4]
  420: r2 = *(u32 *)(r2 +0)
  421: if r1 != r2 goto other_task.41
  422: r0 = *(u32 *)(r6 +52)
  423: if r0 != 0 goto task.42
other_task.41:
  424: call GetCurrentTask
  425: *(u64 *)(r9 +0) = r0
  426: r1 = r0
  427: r2 = 114
  428: call function 65475 of the kernel
  429: r6 = r0
  430: r0 = *(u64 *)(r6 +32)
  431: r8 -= r0
  432: r2 = &state[4]
  434: *(u32 *)(r2 +0) = r8
task.42:
  435: r1 = *(u32 *)(r6 +16)
  436: if r1 & 2 goto exit.1
  437: call GetSmpProcessorId
  438: r0 &= 3
  439: r0 *= 448
  440: r1 = &counters[320]
  442: r1 += r0
  443: *(u64 *)(r10 -8) = r1
  444: r5 = *(u64 *)(r1 +0)
  445: r5 += 1
  446: *(u64 *)(r1 +0) = r5
  447: r1 = map events
  449: r2 = 8
  450: r3 = 0
  451: call RingbufReserve
  452: if r0 == 0 goto lost.45
  453: r9 = r0
  454: r0 = 5
  455: *(u64 *)(r9 +0) = r0
  456: r1 = r9
  457: r2 = 1
  458: call RingbufSubmit
  459: r1 = *(u64 *)(r10 -8)
  460: r5 = *(u64 *)(r1 +24)
  461: r5 += 1
  462: *(u64 *)(r1 +24) = r5
  463: goto wake.0
lost.45:
  464: r1 = *(u64 *)(r10 -8)
  465: r5 = *(u64 *)(r1 +32)
  466: r5 += 1
  467: *(u64 *)(r1 +32) = r5
  468: goto exit.1
wake.0:
  469: r1 = &state[0]
  471: r1 = *(u32 *)(r1 +0)
  472: if r1 == 0 goto exit.1
  473: r1 = map events
  475: r2 = 8
  476: r3 = 0
  477: call RingbufReserve
  478: if r0 == 0 goto exit.1
  479: r1 = &state[0]
  481: r2 = 0
  482: *(u32 *)(r1 +0) = r2
  483: r1 = r0
  484: r2 = 2
  485: call RingbufDiscard
exit.1:
  486: r0 = 0
  487: exit
