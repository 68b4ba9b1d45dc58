import type { KubeObject } from '@coxswain/api';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import type { Kind, Status } from '../kind.ts';

type WithStatus = KubeObject & { readonly spec?: unknown; readonly status?: object | undefined };

type Split<T extends KubeObject> = Pick<
  Kind<T>,
  'prepareForCreate' | 'prepareForUpdate' | 'resetFields'
> & { readonly status: Status<T> };

/** The usual division: clients own everything but `status`, and `/status` owns nothing else but metadata. */
export function splitStatus<T extends WithStatus>(initial: object = {}): Split<T> {
  return {
    prepareForCreate: (object) => ({ ...object, status: initial }),
    prepareForUpdate: (next, before) => ({ ...next, status: before.status }),
    resetFields: [['f:status']],
    status: {
      prepareForUpdate: (next, before) => ({ ...next, spec: before.spec }),
      resetFields: [['f:spec']],
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
