/** The words that shells know completion scripts by. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/**
 * Scripts that ask `PROGRAM __complete WORDS...` for what a word may become. Its last line is `:` and a sum of what the
 * shell should do: 2 no space behind the word, 4 no names of files, 8 the words are endings of files.
 */
export const completionScript = (shell: Shell, program: string): string =>
  scripts[shell].replaceAll('PROGRAM', program);

const scripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of PROGRAM for bash. Load it now with:  source <(PROGRAM completion bash)
# and in every shell with:  PROGRAM completion bash > ~/.local/share/bash-completion/completions/PROGRAM
__PROGRAM_complete() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}") cur="\${COMP_WORDS[COMP_CWORD]}" out does line
  if [[ $cur == "=" ]]; then cur=""; fi
  # bash takes --flag=value apart at the equals sign: together again it is one word.
  local whole=() word
  for word in "\${words[@]}"; do
    if [[ $word == "=" && \${#whole[@]} -gt 0 ]] || [[ \${#whole[@]} -gt 0 && \${whole[-1]} == --*= ]]; then
      whole[-1]+="$word"
    else
      whole+=("$word")
    fi
  done
  out=$("\${COMP_WORDS[0]}" __completeNoDesc "\${whole[@]}" 2>/dev/null) || return
  does=\${out##*:}
  out=\${out%:*}
  COMPREPLY=()
  if (( does & 8 )); then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
    compopt -o filenames
    return
  fi
  while IFS= read -r line; do
    [[ $line == *=* && $line == "\${whole[-1]%%=*}="* && \${whole[-1]} == *=* ]] && line=\${line#*=}
    [[ -n $line && $line == "$cur"* ]] && COMPREPLY+=("$line")
  done <<< "$out"
  (( does & 2 )) && compopt -o nospace
  [[ \${#COMPREPLY[@]} -eq 1 && ( \${COMPREPLY[0]} == *= || \${COMPREPLY[0]} == */ ) ]] && compopt -o nospace
  if (( \${#COMPREPLY[@]} == 0 && ! (does & 4) )); then compopt -o default; fi
}
complete -F __PROGRAM_complete PROGRAM
`,
  zsh: `#compdef PROGRAM
# Completion of PROGRAM for zsh. Load it now with:  source <(PROGRAM completion zsh)
# and in every shell with:  PROGRAM completion zsh > "\${fpath[1]}/_PROGRAM"
_PROGRAM() {
  local out does line word help
  local -a found
  out=$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null) || return
  does=\${out##*:}
  for line in "\${(@f)\${out%:*}}"; do
    [[ -z $line ]] && continue
    word=\${line%%$'\\t'*}
    help=\${line#*$'\\t'}
    word=\${word//:/\\\\:}
    if [[ $line == *$'\\t'* ]]; then found+=("$word:$help"); else found+=("$word"); fi
  done
  if (( does & 8 )); then _files -g '*.(json|yaml|yml)'; return; fi
  if (( \${#found} )); then
    if (( does & 2 )); then _describe -V 'PROGRAM' found -S ''; else _describe -V 'PROGRAM' found; fi
  elif (( ! (does & 4) )); then
    _files
  fi
}
compdef _PROGRAM PROGRAM
[[ $funcstack[1] == _PROGRAM ]] && _PROGRAM
`,
  fish: `# Completion of PROGRAM for fish. Load it now with:  PROGRAM completion fish | source
# and in every shell with:  PROGRAM completion fish > ~/.config/fish/completions/PROGRAM.fish
function __PROGRAM_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l out ($words[1] __complete $words[2..-1] 2>/dev/null)
  or return
  set -l does (string sub -s 2 -- $out[-1])
  if test (math "bitand($does, 8)") -ne 0
    __fish_complete_suffix (commandline -ct) .yaml .yml .json
    return
  end
  set -l found $out[1..-2]
  if test (count $found) -eq 0 -a (math "bitand($does, 4)") -eq 0
    __fish_complete_path (commandline -ct)
    return
  end
  for line in $found
    echo $line
  end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
`,
  powershell: `# Completion of PROGRAM for PowerShell. Load it now with:  PROGRAM completion powershell | Out-String | Invoke-Expression
# and in every shell by the same line in $PROFILE
Register-ArgumentCompleter -Native -CommandName PROGRAM -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $program = $words[0]
  $given = @($words | Select-Object -Skip 1)
  if ($wordToComplete -eq '') { $given += '""' }
  $out = @(& $program __complete @given 2>$null)
  if ($out.Count -eq 0) { return }
  $out | Select-Object -SkipLast 1 | ForEach-Object {
    $word, $help = $_ -split "\`t", 2
    if (-not $help) { $help = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $help)
  }
}
`,
};
