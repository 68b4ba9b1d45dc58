import type { KubeObject } from '@coxswain/api';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import type { Kind, Status } from '../kind.ts';

type WithStatus = KubeObject & { readonly spec?: unknown; readonly status?: object | undefined };

type Split<T extends KubeObject> = Pick<
  Kind<T>,
  'prepareForCreate' | 'prepareForUpdate' | 'resetFields'
> & { readonly status: Status<T> };

/**
 * The usual division: clients own everything but `status`, and `/status` owns nothing else but metadata, which some
 * kinds keep from it.
 */
export function splitStatus<T extends WithStatus>(
  initial: object = {},
  metadata: 'written by status' | 'kept from status' = 'written by status',
): Split<T> {
  const keeps = metadata === 'kept from status';
  return {
    prepareForCreate: (object) => ({ ...object, status: initial }),
    prepareForUpdate: (next, before) => ({ ...next, status: before.status }),
    resetFields: [['f:status']],
    status: {
      prepareForUpdate: (next, before) => ({
        ...next,
        ...(keeps && { metadata: keptMeta(next.metadata, before.metadata) }),
        spec: before.spec,
      }),
      resetFields: keeps ? [['f:metadata'], ['f:spec']] : [['f:spec']],
    },
  };
}

/** Metadata for a write that must not touch it: only managed fields and the version may be new. */
export function keptMeta(next: ObjectMeta, before: ObjectMeta): ObjectMeta {
  return {
    ...before,
    resourceVersion: next.resourceVersion,
    managedFields: next.managedFields,
  };
}
