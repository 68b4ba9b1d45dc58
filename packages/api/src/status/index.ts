import { encodeJson } from '../codec/json/encode.ts';
import { emptyList, emptyMap } from '../codec/json/zero.ts';
import type { ListMeta, Status, StatusCause, StatusDetails } from '../generated/meta.ts';
import { goQuoted } from './go-quote.ts';

export { goQuoted } from './go-quote.ts';

/**
 * What the API answers when it cannot do what was asked: a `Status` with upstream's reason, code and
 * words. Thrown by every layer for what can happen; `assert` is for what cannot.
 */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** A continue token, where a list may go on in another way. */
  readonly metadata: ListMeta;
  constructor(
    code: number,
    reason: string,
    message: string,
    details?: StatusDetails,
    options?: ErrorOptions & { readonly metadata?: ListMeta | undefined },
  ) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.metadata = options?.metadata ?? {};
  }

  /** The object that goes over the wire. */
  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.metadata,
      status: 'Failure',
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }

  static fromStatus(status: Status): ApiError {
    return new ApiError(
      status.code ?? 500,
      status.reason ?? '',
      status.message ?? 'unknown',
      status.details,
      { metadata: status.metadata },
    );
  }
}

/** Whether it is what the API answers, for one of these reasons. */
export const hasReason = (error: unknown, ...reasons: readonly string[]): error is ApiError =>
  error instanceof ApiError && reasons.includes(error.reason);

/** Group and resource (plural) that an error speaks of, with the object's name. */
export interface About {
  readonly group: string;
  readonly resource: string;
  readonly name?: string | undefined;
}

const qualified = ({ group, resource }: About): string =>
  group ? `${resource}.${group}` : resource;
const detailsOf = (about: About): StatusDetails => ({
  ...(about.name && { name: about.name }),
  ...(about.group && { group: about.group }),
  ...(about.resource && { kind: about.resource }),
});

export const notFound = (about: About): ApiError =>
  new ApiError(
    404,
    'NotFound',
    `${qualified(about)} "${about.name ?? ''}" not found`,
    detailsOf(about),
  );

export const alreadyExists = (about: About): ApiError =>
  new ApiError(
    409,
    'AlreadyExists',
    `${qualified(about)} "${about.name ?? ''}" already exists`,
    detailsOf(about),
  );

export const conflict = (about: About, why: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(about)} "${about.name ?? ''}": ${why}`,
    detailsOf(about),
  );

export const forbidden = (about: About, why: string): ApiError =>
  new ApiError(
    403,
    'Forbidden',
    about.resource
      ? `${qualified(about)}${about.name ? ` "${about.name}"` : ''} is forbidden: ${why}`
      : `forbidden: ${why}`,
    detailsOf(about),
  );

export const badRequest = (why: string): ApiError => new ApiError(400, 'BadRequest', why);

export const unauthorized = (why = 'Unauthorized'): ApiError =>
  new ApiError(401, 'Unauthorized', why);

export const methodNotSupported = (about: About, verb: string): ApiError =>
  new ApiError(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind "${qualified(about)}"`,
    detailsOf(about),
  );

export const expired = (why: string): ApiError => new ApiError(410, 'Expired', why);

export const internalError = (cause: unknown): ApiError =>
  new ApiError(
    500,
    'InternalError',
    `Internal error occurred: ${cause instanceof Error ? cause.message : String(cause)}`,
    { causes: [{ message: cause instanceof Error ? cause.message : String(cause) }] },
    { cause },
  );

/** 422 for an object of `kind` whose fields broke rules; see FieldError. */
export const invalid = (
  about: About & { readonly kind: string },
  errors: readonly FieldError[],
): ApiError => {
  const texts = [...new Set(errors.map(fieldErrorText))];
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  const causes: StatusCause[] = errors.map((error) => ({
    reason: error.type,
    message: fieldErrorBody(error),
    field: error.field,
  }));
  const kind = about.group ? `${about.kind}.${about.group}` : about.kind;
  return new ApiError(422, 'Invalid', `${kind} "${about.name ?? ''}" is invalid: ${list}`, {
    ...(about.name && { name: about.name }),
    ...(about.group && { group: about.group }),
    ...(about.kind && { kind: about.kind }),
    causes,
  });
};

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/** One broken rule: the path of the field as upstream writes it (`spec.containers[0].name`), what kind of breach, and its words. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** The value as Go prints it in the message; absent where upstream prints none. */
  readonly value?: unknown;
  readonly detail: string;
}

const words: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};
const withoutValue = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
]);

/** The message without the field's path, as a Status cause carries it. */
export function fieldErrorBody(error: FieldError): string {
  const value =
    withoutValue.has(error.type) || !('value' in error) ? '' : `: ${goValue(error.value)}`;
  return `${words[error.type]}${value}${error.detail ? `: ${error.detail}` : ''}`;
}

export const fieldErrorText = (error: FieldError): string =>
  `${error.field}: ${fieldErrorBody(error)}`;

/** Strings quoted, objects and lists as JSON, the rest plain: as upstream prints values in field errors. */
function goValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (value === emptyMap) return '{}';
  if (value === emptyList) return '[]';
  if (typeof value === 'object') return encodeJson(value);
  return typeof value === 'string' ? goQuoted(value) : String(value);
}
