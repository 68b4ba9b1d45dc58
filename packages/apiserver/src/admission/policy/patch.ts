import { ApiError, applyJsonPatch, type KubeObject, type MergeType } from '@coxswain/api';
import { mergeValues, TypedError, validateTyped } from '@coxswain/api/apply-merge';
import { CelError, isList, isMap, StructMap, toJson, type Value } from '@coxswain/cel';

/** A patch that cannot be made or laid over its object; the failure policy judges. */
export class PatchError extends Error {}

type Json = Readonly<Record<string, unknown>>;

/** Throws PatchError when a part of an `Object` stands where its type's name does not say. */
function checkNames(value: Value, path: readonly string[]): void {
  const errors = [...misnamed(value, path)];
  if (errors.length) throw new PatchError(`type mismatch: ${errors.join('\n')}`);
}

function* misnamed(value: Value, path: readonly string[]): Generator<string, void, undefined> {
  if (isList(value)) {
    for (const each of value) yield* misnamed(each, path);
    return;
  }
  if (value === null || !isMap(value)) return;
  if (value instanceof StructMap && value.typeName !== path.join('.'))
    yield `unexpected type name ${JSON.stringify(value.typeName)}, expected ${JSON.stringify(path.join('.'))}, which matches field name path from root Object type`;
  for (const key of value.keys())
    yield* misnamed(value.get(key)!, value instanceof StructMap ? [...path, String(key)] : path);
}

function asJson(value: Value): unknown {
  try {
    return toJson(value);
  } catch (cause) {
    if (!(cause instanceof CelError)) throw cause;
    throw new PatchError(
      `JSONPath valueExpression evaluated to a type that could not marshal to JSON: ${cause.message}`,
      { cause },
    );
  }
}

/** The object with a list of `JSONPatch` applied; the object itself when a test in it fails. Throws PatchError. */
export function withJsonPatch(object: KubeObject, patch: Value): KubeObject {
  const operations = (patch as readonly StructMap[]).map((operation) => {
    const value = operation.get('value');
    if (value instanceof StructMap)
      checkNames(value, [value.typeName.split('.')[0]!, ...value.typeName.split('.').slice(1)]);
    const from = operation.get('from');
    return {
      op: operation.get('op') ?? '',
      path: operation.get('path') ?? '',
      ...(from && { from }),
      ...(value !== undefined && { value: asJson(value) }),
    };
  });
  try {
    return applyJsonPatch(object as unknown as Record<string, unknown>, operations) as KubeObject;
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    const why = cause.cause instanceof Error ? cause.cause.message : cause.message;
    if (/test failed/.test(`${why} ${cause.message}`)) return object;
    throw new PatchError(`JSON Patch: ${why}`, { cause });
  }
}

/** Runs a step of apply; its failure becomes a PatchError that says which step it was. */
function step<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof TypedError)) throw cause;
    throw new PatchError(`error applying patch: ${what}: ${cause.message}`, { cause });
  }
}

/** The object with an `Object{...}` laid over it as server-side apply does, but that nobody comes to own it. Throws PatchError. */
export function withApplied(object: KubeObject, patch: Value, type: MergeType): KubeObject {
  checkNames(patch, ['Object']);
  const stated = asJson(patch) as Json;
  const applied = { ...stated, apiVersion: object.apiVersion, kind: object.kind };
  step('failed to convert patch object to typed object', () => validateTyped(type, applied));
  const atomics = [...atomicParts(type, applied, '')];
  if (atomics.length)
    throw new PatchError(
      `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`,
    );
  return step('failed to merge patch', () => mergeValues(type, object, applied)) as KubeObject;
}

/** Parts that can only be set as a whole: a patch of them would take away what it does not name. */
function* atomicParts(
  { map, list }: MergeType,
  value: unknown,
  path: string,
): Generator<string, void, undefined> {
  if (Array.isArray(value) && list) {
    if (list.items === 'atomic') yield path;
    for (const [index, each] of value.entries())
      yield* atomicParts(list.element, each, `${path}[${index}]`);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !map) return;
  if (map.atomic) yield path;
  for (const [name, each] of Object.entries(value)) {
    const type = map.fields.get(name)?.type;
    if (type) yield* atomicParts(type, each, `${path}.${name}`);
  }
}
