import { Pods, ReplicationControllers, selectorFromLabels } from '@coxswain/api';
import type { ReplicaSet } from '@coxswain/api/types/apps-v1';
import type { ReplicationController } from '@coxswain/api/types/core-v1';
import type { Controller } from '@coxswain/control';
import { planReplicas, podsWake } from '../replicaset/replicaset.ts';

/** Keeps as many pods of each ReplicationController alive as it asks for: a ReplicaSet with an older selector. */
export const replicationController: Controller<ReplicationController> = {
  name: 'replicationcontroller-controller',
  account: 'replication-controller',
  eventSource: 'replication-controller',
  reconciles: ReplicationControllers,
  watches: [podsWake(ReplicationControllers, (rc) => selectorFromLabels(rc.spec?.selector))],
  writes: [
    { resource: Pods, verbs: ['create', 'delete', 'patch'] },
    { resource: ReplicationControllers, subresource: 'status', verbs: ['update'] },
  ],
  plan(rc, observed) {
    const { actions, ...rest } = planReplicas(
      ReplicationControllers,
      rc && asReplicaSet(rc),
      observed,
    );
    const own = actions.map((action) =>
      action.do === 'update'
        ? {
            ...action,
            object: {
              ...rc!,
              status: (action.object as ReplicaSet).status,
            } as ReplicationController,
          }
        : action,
    );
    return { ...rest, actions: own };
  },
};

const asReplicaSet = (rc: ReplicationController): ReplicaSet =>
  ({
    ...rc,
    spec: { ...rc.spec, selector: { matchLabels: rc.spec?.selector ?? {} } },
  }) as ReplicaSet;
