import type { ClusterEvent } from '../framework/event.ts';
import type { SchedulerPlugin, WakeOn } from '../framework/plugin.ts';

/** Who waits for an event, and whether it can cure a pod. */
export interface Hint {
  readonly schedulerName: string;
  readonly plugin: string;
  readonly cures: WakeOn['cures'];
}

/** By event: an event that no plugin waits for costs one look. */
export type Hints = ReadonlyMap<ClusterEvent['type'], readonly Hint[]>;

export function hintsOf(
  profiles: readonly {
    readonly schedulerName: string;
    readonly plugins: readonly SchedulerPlugin[];
  }[],
): Hints {
  const all = profiles.flatMap(({ schedulerName, plugins }) =>
    plugins.flatMap(({ name: plugin, wakeOn }) =>
      wakeOn.map(({ event, cures }) => ({ event, hint: { schedulerName, plugin, cures } })),
    ),
  );
  const byEvent = Map.groupBy(all, ({ event }) => event);
  return new Map([...byEvent].map(([event, list]) => [event, list.map(({ hint }) => hint)]));
}
