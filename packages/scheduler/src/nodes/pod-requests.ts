import type { Container, Pod } from '@coxswain/api/types/core-v1';
import { add, type Amounts, amountsOf, copy, noAmounts, raise } from './amounts.ts';

/** What a pod asks of its node. `scored` counts a share for containers that name none, so that they spread too. */
export interface PodRequests {
  readonly asked: Amounts;
  readonly scored: { readonly milliCpu: number; readonly memory: number };
}

/** Upstream's assumption for a container without requests, in scoring alone. */
const assumedMilliCpu = 100;
const assumedMemory = 200 * 1024 * 1024;

const cache = new WeakMap<Pod, PodRequests>();

/** The requests of `pod`, computed once per object. */
export function podRequests(pod: Pod): PodRequests {
  const known = cache.get(pod);
  if (known) return known;
  const requests = compute(pod);
  cache.set(pod, requests);
  return requests;
}

function compute(pod: Pod): PodRequests {
  const asked = total(pod, (container) => amountsOf(container.resources?.requests));
  const scored = total(pod, assumed);
  const podLevel = pod.spec.resources?.requests;
  if (podLevel) {
    const own = amountsOf(podLevel);
    for (const amounts of [asked, scored]) {
      if (podLevel['cpu'] !== undefined) amounts.milliCpu = own.milliCpu;
      if (podLevel['memory'] !== undefined) amounts.memory = own.memory;
      for (const [name, amount] of own.others) amounts.others.set(name, amount);
    }
  }
  const overhead = amountsOf(pod.spec.overhead);
  add(asked, overhead);
  add(scored, overhead);
  return { asked, scored: { milliCpu: scored.milliCpu, memory: scored.memory } };
}

function assumed(container: Container): Amounts {
  const requests = container.resources?.requests;
  const amounts = amountsOf(requests);
  if (requests?.['cpu'] === undefined) amounts.milliCpu = assumedMilliCpu;
  if (requests?.['memory'] === undefined) amounts.memory = assumedMemory;
  return amounts;
}

/** Containers and sidecars run together; an init container runs with the sidecars before it, and alone otherwise. */
function total(pod: Pod, of: (container: Container) => Amounts): Amounts {
  const running = noAmounts();
  for (const container of pod.spec.containers) add(running, of(container));
  const sidecars = noAmounts();
  const peak = noAmounts();
  for (const container of pod.spec.initContainers ?? []) {
    const own = of(container);
    if (container.restartPolicy === 'Always') {
      add(running, own);
      add(sidecars, own);
      raise(peak, sidecars);
    } else {
      const together = copy(sidecars);
      add(together, own);
      raise(peak, together);
    }
  }
  raise(running, peak);
  return running;
}
