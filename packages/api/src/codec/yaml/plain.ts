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

const date = /^(\d{4})-(\d{1,2})-(\d{1,2})/;
const time =
  /^(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const integers: readonly (readonly [form: RegExp, prefix: string])[] = [
  [/^[-+]?0[xX]([\da-fA-F]+)$/, '0x'],
  [/^[-+]?0[bB]([01]+)$/, '0b'],
  [/^[-+]?0[oO]?([0-7]+)$/, '0o'],
  [/^[-+]?(0|[1-9]\d*)$/, ''],
];

/** Whether go-yaml reads a day, or a time of one, which stays a text. */
export function isTimestamp(text: string): boolean {
  const found = date.exec(text);
  const clock = found && time.exec(text.slice(found[0].length));
  if (!clock) return false;
  const [, year, month, day] = found.map(Number) as [number, number, number, number];
  const [hour, minute, second] = (clock[1] ? clock.slice(1, 4) : clock.slice(4)).map(Number);
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= new Date(Date.UTC(year, month, 0)).getUTCDate() &&
    !(hour! > 23 || minute! > 59 || second! > 59)
  );
}

/** A number of 64 bits that the digits stand for; undefined where they are none. */
function integerOf(digits: string): number | undefined {
  for (const [form, prefix] of integers) {
    const found = form.exec(digits);
    if (!found) continue;
    const size = BigInt(prefix + found[1]!);
    const isNegative = digits.startsWith('-');
    if (
      size >= 1n << (isNegative || digits.startsWith('+') ? 63n : 64n) &&
      !(isNegative && size === 1n << 63n)
    )
      return undefined;
    return isNegative ? 0 - Number(size) : Number(size);
  }
  return undefined;
}

/** What a scalar without quotes stands for, and the kind that go-yaml gives it. */
export interface Resolved {
  readonly value: string | number | boolean | null;
  readonly kind: 'str' | 'bool' | 'int' | 'float' | 'null' | 'merge' | 'timestamp';
}

/** A YAML 1.1 scalar without quotes as go-yaml reads it; texts stand for themselves. */
export function resolveScalar(text: string): Resolved {
  const word = words.get(text);
  if (word === null) return { value: null, kind: 'null' };
  if (word !== undefined)
    return { value: word, kind: typeof word === 'boolean' ? 'bool' : 'float' };
  if (text === '<<') return { value: text, kind: 'merge' };
  if (/^[-+.\d]/.test(text)) {
    if (isTimestamp(text)) return { value: text, kind: 'timestamp' };
    const digits = text.replaceAll(text.startsWith('.') ? /(?<=\d)_(?=\d)/g : '_', '');
    const integer = integerOf(digits);
    if (integer !== undefined) return { value: integer, kind: 'int' };
    if (float.test(digits) && Number.isFinite(Number(digits)))
      return { value: Number(digits), kind: 'float' };
  }
  return { value: text, kind: 'str' };
}

/** What a YAML 1.1 scalar without quotes and tag stands for. */
export const resolvePlain = (text: string): Resolved['value'] => resolveScalar(text).value;

const base60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;

/** Without quotes the text would be read as something else. */
export const isAmbiguous = (text: string): boolean =>
  resolveScalar(text).kind !== 'str' || base60.test(text);
