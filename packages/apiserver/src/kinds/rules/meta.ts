import type { FieldError } from '@coxswain/api';
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '@coxswain/api/types/meta';
import { equal } from './equal.ts';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  nonNegative,
  notSupported,
  required,
  tooLong,
  type Rules,
} from './field.ts';
import { annotations, labels } from './labels.ts';
import { labelName, qualifiedName, type NameRule } from './name.ts';

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

export interface MetaRules {
  readonly namespaced: boolean;
  readonly name: NameRule;
}

/** Rules of metadata that hold for every object on create. */
export function* objectMeta(meta: ObjectMeta, { namespaced, name }: MetaRules): Rules {
  if (meta.generateName)
    yield* allInvalid('metadata.generateName', meta.generateName, name(meta.generateName, true));
  if (meta.name) yield* allInvalid('metadata.name', meta.name, name(meta.name));
  else yield required('metadata.name', 'name or generateName is required');
  if (!namespaced) {
    if (meta.namespace) yield forbiddenField('metadata.namespace', 'not allowed on this type');
  } else if (meta.namespace)
    yield* allInvalid('metadata.namespace', meta.namespace, labelName(meta.namespace));
  else yield required('metadata.namespace');
  yield* nonNegative('metadata.generation', meta.generation);
  yield* commonMeta(meta);
  yield* finalizers(meta.finalizers);
  if (meta.managedFields) yield* managedFields(meta.managedFields);
}

/**
 * Rules of metadata that hold for every update. What a client left out of the fields that only the server sets
 * counts as unchanged: the engine fills them in.
 */
export function* objectMetaUpdate(next: ObjectMeta, before: ObjectMeta): Rules {
  if (before.deletionTimestamp) yield* noNewFinalizers(next.finalizers, before.finalizers);
  if (!next.resourceVersion)
    yield invalidValue('metadata.resourceVersion', '', 'must be specified for an update');
  yield* nonNegative('metadata.generation', next.generation);
  if ((next.generation ?? 0) < (before.generation ?? 0))
    yield invalidValue('metadata.generation', next.generation ?? 0, 'must not be decremented');
  for (const field of ['name', 'namespace'] as const)
    if ((next[field] ?? '') !== (before[field] ?? ''))
      yield invalidValue(`metadata.${field}`, next[field] ?? '', 'field is immutable');
  for (const field of serverSet)
    if (next[field] !== undefined && next[field] !== before[field])
      yield invalidValue(`metadata.${field}`, next[field], 'field is immutable');
  yield* commonMeta(next);
  if (next.finalizers !== before.finalizers) yield* kubeFinalizers(next.finalizers);
  if (next.managedFields) yield* managedFields(next.managedFields);
}

const serverSet = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

function* commonMeta(meta: ObjectMeta): Rules {
  if (meta.labels) yield* labels('metadata.labels', meta.labels);
  if (meta.annotations) yield* annotations('metadata.annotations', meta.annotations);
  if (meta.ownerReferences) yield* ownerReferences(meta.ownerReferences);
}

function* ownerReferences(owners: readonly OwnerReference[]): Rules {
  let controller = '';
  for (const [index, owner] of owners.entries()) {
    yield* ownerReference(owner, `metadata.ownerReferences[${index}]`);
    if (!owner.controller) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller)
      yield invalidValue(
        'metadata.ownerReferences',
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
      );
    else controller = name;
  }
}

function* ownerReference(owner: OwnerReference, path: string): Rules {
  if (!owner.apiVersion) yield required(`${path}.apiVersion`, 'must not be empty');
  else if (!/^([^/]*\/)?[^/]+$/.test(owner.apiVersion))
    yield invalidValue(
      `${path}.apiVersion`,
      owner.apiVersion,
      'must be <group>/<version> or <version>',
    );
  for (const field of ['kind', 'name', 'uid'] as const)
    if (!owner[field]) yield required(`${path}.${field}`, 'must not be empty');
  if (owner.apiVersion === 'v1' && owner.kind === 'Event')
    yield invalidValue(path, owner, '/v1, Kind=Event is disallowed from being an owner');
}

function* finalizers(names: readonly string[] | undefined): Rules {
  if (!names) return;
  for (const name of names) yield* allInvalid('metadata.finalizers', name, qualifiedName(name));
  if (names.includes('orphan') && names.includes('foregroundDeletion'))
    yield invalidValue(
      'metadata.finalizers',
      names,
      'finalizer orphan and foregroundDeletion cannot be both set',
    );
  yield* kubeFinalizers(names);
}

function* kubeFinalizers(names: readonly string[] | undefined): Rules {
  for (const [index, name] of (names ?? []).entries())
    yield* kubeFinalizer(`metadata.finalizers[${index}]`, name);
}

/** A finalizer without a domain must be one of upstream's own. */
export function* kubeFinalizer(path: string, name: string): Rules {
  if (!name.includes('/') && !standardFinalizers.includes(name))
    yield invalidValue(
      path,
      name,
      'name is neither a standard finalizer name nor is it fully qualified',
    );
}

function* noNewFinalizers(
  next: readonly string[] = [],
  before: readonly string[] = [],
): Generator<FieldError, void, undefined> {
  const added = [...new Set(next)].filter((name) => !before.includes(name)).toSorted();
  if (added.length)
    yield forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`,
    );
}

function* managedFields(entries: readonly ManagedFieldsEntry[]): Rules {
  for (const [index, entry] of entries.entries()) {
    const path = `metadata.managedFields[${index}]`;
    if (!entry.operation) yield required(`${path}.operation`, 'must not be empty');
    else if (entry.operation !== 'Apply' && entry.operation !== 'Update')
      yield notSupported(`${path}.operation`, entry.operation, ['Apply', 'Update']);
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1')
      yield invalidValue(`${path}.fieldsType`, entry.fieldsType, 'must be `FieldsV1`');
    if ((entry.manager?.length ?? 0) > 128) yield tooLong(`${path}.manager`, 128);
    if ((entry.subresource?.length ?? 0) > 256) yield tooLong(`${path}.subresource`, 256);
  }
}

/** Broken when the value changed. */
export function* immutable(path: string, next: unknown, before: unknown): Rules {
  if (!equal(next, before)) yield invalidValue(path, next ?? null, 'field is immutable');
}
