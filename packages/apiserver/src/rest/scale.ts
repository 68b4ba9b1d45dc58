import {
  type FieldError,
  type KubeObject,
  parentManagedFields,
  scaleManagedFields,
} from '@coxswain/api';
import type { Scale } from '@coxswain/api/types/autoscaling-v1';
import type { ManagedFieldsEntry } from '@coxswain/api/types/meta';
import type { Call } from './engine.ts';
import type { Facet } from './facet.ts';
import { whole } from './facet.ts';
import { withMeta } from './object-meta.ts';

const replicasPath = ['f:spec', 'f:replicas'] as const;

const pathsOf = ({ served }: Call): Record<string, readonly (typeof replicasPath)[number][]> => ({
  [served.apiVersion]: (served.kind.scale?.path ?? replicasPath) as typeof replicasPath,
});

/** The object with no time in the entries of those who scaled it, which stand before others of their sort. */
function untimed(object: KubeObject): KubeObject {
  const entries = object.metadata.managedFields ?? [];
  const isScaled = (entry: ManagedFieldsEntry): boolean => entry.subresource === 'scale';
  const bare = entries.filter(isScaled).map(({ time: _, ...entry }) => entry);
  const others = entries.filter((entry) => !isScaled(entry));
  const managedFields = ['Apply', 'Update'].flatMap((operation) =>
    [...bare, ...others].filter((entry) => entry.operation === operation),
  );
  return bare.length ? withMeta(object, { managedFields }) : object;
}

/** The replicas of an object, as autoscaling/v1 Scale. */
export const scale: Facet = {
  subresource: 'scale',
  kind: { apiVersion: 'autoscaling/v1', kind: 'Scale' },
  view(object, call): KubeObject {
    const access = call.served.kind.scale!;
    const { name, namespace, uid, resourceVersion, creationTimestamp, managedFields } =
      object.metadata;
    const selector = access.selector(object);
    const fields = scaleManagedFields(managedFields, pathsOf(call));
    const view: Scale = {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: {
        name,
        ...(namespace && { namespace }),
        uid,
        resourceVersion,
        creationTimestamp,
        ...(fields && { managedFields: fields }),
      },
      spec: { replicas: access.specReplicas(object) },
      status: { replicas: access.statusReplicas(object), ...(selector && { selector }) },
    };
    return view as KubeObject;
  },
  merge(view, before, call) {
    const { uid, resourceVersion } = view.metadata;
    const replicas = (view as Scale).spec?.replicas ?? 0;
    const next = call.served.kind.scale!.withReplicas(before, replicas);
    return withMeta(next, {
      ...(uid && { uid }),
      resourceVersion: resourceVersion ?? before.metadata.resourceVersion,
    });
  },
  prepare: (next, before, call) =>
    whole.prepare(call.served.kind.scale!.untimed ? untimed(next) : next, before, call),
  *validate(next, _before, { served }): Generator<FieldError, void> {
    const replicas = served.kind.scale!.specReplicas(next);
    if (replicas < 0)
      yield {
        type: 'FieldValueInvalid',
        field: 'spec.replicas',
        value: replicas,
        detail: 'must be greater than or equal to 0',
      };
  },
  isWhole: false,
};

/** The parent with the managedFields of a Scale that was applied. */
export const withScaleFields = (call: Call, parent: KubeObject, view: KubeObject): KubeObject =>
  withMeta(parent, {
    managedFields: parentManagedFields(
      parent.metadata.managedFields,
      view.metadata.managedFields,
      call.served.apiVersion,
      pathsOf(call),
    ),
  });
