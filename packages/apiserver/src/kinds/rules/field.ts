import type { FieldError } from '@coxswain/api';

/** What a rule yields: nothing for a good value. Paths are written as upstream writes them. */
export type Rules = Generator<FieldError, void, undefined>;

export const required = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  detail,
});

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  value,
  detail,
});

/** Invalid, but upstream does not show the value. */
export const invalidUnshown = (field: string, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  detail,
});

/** The value is none of those allowed, which the message lists in the order given. */
export const notSupported = (
  field: string,
  value: unknown,
  allowed: readonly string[],
): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  value: value === undefined ? '' : value,
  detail: allowed.length
    ? `supported values: ${allowed.map((one) => JSON.stringify(one)).join(', ')}`
    : '',
});

export const duplicate = (field: string, value: unknown, detail = ''): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  value,
  detail,
});

export const forbiddenField = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  detail,
});

export const notFoundValue = (field: string, value: unknown, detail = ''): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  value,
  detail,
});

/** A rule could not be asked. */
export const internalFault = (field: string, detail: string): FieldError => ({
  type: 'InternalError',
  field,
  detail,
});

export const tooLong = (field: string, bytesMax: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  detail: `may not be more than ${bytesMax} ${bytesMax === 1 ? 'byte' : 'bytes'}`,
});

export const tooMany = (field: string, count: number, max: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  value: count,
  detail: `must have at most ${max} ${max === 1 ? 'item' : 'items'}`,
});

/** One error for each message of a name rule. */
export function* allInvalid(field: string, value: unknown, messages: readonly string[]): Rules {
  for (const message of messages) yield invalidValue(field, value, message);
}

/** Required when absent, unsupported when not one of `allowed`. */
export function* oneOf(
  field: string,
  value: string | undefined,
  allowed: readonly string[],
): Rules {
  if (!value) yield required(field);
  else if (!allowed.includes(value)) yield notSupported(field, value, allowed);
}

export const nonNegativeText = 'must be greater than or equal to 0';
export const positiveText = 'must be greater than 0';

export function* nonNegative(field: string, value: number | undefined): Rules {
  if (value !== undefined && value < 0) yield invalidValue(field, value, nonNegativeText);
}

export const rangeText = (low: number, high: number): string =>
  `must be between ${low} and ${high}, inclusive`;

export const int32Max = 2_147_483_647;
