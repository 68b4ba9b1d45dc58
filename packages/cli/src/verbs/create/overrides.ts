import { applyJsonPatch, applyMergePatch, applyStrategicPatch, typeOf } from '@coxswain/api';
import { type Flag, text } from '../../command/flags.ts';
import type { Unstructured } from '../../objects/info.ts';
import { typed } from '../../objects/typed.ts';

/** How a generated object is changed at the end. */
export interface Overrides {
  readonly overrides: string;
  readonly 'override-type': string;
}

/** `--overrides`, `--override-type`. */
export const overrideFlags: { readonly [K in keyof Overrides]: Flag<string> } = {
  overrides: text('', 'JSON that the generated object is changed by before it is created'),
  'override-type': text('merge', 'How that is meant: json, merge or strategic'),
};

const invalid: Readonly<Record<string, string>> = {
  json: 'unexpected end of JSON input',
  merge: 'Invalid JSON Patch',
  strategic: 'invalid JSON document',
};

/** The object with what `--overrides` changes. Throws kubectl's words. */
export function overridden(object: Unstructured, given: Overrides): Unstructured {
  const { overrides, 'override-type': type } = given;
  if (!overrides) return object;
  if (!Object.hasOwn(invalid, type)) throw new Error(`invalid override type: ${type}`);
  let change: unknown;
  try {
    change = JSON.parse(overrides);
  } catch (cause) {
    throw new Error(invalid[type], { cause });
  }
  if (type === 'json') return typed(applyJsonPatch(object, change) as object);
  if (type === 'merge') return typed(applyMergePatch(object, change) as object);
  const schema = typeOf(object.apiVersion ?? '', object.kind ?? '')!;
  return typed(applyStrategicPatch(schema, object, change as Record<string, unknown>));
}
