import { encodeJson } from '../../codec/json/encode.ts';
import type { FieldSet } from './field-set.ts';

/** Sets that are kept; the oldest go first. */
const sharedMax = 2048;

const byText = new Map<string, FieldSet>();
const texts = new Map<FieldSet, string>();

/**
 * The one object for all equal sets that were met lately, whose text is known from then on. For sets that come again and
 * again: what the maker of thousands of like objects owns in each of them.
 */
export function sharedSet(set: FieldSet): FieldSet {
  if (texts.has(set)) return set;
  const text = encodeJson(set);
  const known = byText.get(text);
  if (known !== undefined) return known;
  if (byText.size >= sharedMax) {
    const [oldest, gone] = byText.entries().next().value!;
    byText.delete(oldest);
    texts.delete(gone);
  }
  byText.set(text, set);
  texts.set(set, text);
  return set;
}

/** The JSON of a shared set. */
export const sharedText = (set: object): string | undefined => texts.get(set as FieldSet);
