import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  type KubeObject,
  labelValueErrors,
  pathSegmentErrors,
  qualifiedNameErrors,
} from '@coxswain/api';
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '@coxswain/api/types/meta';
import type { Kind } from '../kinds/kind.ts';
import { kubeFinalizer } from '../kinds/rules/meta.ts';
import { isSame } from './equal.ts';

const annotationBytesMax = 256 * 1024;
const subresourceNameMax = 256;
export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';

const broken = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  value,
  detail,
});
const required = (field: string, detail: string): FieldError => ({
  type: 'FieldValueRequired',
  field,
  detail,
});

/** The rules of a new object's metadata, with upstream's words. */
export function* validateObjectMeta(object: KubeObject, kind: Kind): Generator<FieldError, void> {
  yield* validateNames(object, kind);
  yield* validateNamespace(object.metadata, kind);
  yield* validateContent(object.metadata);
  yield* validateFinalizers(object.metadata.finalizers ?? []);
  yield* validateManagers(object.metadata);
  yield* validateDomains(object.metadata, kind);
}

function* validateNames(object: KubeObject, kind: Kind): Generator<FieldError, void> {
  const { name, generateName } = object.metadata;
  const nameErrors = kind.validateName ?? dns1123SubdomainErrors;
  if (generateName)
    for (const detail of nameErrors(withoutDash(generateName, kind), true, object))
      yield broken('metadata.generateName', generateName, detail);
  if (!name) yield required('metadata.name', 'name or generateName is required');
  else {
    const errors = nameErrors(name, false, object);
    for (const detail of errors) yield broken('metadata.name', name, detail);
    if (errors.length === 0)
      for (const detail of pathSegmentErrors(name)) yield broken('metadata.name', name, detail);
  }
}

/** A prefix may end in a dash, since more follows. */
const withoutDash = (prefix: string, { validateName }: Kind): string =>
  !validateName && prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix;

/** The rules of an update's metadata: upstream asks some of them again and again, and tells of each time. */
export function* validateObjectMetaUpdate(
  next: KubeObject,
  before: KubeObject,
  kind: Kind,
  subresource: string,
): Generator<FieldError, void> {
  const now = next.metadata;
  if (isAsBefore(now, before.metadata)) return;
  const changed = [...validateChange(now, before.metadata)];
  const placed = [...validateNamespace(now, kind)];
  const content = [...validateContent(now)];
  const finalizers = [...validateFinalizers(now.finalizers ?? [])];
  const managers = [...validateManagers(now)];
  yield* [placed, content, finalizers, managers, changed, content, managers].flat();
  const { updates = 1, wholes = 0 } = kind.metadataChecks?.(subresource) ?? {};
  for (let i = 0; i < updates; i++) {
    yield* [changed, content, managers].flat();
    yield* validateDomains(now, kind);
  }
  for (let i = 0; i < wholes; i++) {
    yield* validateNames(next, kind);
    yield* [placed, content, finalizers, managers].flat();
    yield* validateDomains(now, kind);
  }
}

/** What the rules ask about. */
const asked = [
  ...(['name', 'generateName', 'namespace', 'uid', 'creationTimestamp'] as const),
  ...(['deletionTimestamp', 'deletionGracePeriodSeconds'] as const),
  ...(['labels', 'annotations', 'ownerReferences', 'finalizers'] as const),
];

/** What is stored was right: while only the server's own marks are new, nothing can be wrong. */
const isAsBefore = (now: ObjectMeta, old: ObjectMeta): boolean =>
  asked.every((field) => isSame(now[field], old[field])) &&
  (now.managedFields ?? []).every((entry) => isRightManager(entry));

const isRightManager = ({ operation, fieldsType, subresource = '' }: ManagedFieldsEntry): boolean =>
  (operation === 'Update' || operation === 'Apply') &&
  (!fieldsType || fieldsType === 'FieldsV1') &&
  subresource.length <= subresourceNameMax;

function* validateChange(now: ObjectMeta, old: ObjectMeta): Generator<FieldError, void> {
  if (old.deletionTimestamp) {
    const added = (now.finalizers ?? []).filter((each) => !old.finalizers?.includes(each));
    if (added.length > 0)
      yield {
        type: 'FieldValueForbidden',
        field: 'metadata.finalizers',
        detail: `no new finalizers can be added if the object is being deleted, found new finalizers ${goStrings(added.toSorted())}`,
      };
  }
  for (const field of immutable)
    if ((now[field] ?? undefined) !== (old[field] ?? undefined))
      yield broken(`metadata.${field}`, now[field], 'field is immutable');
}

const immutable = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

const goStrings = (texts: readonly string[]): string =>
  `[]string{${texts.map((text) => JSON.stringify(text)).join(', ')}}`;

function* validateNamespace(
  { namespace = '' }: ObjectMeta,
  { resource }: Kind,
): Generator<FieldError, void> {
  if (!resource.namespaced) {
    if (namespace)
      yield {
        type: 'FieldValueForbidden',
        field: 'metadata.namespace',
        detail: 'not allowed on this type',
      };
  } else if (!namespace) yield required('metadata.namespace', '');
  else
    for (const detail of dns1123LabelErrors(namespace))
      yield broken('metadata.namespace', namespace, detail);
}

function* validateContent(metadata: ObjectMeta): Generator<FieldError, void> {
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  for (const [key, value] of Object.entries(labels)) {
    for (const detail of qualifiedNameErrors(key)) yield broken('metadata.labels', key, detail);
    for (const detail of labelValueErrors(value)) yield broken('metadata.labels', value, detail);
  }
  yield* validateAnnotations(annotations);
  yield* validateOwners(ownerReferences);
}

function* validateManagers({ managedFields = [] }: ObjectMeta): Generator<FieldError, void> {
  for (const [i, entry] of managedFields.entries())
    yield* validateManaged(entry, `metadata.managedFields[${i}]`);
}

/** For most of upstream's own kinds a finalizer is upstream's or names a domain. */
function* validateDomains(
  { finalizers = [] }: ObjectMeta,
  kind: Kind,
): Generator<FieldError, void> {
  if (kind.metadataChecks?.('')?.domains)
    for (const [i, name] of finalizers.entries())
      yield* kubeFinalizer(`metadata.finalizers[${i}]`, name);
}

function* validateAnnotations(
  annotations: Readonly<Record<string, string>>,
): Generator<FieldError, void> {
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    for (const detail of qualifiedNameErrors(key.toLowerCase()))
      yield broken('metadata.annotations', key, detail);
    size += key.length + value.length;
  }
  if (size > annotationBytesMax)
    yield {
      type: 'FieldValueTooLong',
      field: 'metadata.annotations',
      detail: `may not be more than ${annotationBytesMax} bytes`,
    };
}

function* validateOwners(owners: readonly OwnerReference[]): Generator<FieldError, void> {
  let controller: OwnerReference | undefined;
  const path = 'metadata.ownerReferences'; // upstream says nothing of which one
  for (const owner of owners) {
    const { apiVersion, kind } = owner;
    // More than one slash makes no group and no version.
    if (!apiVersion?.split('/', 2).at(-1) || apiVersion.split('/').length > 2)
      yield broken(`${path}.apiVersion`, apiVersion ?? '', 'version must not be empty');
    for (const field of ['kind', 'name', 'uid'] as const)
      if (!owner[field]) yield broken(`${path}.${field}`, '', 'must not be empty');
    if (apiVersion === 'v1' && kind === 'Event')
      yield broken(path, owner, '/v1, Kind=Event is disallowed from being an owner');
    if (!owner.controller) continue;
    if (controller)
      yield broken(
        path,
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${controller.kind}/${controller.name} and ${kind}/${owner.name}`,
      );
    else controller = owner;
  }
}

function* validateFinalizers(finalizers: readonly string[]): Generator<FieldError, void> {
  for (const finalizer of finalizers)
    for (const detail of qualifiedNameErrors(finalizer))
      yield broken('metadata.finalizers', finalizer, detail);
  if (finalizers.includes(orphanFinalizer) && finalizers.includes(foregroundFinalizer))
    yield broken(
      'metadata.finalizers',
      finalizers,
      `finalizer ${orphanFinalizer} and ${foregroundFinalizer} cannot be both set`,
    );
}

function* validateManaged(
  { operation, fieldsType, subresource = '' }: ManagedFieldsEntry,
  path: string,
): Generator<FieldError, void> {
  if (!operation) yield required(`${path}.operation`, 'must not be empty');
  else if (operation !== 'Apply' && operation !== 'Update')
    yield {
      type: 'FieldValueNotSupported',
      field: `${path}.operation`,
      value: operation,
      detail: 'supported values: "Apply", "Update"',
    };
  if (fieldsType && fieldsType !== 'FieldsV1')
    yield broken(`${path}.fieldsType`, fieldsType, 'must be `FieldsV1`');
  if (subresource.length > subresourceNameMax)
    yield {
      type: 'FieldValueTooLong',
      field: `${path}.subresource`,
      detail: `may not be more than ${subresourceNameMax} bytes`,
    };
}
