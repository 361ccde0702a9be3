autocmd BufRead,BufNewFile *.tp,*.stp,*.tpm,*.stpm setfiletype tapir
autocmd BufRead * if getline(1) =~# '^#!.*\<\(tapir\|stap\)\>' | setfiletype tapir | endif
