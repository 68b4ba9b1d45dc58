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
  local rest=\${COMP_LINE:0:COMP_POINT} cur=\${COMP_WORDS[COMP_CWORD]} words=() word bare out does line
  # bash takes words apart at equals signs and colons: what no space parts is one word again.
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    bare=\${rest#"\${rest%%[![:space:]]*}"}
    if [[ $bare == "$rest" && \${#words[@]} -gt 0 ]]; then words[-1]+=$word; else words+=("$word"); fi
    rest=\${bare#"$word"}
  done
  if [[ $cur == [=:] ]]; then cur=""; fi
  out=$("\${words[0]}" __completeNoDesc "\${words[@]:1}" 2>/dev/null) || return
  does=\${out##*:}
  out=\${out%:*}
  COMPREPLY=()
  if (( does & 8 )); then
    while IFS= read -r line; do
      [[ -d $line || $'\\n'$out == *$'\\n'"\${line##*.}"$'\\n'* ]] && COMPREPLY+=("$line")
    done < <(compgen -f -- "$cur")
    compopt -o filenames
    return
  fi
  local value=\${words[-1]}
  [[ $value == -*=* ]] && value=\${value#*=}
  while IFS= read -r line; do
    [[ -n $line && $line == "$value"* ]] && COMPREPLY+=("\${line#"\${value%"$cur"}"}")
  done <<< "$out"
  (( does & 2 )) && compopt -o nospace
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
  # What stands before the value in --flag=value stays.
  if [[ $PREFIX == -*=* ]]; then IPREFIX+=\${PREFIX%%=*}= PREFIX=\${PREFIX#*=}; fi
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
  set -l typed (commandline -ct)
  set -l words (commandline -opc) $typed
  set -l out ($words[1] __complete $words[2..-1] 2>/dev/null)
  or return
  set -l does (string sub -s 2 -- $out[-1])
  set -l found $out[1..-2]
  # What stands before the value in --flag=value stays.
  set -l flag (string match -r -- '^-[^=]*=' $typed)
  set -l value (string replace -r -- '^-[^=]*=' '' $typed)
  if test (math "bitand($does, 8)") -ne 0
    set -l endings (string join '|' $found)
    set found (__fish_complete_path $value | string match -r -- '^[^\\t]*(?:/|\\.(?:'$endings'))(?:\\t.*)?$')
  else if test (count $found) -eq 0 -a (math "bitand($does, 4)") -eq 0
    set found (__fish_complete_path $value)
  end
  for line in $found
    echo "$flag$line"
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
