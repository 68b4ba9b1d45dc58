/** What stories ask of pods. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

export const isReady = (pod: V1Pod): boolean =>
  pod.metadata?.deletionTimestamp === undefined &&
  (pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
    false);

/** Whether exactly `count` pods are there, all Ready and none on its way out. */
export const allReady =
  (count: number) =>
  (pods: readonly V1Pod[]): boolean =>
    pods.length === count && pods.every(isReady);

export const mainContainer = (pod: V1Pod): V1ContainerStatus | undefined =>
  pod.status?.containerStatuses?.[0];

export const nameOf = (object: { readonly metadata?: { readonly name?: string } }): string =>
  object.metadata!.name!;
