import { DecodeError, type FieldError, fieldErrorText, type KubeObject } from '@coxswain/api';
import { dropNulls, fillDefaults } from './schema/defaults.ts';
import { coerceEmbedded, type Malformed, readMeta } from './schema/metadata.ts';
import { prune } from './schema/prune.ts';
import { isRecord, type OwnJson, type Schema } from './schema/schema.ts';

export interface Coerced {
  readonly object: KubeObject;
  /** Paths of what the schema does not know. */
  readonly unknown: readonly string[];
}

/** Whether unknown fields are kept: spec.preserveUnknownFields of definitions from before v1. */
export interface CoerceOptions {
  readonly malformed: Malformed;
  readonly keepsUnknown: boolean;
}

/** A value as its schema holds it: without what is unknown, metadata of its type, keys in order. Throws DecodeError. */
export function coerce(value: object, schema: Schema | undefined, options: CoerceOptions): Coerced {
  const object = inOrder(value) as OwnJson;
  const { malformed, keepsUnknown } = options;
  const { metadata } = object;
  const { meta, unknown: inMeta } = readMeta(metadata ?? {}, malformed);
  const unknown = inMeta.map((each) => `metadata.${each}`);
  if (!keepsUnknown) {
    unknown.push(...prune(object, schema, true));
    dropNulls(object, schema);
  }
  const embedded: string[] = [];
  for (const error of coerceEmbedded(object, schema, malformed, embedded)) throw refusal(error);
  unknown.push(...embedded.toSorted());
  const { kind, apiVersion, metadata: _, ...rest } = object;
  return {
    object: { kind, apiVersion, metadata: meta, ...rest } as unknown as KubeObject,
    unknown,
  };
}

const refusal = (error: FieldError): Error => new DecodeError(fieldErrorText(error));

/** A copy with the keys of all objects in order, as Go writes maps. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isRecord(value)) return value;
  const sorted: OwnJson = {};
  for (const name of Object.keys(value).toSorted())
    if (value[name] !== undefined) setOwn(sorted, name, inOrder(value[name]));
  return sorted;
}

/** `__proto__` is a key like any other. */
function setOwn(object: OwnJson, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

/** What is stored, as it is read now: with the defaults of now. */
export function coerceStored(
  stored: KubeObject,
  schema: Schema | undefined,
  keepsUnknown: boolean,
): KubeObject {
  const { object } = coerce(stored, schema, { malformed: 'drop', keepsUnknown });
  fillDefaults(object, schema);
  const generation = object.metadata.generation || 1;
  return { ...object, metadata: { ...object.metadata, generation } };
}
