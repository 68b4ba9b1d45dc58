interface Workload {
  readonly metadata: {
    readonly name: string;
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly replicas?: number;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly readyReplicas?: number;
    readonly currentReplicas?: number;
    readonly updateRevision?: string;
    readonly currentRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
  };
}

/** How far a rollout is, in a line, and whether it is over. */
export interface Progress {
  readonly text: string;
  readonly isDone?: true;
}

/** Tells how far the rollout of an object is. Throws for one that failed. */
export type ProgressOf = (object: Workload, revision: number) => Progress;

/** The revision of a deployment or of one of its replica sets. */
export const revisionAnnotation = 'deployment.kubernetes.io/revision';

const deployment: ProgressOf = ({ metadata, spec, status = {} }, revision) => {
  const { name, generation = 0, annotations } = metadata;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const running = Number(annotations?.[revisionAnnotation] ?? 0);
  if (revision > 0 && revision !== running)
    throw new Error(
      `desired revision (${revision}) is different from the running revision (${running})`,
    );
  if (generation > (status.observedGeneration ?? 0))
    return { text: 'Waiting for deployment spec update to be observed...\n' };
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    throw new Error(`deployment ${JSON.stringify(name)} exceeded its progress deadline`);
  const waiting = (words: string): Progress => ({
    text: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${words}...\n`,
  });
  if (spec.replicas !== undefined && updatedReplicas < spec.replicas)
    return waiting(`${updatedReplicas} out of ${spec.replicas} new replicas have been updated`);
  if (replicas > updatedReplicas)
    return waiting(`${replicas - updatedReplicas} old replicas are pending termination`);
  if (availableReplicas < updatedReplicas)
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`);
  return { text: `deployment ${JSON.stringify(name)} successfully rolled out\n`, isDone: true };
};

function needRolling({ spec }: Workload): void {
  if (spec.updateStrategy?.type !== 'RollingUpdate')
    throw new Error('rollout status is only available for RollingUpdate strategy type');
}

const daemonSet: ProgressOf = (object) => {
  needRolling(object);
  const { name, generation = 0 } = object.metadata;
  const {
    observedGeneration = 0,
    desiredNumberScheduled: desired = 0,
    updatedNumberScheduled: updated = 0,
    numberAvailable: available = 0,
  } = object.status ?? {};
  if (generation > observedGeneration)
    return { text: 'Waiting for daemon set spec update to be observed...\n' };
  const waiting = (words: string): Progress => ({
    text: `Waiting for daemon set ${JSON.stringify(name)} rollout to finish: ${words}...\n`,
  });
  if (updated < desired) return waiting(`${updated} out of ${desired} new pods have been updated`);
  if (available < desired) return waiting(`${available} of ${desired} updated pods are available`);
  return { text: `daemon set ${JSON.stringify(name)} successfully rolled out\n`, isDone: true };
};

const statefulSet: ProgressOf = (object) => {
  needRolling(object);
  const { metadata, spec, status = {} } = object;
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0 } = status;
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration)
    return { text: 'Waiting for statefulset spec update to be observed...\n' };
  if (spec.replicas !== undefined && readyReplicas < spec.replicas)
    return { text: `Waiting for ${spec.replicas - readyReplicas} pods to be ready...\n` };
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (rolling) {
    const wanted = (spec.replicas ?? 0) - (rolling.partition ?? 0);
    const isPartial = spec.replicas !== undefined && rolling.partition !== undefined;
    if (isPartial && updatedReplicas < wanted)
      return {
        text: `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated...\n`,
      };
    return {
      text: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...\n`,
      isDone: true,
    };
  }
  const { updateRevision = '', currentRevision = '', currentReplicas = 0 } = status;
  if (updateRevision !== currentRevision)
    return {
      text: `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...\n`,
    };
  return {
    text: `statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...\n`,
    isDone: true,
  };
};

/** By kind, of the group apps. */
export const progressOf: Readonly<Record<string, ProgressOf>> = {
  Deployment: deployment,
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
};
