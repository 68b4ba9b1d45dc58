import { equal } from './equal.ts';

const linesMax = 64;

const text = (value: unknown): string => (value === undefined ? '(absent)' : JSON.stringify(value));

function* walk(path: string, before: unknown, after: unknown): Generator<string> {
  if (equal(before, after)) return;
  const both = [before, after];
  if (both.every((one) => typeof one === 'object' && one !== null)) {
    const [a, b] = both as [Record<string, unknown>, Record<string, unknown>];
    const join = Array.isArray(before)
      ? (key: string) => `${path}[${key}]`
      : (key: string) => (path ? `${path}.${key}` : key);
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      yield* walk(join(key), a[key], b[key]);
    return;
  }
  yield `- ${path}: ${text(before)}`;
  yield `+ ${path}: ${text(after)}`;
}

/** The changed fields, one line for what each was and one for what it became: for people, not for programs. */
export function difference(before: unknown, after: unknown): string {
  const lines = [...walk('', before, after)];
  return lines
    .slice(0, linesMax)
    .map((line) => `${line}\n`)
    .join('');
}
