import { Events, Nodes, Pods } from '@coxswain/api';
import type { Node, Pod, PodCondition } from '@coxswain/api/types/core-v1';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { defaultConfiguration } from '../configuration/index.ts';
import { type SchedulerPlugin } from '../framework/plugin.ts';
import { runScheduler } from '../run-scheduler.ts';
import type { SchedulerOptions } from '../scheduler-options.ts';
import { createVerdicts, type Verdicts } from '../why/verdicts.ts';

/** A default profile of these plugins. */
export const withPlugins = (...plugins: readonly SchedulerPlugin[]): Partial<SchedulerOptions> => ({
  configuration: {
    ...defaultConfiguration,
    profiles: [{ ...defaultConfiguration.profiles[0]!, plugins }],
  },
});

/** A scheduler in a cluster of its own. */
export interface Rig extends AsyncDisposable {
  readonly cluster: TestCluster;
  readonly verdicts: Verdicts;
  add(...objects: readonly (Node | Pod)[]): Promise<void>;
  /** Pod -> node, '' while it has none. */
  placed(): Promise<Record<string, string>>;
  condition(name: string): Promise<PodCondition | undefined>;
  /** `Normal Scheduled: ...`, with `xN` where it was counted. */
  events(): Promise<readonly string[]>;
  change(name: string, patch: object, subresource?: string): Promise<void>;
}

/** Starts one. */
export async function rig(options: Partial<SchedulerOptions> = {}): Promise<Rig> {
  const cluster = await createTestCluster();
  const { world, client, informers, signal } = cluster;
  const verdicts = createVerdicts();
  const end = new AbortController();
  const running = runScheduler({
    ...{ world, client, informers, verdicts },
    signal: AbortSignal.any([signal, end.signal]),
    ...options,
  });
  const at = { namespace: 'default', signal };
  const isPod = (object: Node | Pod): object is Pod => object.kind === 'Pod';
  return {
    cluster,
    verdicts,
    async add(...objects) {
      for (const { metadata, ...object } of objects) {
        const { uid: _uid, ...fresh } = metadata;
        const made = { ...object, metadata: fresh };
        if (isPod(made)) {
          const { status, ...bare } = made;
          await client.create(Pods, bare as Pod, { signal });
          if (status)
            await client.patch(
              Pods,
              fresh.name,
              'merge',
              { status },
              { ...at, subresource: 'status' },
            );
        } else {
          await client.create(Nodes, made as Node, { signal });
          const { status } = made;
          await client.patch(
            Nodes,
            fresh.name,
            'merge',
            { status },
            { signal, subresource: 'status' },
          );
        }
      }
      await cluster.settle();
    },
    async placed() {
      const { items } = await client.list(Pods, at);
      return Object.fromEntries(
        items.map(({ metadata, spec }) => [metadata.name, spec.nodeName ?? '']),
      );
    },
    async condition(name) {
      const { status } = await client.get(Pods, name, at);
      return status?.conditions?.find(({ type }) => type === 'PodScheduled');
    },
    async events() {
      const { items } = await client.list(Events, at);
      return items.map(
        ({ type, reason, message, count }) =>
          `${type} ${reason}: ${message}${(count ?? 1) > 1 ? ` x${count}` : ''}`,
      );
    },
    async change(name, patch, subresource) {
      await client.patch(Pods, name, 'strategic', patch, {
        ...at,
        ...(subresource && { subresource }),
      });
      await cluster.settle();
    },
    async [Symbol.asyncDispose]() {
      end.abort(new Error('the scheduler ended'));
      await running;
      await cluster[Symbol.asyncDispose]();
    },
  };
}
