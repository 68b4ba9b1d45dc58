import {
  ApiError,
  type Convert,
  groupVersion,
  type KubeObject,
  type ObjectType,
} from '@coxswain/api';
import { coerce, coerceStored } from './coerce.ts';
import { type Definition, resourceOf, storageVersion } from './definition.ts';
import { mergeTypeOfResource } from './schema/merge-type.ts';
import type { Schema } from './schema/schema.ts';

/** Asks the webhook of a definition for objects in another version. */
export type AskWebhook = (
  definition: Definition,
  objects: readonly KubeObject[],
  apiVersion: string,
  signal: AbortSignal,
) => Promise<readonly KubeObject[]>;

/** Brings objects of one definition from version to version. */
export interface Converter {
  /** Whether converting asks a webhook: reads and writes are then prepared first. */
  readonly isRemote: boolean;
  readonly prepareRead: (
    objects: readonly KubeObject[],
    apiVersion: string,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly prepareStore: (object: KubeObject, signal: AbortSignal) => Promise<void>;
  readonly fromStored: (stored: KubeObject, apiVersion: string) => KubeObject;
  readonly toStored: (object: KubeObject) => KubeObject;
  readonly convert: Convert;
}

/** The converter of a definition as it stands. */
export function converterOf(definition: Definition, ask: AskWebhook): Converter {
  const { spec } = definition;
  const isRemote = spec.conversion?.strategy === 'Webhook';
  const storage = groupVersion(resourceOf(definition, storageVersion(definition)?.name ?? ''));
  const schemas = new Map<string, Schema | undefined>(
    (spec.versions ?? []).map(({ name, schema }) => [
      `${spec.group}/${name}`,
      schema?.openAPIV3Schema,
    ]),
  );
  const keepsUnknown = spec.preserveUnknownFields === true;
  const typeAt = mergeTypesOf(schemas);
  /** What the webhook answered, by object and version. */
  const answers = new WeakMap<KubeObject, Map<string, KubeObject>>();

  const answered = (object: KubeObject, apiVersion: string): KubeObject => {
    if (object.apiVersion === apiVersion) return object;
    if (!isRemote) return { ...object, apiVersion };
    const found = answers.get(object)?.get(apiVersion);
    if (!found)
      throw new ApiError(500, 'InternalError', `conversion to ${apiVersion} is not at hand`);
    return found;
  };
  /** What is stored, as its own version reads it now. */
  const bases = new WeakMap<KubeObject, KubeObject>();
  const baseOf = (stored: KubeObject): KubeObject => {
    let found = bases.get(stored);
    if (!found) {
      found = coerceStored(stored, schemas.get(stored.apiVersion ?? ''), keepsUnknown);
      bases.set(stored, found);
    }
    return found;
  };
  const prepare: Converter['prepareRead'] = async (objects, apiVersion, signal) => {
    const open = objects.filter(
      (each) => each.apiVersion !== apiVersion && !answers.get(each)?.has(apiVersion),
    );
    if (open.length === 0) return;
    const converted = await ask(definition, open, apiVersion, signal);
    for (const [i, each] of open.entries()) {
      const known = answers.get(each) ?? new Map<string, KubeObject>();
      answers.set(each, known.set(apiVersion, converted[i]!));
    }
  };
  return {
    isRemote,
    prepareRead: (objects, apiVersion, signal) => prepare(objects.map(baseOf), apiVersion, signal),
    prepareStore: (object, signal) => prepare([object], storage, signal),
    fromStored(stored, apiVersion) {
      const own = baseOf(stored);
      const converted = answered(own, apiVersion);
      if (converted === own) return own;
      // Another version's view is pruned by its schema; defaults are those of what is stored.
      return coerce(converted, schemas.get(apiVersion), { malformed: 'drop', keepsUnknown }).object;
    },
    toStored(object) {
      const converted = answered(object, storage);
      if (converted === object) return object;
      const options = { malformed: 'drop', keepsUnknown } as const;
      const stored = coerce(converted, schemas.get(storage), options).object;
      // A dry run is answered from what it would have stored.
      if (isRemote) {
        bases.set(stored, stored);
        answers.set(stored, new Map([[object.apiVersion ?? '', object]]));
      }
      return stored;
    },
    convert(from, apiVersion) {
      if (!schemas.has(apiVersion)) return undefined;
      // Fields that a webhook moves are taken where the present version has them.
      if (isRemote) return from;
      return { apiVersion, type: typeAt(apiVersion), object: { ...from.object, apiVersion } };
    },
  };
}

/** How objects merge in each version, worked out on first use. */
function mergeTypesOf(
  schemas: ReadonlyMap<string, Schema | undefined>,
): (apiVersion: string) => ObjectType {
  const types = new Map<string, ObjectType>();
  return (apiVersion) => {
    let type = types.get(apiVersion);
    if (!type) {
      type = { merge: mergeTypeOfResource(schemas.get(apiVersion)), empty: {} };
      types.set(apiVersion, type);
    }
    return type;
  };
}
