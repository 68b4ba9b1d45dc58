import { ApiError, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Client, Recorder } from '@coxswain/client';
import { eventText, type Failure, failureCondition } from './failure.ts';

/** How every event of a pod that found no node is called. */
export const failedScheduling = {
  type: 'Warning',
  reason: 'FailedScheduling',
  action: 'Scheduling',
} as const;

interface Writing {
  readonly client: Client;
  readonly world: World;
  readonly signal: AbortSignal;
}

/** Tells a failure by an event, and by the pod's condition where it does not say so yet: once `before` is done, which never rejects. */
export function tellFailure(
  writing: Writing,
  recorder: Recorder,
  pod: Pod,
  failure: Failure,
  nominated?: string,
  before?: Promise<void>,
): Promise<void> | undefined {
  const message = eventText(failure.message);
  recorder.record({ about: pod, ...failedScheduling, message });
  const condition = failureCondition(pod, failure, writing.world.clock.now());
  const renominated =
    nominated !== undefined && nominated !== (pod.status?.nominatedNodeName ?? '');
  if (!condition && !renominated) return before;
  const status = {
    ...(condition && { conditions: [condition] }),
    ...(renominated && { nominatedNodeName: nominated || null }),
  };
  return writeStatus(writing, pod, status, before);
}

/** Writes some of a pod's status once `before` is done, which never rejects; nor does this. */
export function writeStatus(
  { client, signal, world }: Writing,
  { metadata: { name, namespace, uid } }: Pod,
  status: object,
  before?: Promise<void>,
): Promise<void> {
  const at = { namespace, subresource: 'status', signal };
  const write = async (): Promise<void> => {
    await before;
    await client.patch(Pods, name, 'strategic', { metadata: { uid }, status }, at);
  };
  const patched = write().catch((error: unknown) => {
    const isGone = error instanceof ApiError && (error.code === 404 || error.code === 409);
    if (!isGone && !signal.aborted)
      world.log.error('status not written', error, { namespace: namespace ?? '', name });
  });
  return world.work.track(patched);
}
