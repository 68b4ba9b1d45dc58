import type { Unstructured } from '../../objects/info.ts';
import { goText } from '../../printers/go-text.ts';
import { entriesOf, labelsOf, type Lines, placed } from './lines.ts';

const acronyms = ['API', 'URL', 'UID', 'GUID'];

/** Words of a camel-cased name: `podCIDRs` is `pod`, `CIDRs`. */
function wordsOf(field: string): readonly string[] {
  const words = field.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}|[^\p{Lu}\p{Ll}]+/gu) ?? [];
  const merged: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const [word = '', next] = [words[at], words[at + 1]];
    const isAcronym = word.length >= 2 && !/\p{Ll}/u.test(word);
    if (isAcronym && next && /^\p{Lu}/u.test(next)) {
      merged.push(word + next);
      at++;
    } else merged.push(word);
  }
  return merged;
}

/** What a field is called: its words, begun with capitals. */
export function labelOf(field: string): string {
  if (!/^[\p{L}-]*$/u.test(field)) return field;
  return wordsOf(field)
    .map((word) => {
      if (acronyms.includes(word.toUpperCase())) return word.toUpperCase();
      return word === word.toLowerCase() ? word.slice(0, 1).toUpperCase() + word.slice(1) : word;
    })
    .join(' ');
}

const shownAbove = ['managedFields', 'name', 'namespace', 'labels', 'annotations'].map(
  (field) => `.metadata.${field}`,
);

const contentLines = (content: object, path = ''): Lines =>
  entriesOf(content as Readonly<Record<string, unknown>>).flatMap(([field, value]): Lines => {
    const own = `${path}.${field}`;
    if (shownAbove.includes(own)) return [];
    if (Array.isArray(value))
      return [
        `${labelOf(field)}:`,
        value.flatMap((each: unknown) => (isMap(each) ? contentLines(each, own) : [goText(each)])),
      ];
    if (isMap(value)) return [`${labelOf(field)}:`, contentLines(value, own)];
    return [`${labelOf(field)}:\t${goText(value)}`];
  });

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object of which nothing is known but its fields. */
export const genericLines = (object: Unstructured): Lines => [
  ...placed(object.metadata),
  ...labelsOf(object.metadata),
  ...contentLines(object),
];
