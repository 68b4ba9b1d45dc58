import { equal } from './equal.ts';
import { forbiddenField, type Rules } from './field.ts';

/** What the values of one Secret or ConfigMap may weigh together. */
export const dataBytesMax: number = 1024 * 1024;

/** Bytes behind a base64 text. */
export const base64Bytes = (text: string): number =>
  (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);

/** The text behind base64, decoded as UTF-8. */
export const base64Text = (text: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.codePointAt(0)!));

export function sizeOf(
  values: Readonly<Record<string, string>>,
  bytes: (value: string) => number,
): number {
  let total = 0;
  for (const key in values) total += bytes(values[key]!);
  return total;
}

interface MaybeImmutable {
  readonly immutable?: boolean | undefined;
}

/** Once `immutable` is set, neither it nor the data may change. */
export function* immutableData<T extends MaybeImmutable>(
  next: T,
  before: T,
  fields: readonly (keyof T & string)[],
): Rules {
  if (!before.immutable) return;
  const why = 'field is immutable when `immutable` is set';
  if (!next.immutable) yield forbiddenField('immutable', why);
  for (const field of fields)
    if (!equal(next[field], before[field])) yield forbiddenField(field, why);
}
