import { type FieldError, invalid } from '@coxswain/api';
import type { Revision } from '@coxswain/storage';
import { type ContinueToken, decodeContinue } from './continue-token.ts';
import { booleanOf, integerOf } from './options.ts';
import { listRevisionOf } from './revision.ts';

/** Which state a list shows. */
export type ListState =
  | { readonly at: 'newest' }
  | { readonly at: 'any' }
  | { readonly at: 'not-older'; readonly revision: Revision }
  | { readonly at: 'exact'; readonly revision: Revision };

export interface ListOptions {
  readonly state: ListState;
  readonly limit: number; // 0: all
  readonly token: ContinueToken | undefined;
}

/** Reads the options of a list. Throws 422 or 400 with upstream's words. */
export function listOptions(query: URLSearchParams): ListOptions {
  const errors = [...validate(query)];
  if (errors.length > 0) throw invalidOptions(errors);
  integerOf(query.get('timeoutSeconds')); // a list ends anyhow, but what is no number is refused
  const limit = Math.max(0, integerOf(query.get('limit')) ?? 0);
  const text = query.get('continue') ?? '';
  const rv = query.get('resourceVersion') ?? '';
  if (!text)
    return {
      state: stateOf(rv, query.get('resourceVersionMatch') ?? '', limit),
      limit,
      token: undefined,
    };
  const token = decodeContinue(text);
  if (rv !== '' && rv !== '0')
    throw invalidOptions([
      {
        type: 'FieldValueInvalid',
        field: 'resourceVersion',
        value: rv,
        detail: 'specifying resource version is not allowed when using continue',
      },
    ]);
  const state: ListState =
    token.revision > 0 ? { at: 'exact', revision: token.revision } : { at: 'newest' };
  return { state, limit, token };
}

function stateOf(rv: string, match: string, limit: number): ListState {
  if (rv === '') return { at: 'newest' };
  const revision = listRevisionOf(rv);
  // Without a match, a limit makes upstream read exactly that revision.
  if (match === 'Exact' || (match === '' && limit > 0 && revision !== 0))
    return { at: 'exact', revision };
  return revision === 0 ? { at: 'any' } : { at: 'not-older', revision };
}

const forbiddenBecause = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  detail,
});

function* validate(query: URLSearchParams): Generator<FieldError, void> {
  const match = query.get('resourceVersionMatch') ?? '';
  const field = 'resourceVersionMatch';
  if (match) {
    if (!query.get('resourceVersion'))
      yield forbiddenBecause(
        field,
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
      );
    if (query.get('continue'))
      yield forbiddenBecause(field, 'resourceVersionMatch is forbidden when continue is provided');
    if (match !== 'Exact' && match !== 'NotOlderThan')
      yield {
        type: 'FieldValueNotSupported',
        field,
        value: match,
        detail: 'supported values: "Exact", "NotOlderThan", ""',
      };
    if (match === 'Exact' && query.get('resourceVersion') === '0')
      yield forbiddenBecause(
        field,
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      );
  }
  if (query.get('sendInitialEvents') !== null)
    yield forbiddenBecause('sendInitialEvents', 'sendInitialEvents is forbidden for list');
}

/** Checks the options of a watch; whether it begins with the state and a bookmark after it. Throws 422. */
export function wantsInitialEvents(query: URLSearchParams): boolean | undefined {
  const send = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch') ?? '';
  const field = 'resourceVersionMatch';
  const errors: FieldError[] = [];
  if (send !== null && match !== 'NotOlderThan')
    errors.push(
      forbiddenBecause(
        field,
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ),
    );
  if (match && send === null)
    errors.push(
      forbiddenBecause(
        field,
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  if (match && match !== 'NotOlderThan')
    errors.push({
      type: 'FieldValueNotSupported',
      field,
      value: match,
      detail: 'supported values: "NotOlderThan"',
    });
  if (match && query.get('continue'))
    errors.push(
      forbiddenBecause(field, 'resourceVersionMatch is forbidden when continue is provided'),
    );
  if (errors.length > 0) throw invalidOptions(errors);
  return send === null ? undefined : booleanOf('sendInitialEvents', send);
}

const invalidOptions = (errors: readonly FieldError[]): Error =>
  invalid({ group: 'meta.k8s.io', resource: '', kind: 'ListOptions' }, errors);
