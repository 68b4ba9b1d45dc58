/** One term of a field selector, values unescaped. */
export interface FieldTerm {
  readonly field: string;
  readonly equal: boolean; // '=' and '==', or '!='
  readonly value: string;
}

/** All terms must hold. A field that an object lacks counts as ''. */
export type FieldSelector = readonly FieldTerm[];

/** Why a text is no field selector, in upstream's words. */
export class FieldSelectorError extends Error {}

/** Reads `metadata.name=web,status.phase!=Running`, with `\,` `\=` `\\` in values. Throws FieldSelectorError. */
export function parseFieldSelector(text: string): FieldSelector {
  return splitTerms(text)
    .toSorted()
    .filter((term) => term !== '')
    .map((term) => {
      const match = /!=|==|=/.exec(term);
      if (!match)
        throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
      return {
        field: term.slice(0, match.index),
        equal: match[0] !== '!=',
        value: unescape(term.slice(match.index + match[0].length)),
      };
    });
}

/** The terms between commas; an escaped comma separates nothing. */
function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++)
    if (text[at] === '\\') at++;
    else if (text[at] === ',') {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  return [...terms, text.slice(start)];
}

function unescape(value: string): string {
  let plain = '';
  for (let at = 0; at < value.length; at++) {
    const found = value[at]!;
    if (found === ',' || found === '=')
      // Upstream prints the number of the character here.
      throw new FieldSelectorError(
        `invalid field selector: unescaped character in value: ${found.charCodeAt(0)}`,
      );
    if (found !== '\\') {
      plain += found;
      continue;
    }
    const escaped = value[++at] ?? '';
    if (escaped === '' || !'\\,='.includes(escaped))
      throw new FieldSelectorError(`invalid field selector: invalid escape sequence: \\${escaped}`);
    plain += escaped;
  }
  return plain;
}

/** A value as a field selector's text must write it. */
export const escapeFieldValue = (value: string): string => value.replaceAll(/[\\,=]/g, '\\$&');

/** The selector's text as upstream prints it. */
export const fieldSelectorText = (selector: FieldSelector): string =>
  selector
    .map(({ field, equal, value }) => `${field}${equal ? '=' : '!='}${escapeFieldValue(value)}`)
    .join(',');

/** Whether all terms hold, `valueOf` giving the object's fields. */
export const matchesFields = (
  selector: FieldSelector,
  valueOf: (field: string) => string | undefined,
): boolean =>
  selector.every(({ field, equal, value }) => ((valueOf(field) ?? '') === value) === equal);

/** The one value a selector asks of a field, if it asks for exactly one. */
export const exactField = (selector: FieldSelector, field: string): string | undefined =>
  selector.find((term) => term.equal && term.field === field)?.value;
