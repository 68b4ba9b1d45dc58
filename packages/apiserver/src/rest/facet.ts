import type { FieldError, KubeObject } from '@coxswain/api';
import type { Call } from './engine.ts';
import { isSame } from './equal.ts';
import { withMeta } from './object-meta.ts';

/**
 * One way of writing an object: as a whole, or a part of it by a subresource. What clients read and send is the view;
 * update and patch are the same for all facets.
 */
export interface Facet {
  readonly subresource: string;
  /** The kind of the view, where it is not the object's own. */
  readonly kind?: { readonly apiVersion: string; readonly kind: string };
  readonly view?: (object: KubeObject, call: Call) => KubeObject;
  /** The whole object with what the view changes. */
  readonly merge?: (view: KubeObject, before: KubeObject, call: Call) => KubeObject;
  /** The strategy: takes from `next` only what this facet owns. */
  readonly prepare: (next: KubeObject, before: KubeObject, call: Call) => KubeObject;
  readonly validate: (
    next: KubeObject,
    before: KubeObject,
    call: Call,
  ) => Iterable<FieldError> | undefined;
  readonly isWhole: boolean;
}

/** The object as a whole. */
export const whole: Facet = {
  subresource: '',
  prepare(next, before, { served: { kind }, context }) {
    const prepared = kind.prepareForUpdate?.(next, before, context) ?? next;
    return counted(prepared, before, kind.generation);
  },
  validate: (next, before, { served: { kind }, context }) =>
    kind.validateUpdate?.(next, before, context),
  isWhole: true,
};

/** The status of an object. */
export const status: Facet = {
  subresource: 'status',
  prepare: (next, before, { served: { kind }, context }) =>
    kind.status!.prepareForUpdate(next, before, context),
  validate: (next, before, { served: { kind }, context }) =>
    kind.status!.validateUpdate?.(next, before, context),
  isWhole: false,
};

/** Another part of an object, by the rules that its kind gives to the subresource `name`. */
export const partOf = (name: string): Facet => ({
  subresource: name,
  prepare(next, before, { served: { kind }, context }) {
    const prepared = kind.facets![name]!.prepareForUpdate(next, before, context);
    return counted(prepared, before, kind.generation);
  },
  validate: (next, before, { served: { kind }, context }) =>
    kind.facets![name]!.validateUpdate?.(next, before, context),
  isWhole: false,
});

/** metadata.generation moves on when what it counts has changed. */
function counted(
  next: KubeObject,
  before: KubeObject,
  rule: false | ((next: KubeObject, before: KubeObject) => boolean) | undefined,
): KubeObject {
  if (rule === false) return next;
  const generation = before.metadata.generation ?? 0;
  const changed = rule ? rule(next, before) : !isSame(spec(next), spec(before));
  return changed ? withMeta(next, { generation: generation + 1 }) : next;
}

/** Everything but metadata and status. */
function spec(object: KubeObject): object {
  const { metadata: _m, status: _s, ...rest } = object as KubeObject & { status?: unknown };
  return rest;
}
