import { CoreV1Api } from '@kubernetes/client-node';
import type { WalkCluster } from './cluster.ts';

/** What a failed story leaves to read: its pods, its events, the end of the cluster's log. */
export async function diagnosis(cluster: WalkCluster, namespace: string): Promise<string> {
  const core = cluster.api(CoreV1Api);
  const asked = await Promise.all([
    core.listNamespacedPod({ namespace }).then(({ items }) =>
      items.map(({ metadata, spec, status }) => {
        const containers = [
          ...(status?.initContainerStatuses ?? []),
          ...(status?.containerStatuses ?? []),
        ];
        const states = containers.map(
          ({ name, state, restartCount, ready }) =>
            `${name}: ${JSON.stringify(state)} ready=${ready} restarts=${restartCount}`,
        );
        return `pod ${metadata?.name} on ${spec?.nodeName ?? '-'}: ${status?.phase} ${status?.reason ?? ''} ${states.join('; ')}`;
      }),
    ),
    core
      .listNamespacedEvent({ namespace })
      .then(({ items }) =>
        items.map(
          ({ involvedObject, reason, message }) =>
            `event ${involvedObject.kind}/${involvedObject.name} ${reason}: ${message}`,
        ),
      ),
  ]).catch((error: Error) => [[`nothing can be asked: ${error.message}`]]);
  return [...asked.flat(), '--- log', cluster.logTail()].join('\n');
}
