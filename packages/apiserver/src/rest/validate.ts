import { type FieldError, invalid, type KubeObject } from '@coxswain/api';
import type { Call } from './engine.ts';
import { withMeta } from './object-meta.ts';
import { validateObjectMeta } from './validate-meta.ts';

/** What the kind makes of a new object; throws 422 with all that is wrong with it. */
export function validateNew(call: Call, object: KubeObject): KubeObject {
  const { served, context } = call;
  const { kind } = served;
  const counted = kind.generation === false ? object : withMeta(object, { generation: 1 });
  const prepared = kind.prepareForCreate?.(counted, context) ?? counted;
  const errors = [
    ...validateObjectMeta(prepared, kind),
    ...(kind.validate?.(prepared, context) ?? []),
  ];
  throwIfInvalid(call, prepared, errors);
  for (const text of kind.warnings?.(prepared, undefined, context) ?? []) call.request.warn(text);
  return prepared;
}

/** 422 that names the object's kind and everything that is wrong. */
export function throwIfInvalid(
  { served }: Call,
  object: KubeObject,
  errors: readonly FieldError[],
): void {
  if (errors.length === 0) return;
  const { group, resource, kind } = served.resource;
  throw invalid({ group, resource, kind, name: object.metadata.name }, errors);
}
