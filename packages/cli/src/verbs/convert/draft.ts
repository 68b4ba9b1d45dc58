import type { Facts } from '@coxswain/base';
import type { NoteName } from '../../messages/en.ts';

/** A manifest, or a part of one, that is being rewritten. */
export type Draft = Record<string, any>;

/** Tells the user what was changed beyond the version. */
export type Tell = (note: NoteName, facts?: Facts) => void;

/** Rewrites a manifest in place for the version it goes to. */
export type Change = (object: Draft, tell: Tell) => void;

/** The items of a list that may be absent. */
export const each = (list: unknown): readonly Draft[] =>
  Array.isArray(list) ? list.filter((item) => typeof item === 'object' && item !== null) : [];

/** Writes down a default of the old version where today's has another one. */
export function keep(
  part: Draft,
  path: string,
  value: boolean | number | string | readonly string[],
  tell: Tell,
  at = '',
): void {
  const names = path.split('.');
  const last = names.pop()!;
  let place = part;
  for (const name of names) place = place[name] ??= {};
  if (place[last] !== undefined) return;
  place[last] = value;
  tell('kept', {
    field: at + path,
    value: typeof value === 'object' ? value.join(', ') : String(value),
  });
}

/** Gives a field its new name. */
export function rename(part: Draft, from: string, to: string, tell: Tell, at = ''): void {
  if (part[from] === undefined) return;
  part[to] = part[from];
  delete part[from];
  tell('renamed', { from: at + from, to });
}

/** Leaves out what today's version does not have. */
export function drop(part: Draft | undefined, field: string, tell: Tell, at = ''): void {
  if (part?.[field] === undefined) return;
  delete part[field];
  tell('dropped', { field: at + field });
}
