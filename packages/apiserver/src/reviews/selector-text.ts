import { requirement } from '@coxswain/api/labels';

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** A selector that a review carries, raw or as a list of requirements. */
export type ReviewedSelector =
  | {
      readonly rawSelector?: string | undefined;
      readonly requirements?: readonly Requirement[] | undefined;
    }
  | undefined;

/** What is understood of a selector, as text, and whether something was not. */
export interface ReadSelector {
  readonly text: string;
  readonly isPartial: boolean;
}

/** Reads the selector; requirements that nobody understands are left out. */
export function readSelector(
  selector: ReviewedSelector,
  sort: 'fieldSelector' | 'labelSelector',
  parse: (text: string) => unknown,
): ReadSelector {
  const { rawSelector = '', requirements = [] } = selector ?? {};
  const texts = rawSelector
    ? [rawSelector]
    : requirements.map((each) => (sort === 'fieldSelector' ? fieldText(each) : labelText(each)));
  const good = texts.filter((text) => text !== undefined && isGood(text, parse));
  return { text: good.join(','), isPartial: good.length < texts.length };
}

function isGood(text: string, parse: (text: string) => unknown): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false; // told of as an evaluation error
  }
}

/** Fields are compared with one value. */
function fieldText({ key, operator, values = [] }: Requirement): string | undefined {
  if (values.length !== 1 || (operator !== 'In' && operator !== 'NotIn')) return undefined;
  const value = values[0]!.replaceAll(/[\\,=]/g, '\\$&');
  return `${key}${operator === 'In' ? '=' : '!='}${value}`;
}

function labelText({ key, operator, values = [] }: Requirement): string | undefined {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  if (operator !== 'In' && operator !== 'NotIn') return undefined;
  const name = operator === 'In' ? 'in' : 'notin';
  return isGood('', () => requirement(key, name, values))
    ? `${key} ${name} (${values.join(',')})`
    : undefined;
}
