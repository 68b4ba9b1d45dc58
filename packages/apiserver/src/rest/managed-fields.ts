import {
  type KubeObject,
  objectTypeOf,
  type ObjectType,
  schemaless,
  typeOf,
  updateManagedFields,
  withoutNewTimes,
} from '@coxswain/api';
import type { Call } from './engine.ts';
import { withMeta } from './object-meta.ts';
import { convertOf } from './sibling-versions.ts';

/** The call's kind as server-side apply sees it. */
export function objectType(
  { served }: Call,
  as?: { apiVersion: string; kind: string },
): ObjectType {
  const node = typeOf(as?.apiVersion ?? served.apiVersion, as?.kind ?? served.resource.kind);
  if (node) return objectTypeOf(node);
  return as && as.kind !== served.resource.kind
    ? schemaless
    : (served.kind.custom?.type() ?? schemaless);
}

/** Paths that a writer through `subresource` cannot own. */
export const resetFieldsOf = (
  { served: { kind } }: Call,
  subresource: string,
): Call['served']['kind']['resetFields'] =>
  subresource === 'status'
    ? kind.status?.resetFields
    : subresource
      ? kind.facets?.[subresource]?.resetFields
      : kind.resetFields;

/** The object of a plain write with its managedFields kept up: what `manager` changed is now its own. */
export function ownedBy(
  call: Call,
  before: KubeObject | undefined,
  after: KubeObject,
  manager: string,
  subresource = '',
): KubeObject {
  const managedFields = updateManagedFields({
    before,
    after,
    manager,
    subresource,
    type: objectType(call),
    convert: convertOf(call),
    apiVersion: call.served.apiVersion,
    resetFields: resetFieldsOf(call, subresource),
    nowMs: call.context.nowMs,
  });
  return withManaged(after, managedFields);
}

/** A write that changes nothing but the times in managedFields keeps the old ones. */
export const keepsUntouched = (next: KubeObject, before: KubeObject): KubeObject =>
  withManaged(next, withoutNewTimes(before, next));

function withManaged(
  object: KubeObject,
  managedFields: KubeObject['metadata']['managedFields'],
): KubeObject {
  if (object.metadata.managedFields === managedFields) return object;
  if (managedFields !== undefined) return withMeta(object, { managedFields });
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Owner references that name one owner twice are dropped, with a warning. */
export function withUniqueOwners(
  { request }: Call,
  object: KubeObject,
  when: '' | ' after mutating admission happens' = '',
): KubeObject {
  const owners = object.metadata.ownerReferences;
  if (!owners || owners.length < 2) return object;
  const seen = new Set<string>();
  const unique = owners.filter((owner) => {
    const id = JSON.stringify(owner);
    return !seen.has(id) && seen.add(id);
  });
  if (unique.length === owners.length) return object;
  const twice = owners.filter((owner) => !unique.includes(owner)).map(({ uid }) => uid);
  request.warn(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${twice.join(', ')}`,
  );
  return withMeta(object, { ownerReferences: unique });
}
