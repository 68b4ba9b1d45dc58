import { ResourceSlices } from '@coxswain/api';
import type { ResourceSlice } from '@coxswain/api/types/resource-v1';
import type { Kind, KindContext } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { sliceFeatures, withoutFeatures } from './feature-fields.ts';
import { sliceRules } from './slice-rules.ts';

const prepared = (
  next: ResourceSlice,
  before: ResourceSlice | undefined,
  { enabled }: KindContext,
): ResourceSlice => ({
  ...next,
  spec: withoutFeatures(sliceFeatures, next.spec, before?.spec, enabled),
});

/** Devices that a driver offers. */
export const resourceSliceKind: Kind<ResourceSlice> = {
  resource: ResourceSlices,
  defaults: ({ spec }, { nowMs }) => {
    const now = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
    for (const { taints = [], nodeAllocatableResourceMappings = {} } of spec?.devices ?? []) {
      for (const taint of taints) taint.timeAdded ??= now;
      for (const mapping of Object.values(nodeAllocatableResourceMappings))
        mapping.allocationMultiplier ??= '1';
    }
  },
  prepareForCreate: (object, context) => prepared(object, undefined, context),
  prepareForUpdate: prepared,
  validate: (object) => sliceRules(object),
  validateUpdate: sliceRules,
  *warnings({ spec: { driver } }) {
    if (driver !== driver.toLowerCase())
      yield `spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`;
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
