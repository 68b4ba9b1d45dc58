import { decode, DecodeError, decodeStrict, dns1035LabelErrors, structType } from '@coxswain/api';
import type { FieldError, KubeObject } from '@coxswain/api';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import { invalidValue, required } from '../../kinds/rules/field.ts';
import { validateObjectMeta } from '../../rest/validate-meta.ts';
import {
  child,
  isEmbedded,
  isRecord,
  itemsOf,
  keyed,
  type OwnJson,
  propertyOf,
  type Schema,
  valuesOf,
} from './schema.ts';

const metaType = structType('meta', 'ObjectMeta');

/** How malformed metadata is met: refused (requests), or field by field left out (what is stored already). */
export type Malformed = 'refuse' | 'drop';

/** Metadata as its type holds it, and the paths of what it does not know. Throws DecodeError. */
export function readMeta(
  value: unknown,
  malformed: Malformed,
): { readonly meta: OwnJson; readonly unknown: readonly string[] } {
  try {
    const { object, strict } = decodeStrict(metaType, value);
    return { meta: { ...object }, unknown: strict.flatMap(unknownPath) };
  } catch (error) {
    if (!(error instanceof DecodeError) || malformed === 'refuse') throw error;
    const good = Object.entries(isRecord(value) ? value : {}).filter(([name, each]) =>
      isReadable({ [name]: each }),
    );
    return { meta: { ...decode(metaType, Object.fromEntries(good)) }, unknown: [] };
  }
}

function isReadable(value: object): boolean {
  try {
    decode(metaType, value);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

const unknownPath = (text: string): readonly string[] => {
  const path = /^unknown field "(.*)"$/.exec(text)?.[1];
  return path === undefined ? [] : [path];
};

/** Metadata of resources within the resource: of the right types, and nothing unknown in it. `value` is the caller's own. */
export function* coerceEmbedded(
  value: unknown,
  schema: Schema | undefined,
  malformed: Malformed,
  dropped: string[],
  path = '',
): Generator<FieldError, void> {
  if (!schema || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      yield* coerceEmbedded(item, itemsOf(schema), malformed, dropped, `${path}[${i}]`);
    return;
  }
  const object = value as OwnJson;
  if (isEmbedded(schema)) yield* coerceOne(object, malformed, dropped, path);
  for (const [name, each] of Object.entries(object)) {
    const property = propertyOf(schema, name);
    const at = property ? child(path, name) : keyed(path, name);
    yield* coerceEmbedded(each, property ?? valuesOf(schema), malformed, dropped, at);
  }
}

function* coerceOne(
  object: OwnJson,
  malformed: Malformed,
  dropped: string[],
  path: string,
): Generator<FieldError, void> {
  for (const name of ['apiVersion', 'kind']) {
    if (!Object.hasOwn(object, name) || typeof object[name] === 'string') continue;
    if (malformed === 'drop') Reflect.deleteProperty(object, name);
    else yield invalidValue(child(path, name), object[name], 'must be a string');
  }
  if (!Object.hasOwn(object, 'metadata')) return;
  const at = child(path, 'metadata');
  try {
    const { meta, unknown } = readMeta(object.metadata, malformed);
    dropped.push(...unknown.map((each) => `${at}.${each}`));
    if (meta.creationTimestamp === null) delete meta.creationTimestamp;
    object.metadata = meta;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (malformed === 'refuse') yield invalidValue(at, object.metadata, error.message);
  }
}

/** The rules of resources within the resource. */
export function* validateEmbedded(
  value: unknown,
  schema: Schema | undefined,
  path = '',
): Generator<FieldError, void> {
  if (!schema || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      yield* validateEmbedded(item, itemsOf(schema), `${path}[${i}]`);
    return;
  }
  const object = value as OwnJson;
  if (isEmbedded(schema)) yield* validateResource(object, path);
  for (const [name, each] of Object.entries(object)) {
    const property = propertyOf(schema, name);
    const at = property ? child(path, name) : keyed(path, name);
    yield* validateEmbedded(each, property ?? valuesOf(schema), at);
  }
}

function* validateResource(object: OwnJson, path: string): Generator<FieldError, void> {
  const { apiVersion, kind, metadata } = object;
  const [versionPath, kindPath] = [child(path, 'apiVersion'), child(path, 'kind')];
  if (apiVersion === undefined) yield required(versionPath);
  if (kind === undefined) yield required(kindPath);
  if (typeof apiVersion === 'string') {
    if (!apiVersion) yield invalidValue(versionPath, apiVersion, 'must not be empty');
    else if (apiVersion.split('/').length > 2)
      yield invalidValue(versionPath, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  } else if (apiVersion !== undefined)
    yield invalidValue(versionPath, apiVersion, 'must be a string');
  if (typeof kind === 'string') {
    const wrong = dns1035LabelErrors(kind.toLowerCase());
    if (!kind) yield invalidValue(kindPath, kind, 'must not be empty');
    else if (wrong.length > 0) yield invalidValue(kindPath, kind, mixedCase(wrong));
  } else if (kind !== undefined) yield invalidValue(kindPath, kind, 'must be a string');
  if (metadata !== undefined) yield* validateMeta(metadata, child(path, 'metadata'));
}

export const mixedCase = (wrong: readonly string[]): string =>
  `may have mixed case, but should otherwise match: ${wrong.join(',')}`;

function* validateMeta(value: unknown, path: string): Generator<FieldError, void> {
  try {
    const meta = decode(metaType, value) as ObjectMeta;
    const named = { ...meta, name: meta.name || 'fakename' };
    const rules = {
      resource: { group: '', version: '', resource: '', kind: '', namespaced: !!meta.namespace },
      validateName: () => [],
    };
    for (const error of validateObjectMeta({ metadata: named } as KubeObject, rules))
      yield { ...error, field: error.field.replace(/^metadata/, () => path) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    yield invalidValue(path, value, error.message);
  }
}
