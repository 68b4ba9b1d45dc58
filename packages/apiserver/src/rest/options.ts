import { badRequest, type FieldError, invalid } from '@coxswain/api';
import type { Request } from '../chain/station.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** The options that all writes share. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean;
  /** As the request has them, for admission. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** The options of a write as an object, as admission is told of them. */
export const optionsObject = (kind: string, { given }: WriteOptions): object => ({
  kind,
  apiVersion: 'meta.k8s.io/v1',
  ...given,
});

const fieldManagerMax = 128;
const validations = new Set(['', 'Ignore', 'Warn', 'Strict']);

/** Reads and checks the options of a write from the query; `kind` is CreateOptions, UpdateOptions or PatchOptions. */
export function writeOptions(
  request: Request,
  kind: string,
  fromBody: { dryRun?: readonly string[] | undefined } = {},
  apply = false,
): WriteOptions {
  const { query } = request;
  const dryRun = fromBody.dryRun ?? query.getAll('dryRun');
  const manager = query.get('fieldManager') ?? '';
  const fieldValidation = query.get('fieldValidation') ?? '';
  const force = query.get('force');
  const isPlain = dryRun.length === 0 && manager === '' && fieldValidation === '';
  const errors = isPlain ? [] : [...optionErrors(dryRun, manager, fieldValidation)];
  if (apply && manager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  if (!apply && force !== null && kind === 'PatchOptions')
    errors.push({
      type: 'FieldValueForbidden',
      field: 'force',
      detail: 'may not be specified for non-apply patch',
    });
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', resource: '', kind }, errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager || managerOf(request.headers['user-agent'] ?? ''),
    fieldValidation: (fieldValidation || 'Warn') as FieldValidation,
    force: booleanOf('force', force),
    given: {
      ...(dryRun.length > 0 && { dryRun }),
      ...(manager && { fieldManager: manager }),
      ...(fieldValidation && { fieldValidation }),
    },
  };
}

const required = (field: string, detail: string): FieldError => ({
  type: 'FieldValueRequired',
  field,
  detail,
});

function* optionErrors(
  dryRun: readonly string[],
  manager: string,
  fieldValidation: string,
): Generator<FieldError, void> {
  if (dryRun.some((value) => value !== 'All'))
    yield {
      type: 'FieldValueNotSupported',
      field: 'dryRun',
      value: dryRun,
      detail: 'supported values: "All"',
    };
  if (manager.length > fieldManagerMax)
    yield {
      type: 'FieldValueTooLong',
      field: 'fieldManager',
      detail: `may not be more than ${fieldManagerMax} bytes`,
    };
  for (const [at, char] of Array.from(manager).entries())
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char))
      yield {
        type: 'FieldValueInvalid',
        field: 'fieldManager',
        value: manager,
        detail: `invalid character U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} (at position ${at})`,
      };
  if (!validations.has(fieldValidation))
    yield {
      type: 'FieldValueNotSupported',
      field: 'fieldValidation',
      value: fieldValidation,
      detail: 'supported values: "", "Ignore", "Strict", "Warn"',
    };
}

/** Agents whose names are remembered. */
const agentsMax = 1_000;
const managers = new Map<string, string>();

/** Who writes, when the request does not say: the user agent up to its first slash. */
function managerOf(agent: string): string {
  const known = managers.get(agent);
  if (known !== undefined) return known;
  const name = agent.split('/', 1)[0]!;
  const manager = Array.from(name)
    .filter((char) => /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char))
    .slice(0, fieldManagerMax)
    .join('');
  if (managers.size < agentsMax) managers.set(agent, manager);
  return manager;
}

/** A boolean of the query as Go reads it: present without a value is true. */
export function booleanOf(_name: string, value: string | null): boolean {
  return value !== null && value.toLowerCase() !== 'false' && value !== '0';
}

/** A whole number of the query; undefined when absent. Throws 400 with Go's words. */
export function integerOf(value: string | null): number | undefined {
  if (value === null || value === '') return undefined;
  if (!/^[+-]?\d+$/.test(value))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}
