import { milliValue } from '@coxswain/api';
import type { Fields, Stored } from '../scene/model.ts';
import type { Invariant } from './invariant.ts';
import { isTerminal, nameOf } from './pods.ts';

const resources = ['cpu', 'memory'] as const;

/** What a pod takes of a resource: all its containers', as these pods have no others. */
const requestOf = (pod: Fields, resource: string): number =>
  pod['spec'].containers.reduce(
    (sum: number, { resources }: any) => sum + milliValue(resources?.requests?.[resource] ?? '0'),
    0,
  );

/** A pod is bound once, to a node that exists, and only where there is room. */
export const placedWell: Invariant = {
  name: 'placed well',
  watch({ model }) {
    const inDoubt = new Set<string>();
    const on = (node: string): (Stored & { object: Fields })[] =>
      [...model.all('pods')].filter(
        (each): each is Stored & { object: Fields } =>
          each.object?.['spec'].nodeName === node && !isTerminal(each.object),
      );
    return {
      kinds: ['pods'],
      *step({ now, before, request }) {
        if (!now?.object) return;
        const pod = now.object;
        const [was, is] = [before?.object?.['spec'].nodeName, pod['spec'].nodeName];
        if (was && was !== is) yield `pod ${nameOf(pod)} moved from ${was} to ${is}`;
        if (was || !is) return;
        if (request?.isLost) inDoubt.add(pod.metadata.uid!);
        const node = model.get(`/registry/minions/${is}`)?.object;
        // A node may go while a pod is on its way to it.
        if (!node) return;
        const pods = on(is);
        if (pods.some(({ object }) => inDoubt.has(object.metadata.uid!))) return;
        for (const resource of resources) {
          const taken = pods.reduce((sum, { object }) => sum + requestOf(object, resource), 0);
          const room = milliValue(node['status'].allocatable[resource]);
          if (taken > room)
            yield `${is} has room for ${room}m ${resource}, and ${taken}m are bound`;
        }
        const most = Number(node['status'].allocatable.pods);
        if (pods.length > most)
          yield `${is} has room for ${most} pods, and ${pods.length} are bound`;
      },
    };
  },
};

/** What has ended stays so. */
export const endsAreFinal: Invariant = {
  name: 'ends are final',
  watch: () => ({
    kinds: ['pods'],
    *step({ key, before, now }) {
      if (!before?.object || !now?.object) return;
      const [was, is] = [before.object['status']?.phase, now.object['status']?.phase];
      if (isTerminal(before.object) && was !== is) yield `pod ${key} was ${was} and became ${is}`;
    },
  }),
};
