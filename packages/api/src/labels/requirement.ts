import { labelValueErrors, qualifiedNameErrors } from '../names/index.ts';
import { fieldErrorText } from '../status/index.ts';
import type { FieldError } from '../status/index.ts';

export type Labels = Readonly<Record<string, string>> | undefined;

export type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

/** The operators between a key and a value, in the order upstream lists them. */
export const binaryOperators: readonly Operator[] = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'];

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** Why something is no selector, in upstream's words. */
export class SelectorError extends Error {}

const invalidField = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  value,
  detail,
});

/** The breach of a label key, as `unable to parse requirement` names it. */
export function keyError(field: string, key: string): FieldError | undefined {
  const errors = qualifiedNameErrors(key);
  return errors.length ? invalidField(field, key, errors.join('; ')) : undefined;
}

const integer = /^[+-]?\d+$/;

function valuesError({ operator, values }: Requirement): FieldError | undefined {
  const wrong = (detail: string): FieldError => invalidField('values', values, detail);
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length
        ? undefined
        : wrong("for 'in', 'notin' operators, values set can't be empty");
    case '=':
    case '==':
    case '!=':
      return values.length === 1
        ? undefined
        : wrong('exact-match compatibility requires one single value');
    case 'exists':
    case '!':
      return values.length === 0
        ? undefined
        : wrong('values set must be empty for exists and does not exist');
    case 'gt':
    case 'lt':
      return values.length === 1
        ? undefined
        : wrong("for 'Gt', 'Lt' operators, exactly one value is required");
  }
}

/** A requirement that keeps upstream's rules. Throws SelectorError with its words. */
export function requirement(
  key: string,
  operator: Operator,
  values: readonly string[],
): Requirement {
  const made: Requirement = { key, operator, values };
  const ordered = operator === 'gt' || operator === 'lt';
  const errors = [
    keyError('key', key),
    valuesError(made),
    ...values.map((value, index) =>
      ordered && !integer.test(value)
        ? invalidField(
            `values[${index}]`,
            value,
            "for 'Gt', 'Lt' operators, the value must be an integer",
          )
        : undefined,
    ),
    ...values.map((value, index) => {
      const found = labelValueErrors(value);
      return found.length
        ? invalidField(`values[${index}][${key}]`, value, found.join('; '))
        : undefined;
    }),
  ].filter((error) => error !== undefined);
  if (errors.length === 0) return made;
  const texts = [...new Set(errors.map(fieldErrorText))];
  throw new SelectorError(texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`);
}

/** Whether labels meet the requirement. */
export function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt': {
      if (value === undefined || !integer.test(value)) return false;
      const [left, right] = [BigInt(value), BigInt(values[0]!)];
      return operator === 'gt' ? left > right : left < right;
    }
  }
}

/** The requirement as a selector's text writes it. */
export function requirementText({ key, operator, values }: Requirement): string {
  const list = values.toSorted().join(',');
  switch (operator) {
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`;
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'gt':
    case 'lt':
      return `${key}${operator === 'gt' ? '>' : '<'}${list}`;
    default:
      return `${key}${operator}${list}`;
  }
}
