import type { FieldError, KubeObject } from '@coxswain/api';
import type { Kind } from '../kinds/kind.ts';

/** The rules of metadata that hold for every kind. */
export function* validateObjectMeta(object: KubeObject, kind: Kind): Generator<FieldError, void> {
  const { name, namespace = '' } = object.metadata;
  if (!name)
    yield {
      type: 'FieldValueRequired',
      field: 'metadata.name',
      detail: 'name or generateName is required',
    };
  for (const detail of name ? (kind.validateName?.(name, false) ?? []) : [])
    yield { type: 'FieldValueInvalid', field: 'metadata.name', value: name, detail };
  if (kind.resource.namespaced && !namespace)
    yield { type: 'FieldValueRequired', field: 'metadata.namespace', detail: '' };
}
