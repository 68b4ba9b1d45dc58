import { internalForms } from '../generated/internal-forms.ts';

interface Field {
  readonly name: string;
  readonly json: string;
  readonly code: string;
}

const parsed = new Map<string, readonly Field[]>();

function fieldsOf(type: string): readonly Field[] {
  const known = parsed.get(type);
  if (known) return known;
  const fields = (internalForms[type] ?? '').split(',').map((text): Field => {
    const [name = '', json = '', code = ''] = text.split(' ');
    return { name, json, code };
  });
  parsed.set(type, fields);
  return fields;
}

const absent: Readonly<Record<string, unknown>> = { s: '', n: 0, b: false, q: '0', p: null, j: {} };

/** Fields that upstream keeps in the security context, and clients in the pod's spec. */
const lifted = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const;

function withLifted(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const securityContext = { ...(spec['securityContext'] as object | undefined) };
  for (const field of lifted)
    if (spec[field] !== undefined) Object.assign(securityContext, { [field]: spec[field] });
  return { ...spec, securityContext };
}

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/**
 * `value` as upstream's own type of that name (`core.PodSpec`) spells itself in JSON: its field names, its order, with all
 * that is not set. Some messages show their values so.
 */
export function internalForm(type: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  const given = value as Readonly<Record<string, unknown>>;
  const source = type === 'core.PodSpec' ? withLifted(given) : given;
  return Object.fromEntries(
    fieldsOf(type).flatMap(({ name, json, code }): (readonly [string, unknown])[] =>
      // Metadata is embedded: its fields stand beside the others.
      name === 'ObjectMeta'
        ? Object.entries(source[json] ?? {})
        : [[name, formOf(code, source[json])]],
    ),
  );
}

function formOf(code: string, value: unknown): unknown {
  if (code.length === 1) return value === undefined ? absent[code] : sorted(value);
  if (code.startsWith('*')) return internalForm(code.slice(1), value);
  if (!code.startsWith('[')) return internalForm(code, value ?? {});
  return Array.isArray(value) ? value.map((each) => formOf(code.slice(1), each)) : null;
}

/** The other way round: what upstream's own type spelled, as clients spell it; what is not set is left out. */
export function versionedForm(type: string, value: object): object {
  const given = value as Readonly<Record<string, unknown>>;
  const entries = fieldsOf(type).flatMap(({ name, json, code }): readonly [string, unknown][] => {
    const held = given[name] ?? given[json] ?? undefined;
    if (held === undefined) return [];
    const inner = code.replace(/^[*[]/, '');
    if (!inner.includes('.')) return [[json, held]];
    const form = Array.isArray(held)
      ? held.map((each) => versionedForm(inner, each as object))
      : versionedForm(inner, held as object);
    return [[json, form]];
  });
  return Object.fromEntries(entries);
}
