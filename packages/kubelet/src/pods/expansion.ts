/** `$(NAME)` becomes what `lookup` gives; unknown names stay as written, and `$$` is an escaped `$`. */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('$'); at >= 0 && at + 1 < text.length; at = text.indexOf('$', from)) {
    result += text.slice(from, at);
    const next = text[at + 1];
    const end = next === '(' ? text.indexOf(')', at + 2) : -1;
    if (end >= 0) {
      const name = text.slice(at + 2, end);
      result += lookup(name) ?? `$(${name})`;
      from = end + 1;
    } else {
      result += next === '$' ? '$' : next === '(' ? '$(' : `$${next}`;
      from = at + 2;
    }
  }
  return result + text.slice(from);
}
