import { RE2JS } from 're2js';
import { CelError } from '../values/value.ts';

/** So many patterns are kept compiled. */
const keptMax = 500;
const kept = new Map<string, RE2JS>();

/** A pattern of RE2: matched in time that grows with the text alone, however it is written. */
export function pattern(source: string): RE2JS {
  const known = kept.get(source);
  if (known) return known;
  let made: RE2JS;
  try {
    made = RE2JS.compile(source);
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^error parsing regexp: /, '');
    throw new CelError(`error parsing regexp: ${reason}`, { cause });
  }
  if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
  kept.set(source, made);
  return made;
}

/** It occurs in the text. */
export const contains = (text: string, source: string): boolean =>
  pattern(source).matcher(text).find();

/** The first so many places where it occurs; all, when the limit is below zero. */
export function findPattern(text: string, source: string, limit: bigint): string[] {
  const matcher = pattern(source).matcher(text);
  const found: string[] = [];
  while ((limit < 0n || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}
