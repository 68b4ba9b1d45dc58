import {
  ApiError,
  ConfigMaps,
  CronJobs,
  DaemonSets,
  Deployments,
  Jobs,
  type KubeObject,
  Namespaces,
  Nodes,
  PodDisruptionBudgets,
  Pods,
  type Resource,
  Services,
  StatefulSets,
} from '@coxswain/api';
import { simulatedNode } from '@coxswain/kubelet/fleet';
import { kubernetesVersion } from '../../packages/cluster/src/version.ts';
import { ConnectionLost } from '../scene/link.ts';
import type { Scene } from '../scene/scene.ts';
import type { Chance } from './chance.ts';

const resources: Readonly<Record<string, Resource>> = {
  ...{ Deployment: Deployments, StatefulSet: StatefulSets, DaemonSet: DaemonSets, Job: Jobs },
  ...{ CronJob: CronJobs, Service: Services, PodDisruptionBudget: PodDisruptionBudgets },
  ...{ ConfigMap: ConfigMaps, Namespace: Namespaces, Pod: Pods, Node: Nodes },
};
export const resourceOf = (kind: string): Resource => resources[kind]!;

/** Whoever uses the cluster: what they do may fail as the cluster does, and they know what they were told. */
export interface Use {
  readonly scene: Scene;
  readonly chance: Chance;
  readonly signal: AbortSignal;
  /** What a counter in the ledger must have reached, and how much more may be in doubt. */
  readonly ledger: Map<string, { sure: number; doubt: number }>;
  /** Numbers for names. */
  next: number;
}

export const create = (use: Use, object: KubeObject): Promise<KubeObject> =>
  use.scene.user.create(resourceOf(object.kind!), object, { signal: use.signal });

export const patch = (use: Use, object: KubeObject, change: object): Promise<KubeObject> =>
  use.scene.user.patch(resourceOf(object.kind!), object.metadata.name, 'merge', change, {
    namespace: object.metadata.namespace,
    signal: use.signal,
  });

/** Makes the Node, as a kubelet does that registers. */
export const createNode = (use: Use, name: string): Promise<KubeObject> =>
  create(
    use,
    simulatedNode(
      {
        ...{ name, nodeIp: `172.31.0.${name.split('-')[1]}`, kubeletVersion: kubernetesVersion },
        capacity: { cpu: '8', memory: '16Gi' },
      },
      use.scene.world,
    ),
  );

/** Adds one to a counter as careful writers do: as it was seen, and again after a Conflict. */
export async function count(use: Use, counter: string): Promise<void> {
  const { user } = use.scene;
  const { signal } = use;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const seen = await user.get(ConfigMaps, 'ledger', { namespace: 'default', signal });
    const value = String(Number(seen.data?.[counter] ?? 0) + 1);
    const told = use.ledger.get(counter) ?? { sure: 0, doubt: 0 };
    use.ledger.set(counter, told);
    try {
      await user.update(
        ConfigMaps,
        { ...seen, data: { ...seen.data, [counter]: value } },
        { signal },
      );
      told.sure++;
      return;
    } catch (error) {
      if (error instanceof ConnectionLost) told.doubt++;
      if (!(error instanceof ApiError && error.code === 409)) throw error;
    }
  }
}
const attemptsMax = 5;
