import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';

/** Keeps a pod out of the queue while it has scheduling gates. */
export const schedulingGates: SchedulerPlugin = {
  name: 'SchedulingGates',
  wakeOn: [], // a gated pod is asked again whenever it changes
  admit: ({ spec: { schedulingGates: gates } }) =>
    gates?.length
      ? rejected(
          `waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`,
          false,
        )
      : fits,
};
