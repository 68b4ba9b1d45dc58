import { Secrets } from '@coxswain/api';
import type { Secret } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { base64Bytes, base64Text, dataBytesMax, immutableData, sizeOf } from '../rules/data.ts';
import { allInvalid, invalidValue, required, tooLong, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { configMapKey } from '../rules/name.ts';

const accountName = 'kubernetes.io/service-account.name';

/** The keys that each type of secret cannot do without. */
const needs: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

function* typeRules({ type = '', data = {}, metadata }: Secret): Rules {
  for (const key of needs[type] ?? []) if (data[key] === undefined) yield required(`data[${key}]`);
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[accountName])
    yield required(`metadata.annotations[${accountName}]`);
  if (type === 'kubernetes.io/ssh-auth' && !data['ssh-privatekey'])
    yield required('data[ssh-privatekey]');
  if (
    type === 'kubernetes.io/basic-auth' &&
    data['username'] === undefined &&
    data['password'] === undefined
  ) {
    yield required('data[username]');
    yield required('data[password]');
  }
  const docker = type.startsWith('kubernetes.io/docker') ? needs[type]?.[0] : undefined;
  const config = docker === undefined ? undefined : data[docker];
  const wrong = config === undefined ? undefined : jsonObjectWrong(base64Text(config));
  if (wrong) yield invalidValue(`data[${docker}]`, '<secret contents redacted>', wrong);
}

/** Why a text is no JSON object, as Go's decoder says it where both say the same; undefined when it is one. */
function jsonObjectWrong(text: string): string | undefined {
  if (text.trim() === '') return 'unexpected end of JSON input';
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const kind = Array.isArray(value)
      ? 'array'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  } catch {
    // The reason must not quote the secret, which V8's own message does.
    const first = text.trimStart()[0]!;
    return '{["-0123456789tfn'.includes(first)
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`;
  }
}

function* rules(secret: Secret): Rules {
  const { data = {} } = secret;
  for (const key in data) yield* allInvalid(`data[${key}]`, key, configMapKey(key));
  if (sizeOf(data, base64Bytes) > dataBytesMax) yield tooLong('data', dataBytesMax);
  yield* typeRules(secret);
}

const base64 = (text: string): string => {
  const bytes = new TextEncoder().encode(text);
  let letters = '';
  for (const byte of bytes) letters += String.fromCodePoint(byte);
  return btoa(letters);
};

/** Confidential data that pods read. `stringData` is only a way to write it. */
export const secretKind: Kind<Secret> = {
  resource: Secrets,
  generation: false,
  defaults: (draft) => {
    draft.type ||= 'Opaque';
    if (!draft.stringData) return;
    draft.data ??= {};
    for (const key in draft.stringData) draft.data[key] = base64(draft.stringData[key]!);
    delete draft.stringData;
  },
  // A client that sends no type means the one there is.
  prepareForUpdate: (next, before) => (next.type ? next : { ...next, type: before.type }),
  validate: rules,
  *validateUpdate(next, before) {
    yield* immutable('type', next.type, before.type);
    yield* immutableData(next, before, ['data']);
    yield* rules(next);
  },
  selectableFields: { type: ({ type = '' }) => type },
  columns: [
    nameColumn,
    textColumn('Type', 'What kind of secret it says it is.', ({ type = '' }) => type),
    textColumn('Data', 'How many keys it holds.', ({ data = {} }) => Object.keys(data).length),
    ageColumn,
  ],
};
