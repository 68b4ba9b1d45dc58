import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';

const unallocated = rejected('cannot allocate all claims', false);

/** Keeps pods that claim devices waiting: nothing here allocates any yet, and without them such a pod must not run. */
export const dynamicResources: SchedulerPlugin<undefined> = {
  name: 'DynamicResources',
  wakeOn: [{ event: 'pod/updated' }],
  prepare: ({ spec }) =>
    spec.resourceClaims?.length ? { is: 'ready', state: undefined } : { is: 'skip' },
  filter: (_, __, { spec }) => (spec.resourceClaims?.length ? unallocated : fits),
};
