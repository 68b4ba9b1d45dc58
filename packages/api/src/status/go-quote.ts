const named: Readonly<Record<string, string>> = {
  ...{ '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' },
  ...{ '\v': '\\v', '\\': '\\\\', '"': '\\"' },
};
/** What Go does not print as it is: letters, marks, numbers, punctuation, symbols and the space are. Compiled when it is needed: that takes a millisecond. */
const escaped = (): RegExp => /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** A text as Go quotes it (`%q`). */
export const goQuoted = (text: string): string =>
  `"${text.replace(escaped(), (mark) => named[mark] ?? escape(mark.codePointAt(0)!))}"`;

function escape(code: number): string {
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x1_00_00 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
