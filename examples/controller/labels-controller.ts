/** A controller by `@kubernetes/client-node`, as it would run anywhere: gives every namespace the label `team`. */
import { CoreV1Api, type KubeConfig, type V1Namespace, Watch } from '@kubernetes/client-node';

/** Runs until the signal aborts. */
export async function runLabels(
  config: KubeConfig,
  team: string,
  signal: AbortSignal,
): Promise<void> {
  const api = config.makeApiClient(CoreV1Api);
  const label = async ({ metadata }: V1Namespace): Promise<void> => {
    if (metadata?.labels?.['team'] || metadata?.deletionTimestamp) return;
    await api.patchNamespace({
      name: metadata!.name!,
      body: [{ op: 'add', path: '/metadata/labels/team', value: team }],
    });
  };
  for (const namespace of (await api.listNamespace()).items) await label(namespace);
  const watch = await new Watch(config).watch(
    '/api/v1/namespaces',
    {},
    (type, namespace: V1Namespace) => {
      if (type === 'ADDED') void label(namespace);
    },
    () => {},
  );
  signal.addEventListener('abort', () => watch.abort());
}
