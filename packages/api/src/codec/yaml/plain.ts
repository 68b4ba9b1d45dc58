const words: ReadonlyMap<string, boolean | null | number> = new Map<
  string,
  boolean | null | number
>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, null] => [word, null]),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word): [string, boolean] => [word, true],
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word): [string, boolean] => [word, false],
  ),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, number] => [word, Number.NaN]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word): [string, number] => [
    word,
    Number.POSITIVE_INFINITY,
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((word): [string, number] => [word, Number.NEGATIVE_INFINITY]),
]);

const timestamp =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?$/;
const float = /^[-+]?(?:\d*\.)?\d+(?:[eE][-+]?\d+)?$|^[-+]?\d+\.(?:[eE][-+]?\d+)?$/;
const integers: readonly (readonly [form: RegExp, radix: number])[] = [
  [/^[-+]?0[xX]([\da-fA-F]+)$/, 16],
  [/^[-+]?0[bB]([01]+)$/, 2],
  [/^[-+]?0[oO]?([0-7]+)$/, 8],
  [/^[-+]?(0|[1-9]\d*)$/, 10],
];

/** What a YAML 1.1 scalar without quotes and tag stands for, as go-yaml reads it; texts stand for themselves. */
export function resolvePlain(text: string): string | number | boolean | null {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text) || timestamp.test(text)) return text;
  const digits = text.replaceAll('_', '');
  for (const [form, radix] of integers) {
    const found = form.exec(digits);
    if (found) return Number.parseInt(found[1]!, radix) * (digits.startsWith('-') ? -1 : 1) + 0;
  }
  return float.test(digits) ? Number(digits) : text;
}

const base60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;

/** Without quotes the text would be read as something else. */
export const isAmbiguous = (text: string): boolean =>
  typeof resolvePlain(text) !== 'string' ||
  text === '<<' ||
  timestamp.test(text) ||
  base60.test(text);
