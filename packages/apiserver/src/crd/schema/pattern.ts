/** Most patterns kept compiled. */
const keptMax = 1024;
const kept = new Map<string, RegExp | string>();

const classes: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** The pattern compiled, of Go's spelling; its error text where it is none. */
export function compilePattern(pattern: string): RegExp | string {
  let found = kept.get(pattern);
  if (found === undefined) {
    found = compile(pattern);
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
    kept.set(pattern, found);
  }
  return found;
}

function compile(pattern: string): RegExp | string {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const body = (flags ? pattern.slice(flags[0].length) : pattern)
    .replaceAll(/\[:(\w+):\]/g, (all, name: string) => classes[name] ?? all)
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('(?P<', '(?<');
  const own = flags?.[1] ?? '';
  try {
    return new RegExp(body, `${own}u`);
  } catch {
    try {
      return new RegExp(body, own); // escapes that are none are taken here, as Go takes some
    } catch {
      return goError(pattern);
    }
  }
}

/** What Go says of the commonest slips. */
function goError(pattern: string): string {
  const say = (what: string, at: string): string => `error parsing regexp: ${what}: \`${at}\``;
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const found = pattern[at]!;
    if (found === '\\') {
      if (at === pattern.length - 1) return 'error parsing regexp: trailing backslash at end of expression: ``';
      at++;
    } else if (found === '[') {
      const close = pattern.indexOf(']', at + 2);
      if (close < 0) return say('missing closing ]', pattern.slice(at));
      at = close;
    } else if (found === '(') {
      if (/^\(\?(?:[=!]|<[=!])/.test(pattern.slice(at)))
        return say('invalid or unsupported Perl syntax', pattern.slice(at, at + 3));
      depth++;
    } else if (found === ')' && --depth < 0) return say('unexpected )', pattern);
    else if ('*+?'.includes(found) && (at === 0 || '(|'.includes(pattern[at - 1]!)))
      return say('missing argument to repetition operator', found);
  }
  return depth > 0 ? say('missing closing )', pattern) : say('invalid character class range', pattern);
}
