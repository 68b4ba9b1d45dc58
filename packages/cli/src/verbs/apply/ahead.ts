import type { Info } from '../../objects/info.ts';

/** Objects that are applied at the same time. */
const inFlightMax = 16;

/** Kinds that no server looks at when it admits others: their order says nothing. All others wait, and are waited for. */
const independent: ReadonlySet<string> = new Set([
  ...['/ConfigMap', '/Secret', '/Service', '/Endpoints', '/PersistentVolumeClaim'],
  ...['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'batch/Job', 'batch/CronJob'],
  ...['networking.k8s.io/Ingress', 'networking.k8s.io/NetworkPolicy'],
  ...['policy/PodDisruptionBudget', 'autoscaling/HorizontalPodAutoscaler'],
  'discovery.k8s.io/EndpointSlice',
]);

const isIndependent = ({ resource: { group, kind } }: Info): boolean =>
  independent.has(`${group}/${kind}`);

const keyOf = ({ resource: { group, kind }, namespace, name }: Info): string =>
  `${group}/${kind}/${namespace}/${name}`;

/** Acts on the objects, on some at the same time where their order is all one, and gives what came of each in their order. */
export async function* ahead<T>(
  infos: readonly Info[],
  act: (info: Info) => Promise<T>,
  isOneByOne = false,
): AsyncGenerator<PromiseSettledResult<T>> {
  const running = new Map<string, Promise<PromiseSettledResult<T>>>();
  let isFree = true;
  const first = async (): Promise<PromiseSettledResult<T>> => {
    const [[key, outcome]] = running as unknown as [[string, Promise<PromiseSettledResult<T>>]];
    running.delete(key);
    return outcome;
  };
  for (const info of infos) {
    const key = keyOf(info);
    const mayJoin = isFree && isIndependent(info) && !isOneByOne;
    while (running.size > 0 && (!mayJoin || running.has(key) || running.size >= inFlightMax))
      yield await first();
    isFree = isIndependent(info);
    const outcome = Promise.allSettled([act(info)]).then(([only]) => only);
    running.set(key, outcome);
  }
  while (running.size > 0) yield await first();
}
