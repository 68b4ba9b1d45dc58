import { createRecorder } from '@coxswain/client';
import { defaultConfiguration } from './configuration/index.ts';
import { Preemptions } from './preemptions.ts';
import { Scheduler } from './scheduler.ts';
import type { SchedulerOptions } from './scheduler-options.ts';

/** Events that wait to be written: pods are bound faster than that for a while, and each has one. */
const eventsMax = 2 ** 15;

/** Places pods on nodes until `signal` aborts. */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  await using recorders = new AsyncDisposableStack();
  const { profiles } = options.configuration ?? defaultConfiguration;
  const byName = new Map(
    profiles.map((profile) => {
      const component = profile.schedulerName;
      const recorder = recorders.use(
        createRecorder(options.client, options.world, { component }, eventsMax),
      );
      const preemptions = new Preemptions({ ...options, schedulerName: component }, recorder);
      return [component, { ...profile, recorder, preemptions }] as const;
    }),
  );
  using scheduler = new Scheduler(options, byName);
  await scheduler.run();
}
