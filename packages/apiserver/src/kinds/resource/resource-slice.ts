import { ResourceSlices } from '@coxswain/api';
import type { ResourceSlice } from '@coxswain/api/types/resource-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { immutable } from '../rules/meta.ts';

/** Devices that a driver offers. */
export const resourceSliceKind: Kind<ResourceSlice> = {
  resource: ResourceSlices,
  defaults: ({ spec }, { nowMs }) => {
    const now = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
    for (const { taints = [] } of spec?.devices ?? [])
      for (const taint of taints) taint.timeAdded ??= now;
  },
  *validateUpdate(next, before) {
    yield* immutable('spec.driver', next.spec.driver, before.spec.driver);
    yield* immutable('spec.pool.name', next.spec.pool?.name, before.spec.pool?.name);
    yield* immutable('spec.nodeName', next.spec.nodeName, before.spec.nodeName);
  },
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.driver': ({ spec }) => spec.driver,
  },
  columns: [
    nameColumn,
    textColumn('Node', 'The node that they are on.', ({ spec }) => spec.nodeName ?? ''),
    textColumn('Driver', 'Whose they are.', ({ spec }) => spec.driver),
    textColumn('Pool', 'The pool that they belong to.', ({ spec }) => spec.pool?.name ?? ''),
    ageColumn,
  ],
};
