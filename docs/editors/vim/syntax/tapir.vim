" Vim syntax file: scripts of tapir, in SystemTap's language
if exists("b:current_syntax")
  finish
endif

syntax iskeyword @,48-57,_

syntax keyword tapirDeclaration probe global function private
syntax keyword tapirType string long
syntax keyword tapirConditional if else
syntax keyword tapirRepeat for foreach while in limit
syntax keyword tapirStatement return delete break continue next
syntax keyword tapirException try catch
syntax keyword tapirPrint print print_char printd printdln printf println sprint sprintd sprintdln sprintf sprintln

syntax match tapirMacro "@\h\w*"
syntax match tapirAt "@\(avg\|cast\|const\|count\|defined\|entry\|enum\|enumname\|hist_linear\|hist_log\|kderef\|kregister\|max\|min\|perf\|probewrite\|sum\|uderef\|uregister\|var\|variance\)\>"
syntax match tapirDefine "@define\>"
syntax match tapirTarget "\$\+\h\w*\$*"
syntax match tapirArgument "[$@]\(\d\+\|#\)"
syntax match tapirNumber "\<\(0[xX]\x\+\|\d\+\)\>"
syntax match tapirPreproc "%[(?:)]"
syntax match tapirFormat contained "%[-+ 0#]\?\(\d\+\|\*\)\?\(\.\(\d\+\|\*\)\?\)\?l*[diuxXopcsbmMn%]"
syntax match tapirEscape contained "\\\(\o\{1,3}\|x\x\+\|.\)"
syntax region tapirString start=+"+ skip=+\\\\\|\\"+ end=+"+ contains=tapirFormat,tapirEscape
syntax match tapirComment "[$@]\@1<!#.*$"
syntax match tapirComment "//.*$"
syntax region tapirComment start="/\*" end="\*/"
syntax region tapirEmbedded start="%{" end="%}"

highlight default link tapirDeclaration Keyword
highlight default link tapirType Type
highlight default link tapirConditional Conditional
highlight default link tapirRepeat Repeat
highlight default link tapirStatement Statement
highlight default link tapirException Exception
highlight default link tapirPrint Function
highlight default link tapirMacro Macro
highlight default link tapirAt Operator
highlight default link tapirDefine Define
highlight default link tapirTarget Identifier
highlight default link tapirArgument Special
highlight default link tapirNumber Number
highlight default link tapirPreproc PreCondit
highlight default link tapirFormat SpecialChar
highlight default link tapirEscape SpecialChar
highlight default link tapirString String
highlight default link tapirComment Comment
highlight default link tapirEmbedded PreProc

let b:current_syntax = "tapir"
