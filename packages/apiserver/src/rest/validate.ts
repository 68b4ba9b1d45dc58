import { type FieldError, invalid, type KubeObject } from '@coxswain/api';
import { isRight, keepRight, likenessOf } from './alike.ts';
import type { Served } from './catalog.ts';
import type { Call } from './engine.ts';
import { withMeta } from './object-meta.ts';
import { validateObjectMeta } from './validate-meta.ts';

/** What the kind makes of a new object. */
export function prepareForCreate(
  { served: { kind }, context, request }: Call,
  object: KubeObject,
): KubeObject {
  for (const text of kind.earlyWarnings?.(object) ?? []) request.warn(text);
  const counted = kind.generation === false ? object : withMeta(object, { generation: 1 });
  return kind.prepareForCreate?.(counted, context) ?? counted;
}

/** Throws 422 with all that is wrong with a prepared new object; warns of what is doubtful. */
export function validateNew(call: Call, prepared: KubeObject): void {
  const { context } = call;
  const { kind } = call.served;
  const ofMetadata = [...validateObjectMeta(prepared, kind)];
  const likeness = likenessOf(call, prepared);
  if (isRight(call, likeness)) return throwIfInvalid(call, prepared, ofMetadata);
  const ofRest = [...(kind.validate?.(prepared, context) ?? [])];
  const isLater = kind.metadataLast && ofRest.length > 0;
  throwIfInvalid(call, prepared, isLater ? ofRest : [...ofMetadata, ...ofRest]);
  const warnings = [...(kind.warnings?.(prepared, undefined, context) ?? [])];
  for (const text of warnings) call.request.warn(text);
  if (warnings.length === 0) keepRight(call, likeness);
}

/** The group by which upstream knows the kind inside: that of the version that is stored. */
export const innerGroup = ({ kind, resource }: Served): string =>
  (kind.storedAs?.resource ?? resource).group;

/** 422 that names the object's kind, or that of the view it was written through, and everything that is wrong. */
export function throwIfInvalid(
  { served }: Call,
  object: KubeObject,
  errors: readonly FieldError[],
  view?: { readonly apiVersion: string; readonly kind: string },
): void {
  if (errors.length === 0) return;
  const { resource, kind } = served.resource;
  const group = innerGroup(served);
  const about = view
    ? { group: view.apiVersion.split('/', 1)[0]!, resource, kind: view.kind }
    : { group, resource, kind };
  throw invalid({ ...about, name: object.metadata.name }, errors);
}
