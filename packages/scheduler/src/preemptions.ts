import { ApiError, formatTime, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Client, Recorder } from '@coxswain/client';
import type { Preemption } from './cycle/preempt.ts';

export interface PreemptionsOptions {
  readonly world: World;
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly schedulerName: string;
}

const isGone = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 404 || error.code === 409);

/** Makes victims leave: each is told why, deleted, and spoken of in an event. */
export class Preemptions {
  readonly #options: PreemptionsOptions;
  readonly #recorder: Recorder;

  constructor(options: PreemptionsOptions, recorder: Recorder) {
    this.#options = options;
    this.#recorder = recorder;
  }

  /** Resolves once all victims have been told to leave, but those that `stop` keeps from coming; rejects when one could not be. */
  async carryOut(
    pod: Pod,
    { node, victims }: Preemption,
    stop: (victim: Pod) => boolean,
  ): Promise<void> {
    const leave = async (victim: Pod): Promise<void> => {
      if (victim.metadata.deletionTimestamp) return;
      const isStopped = stop(victim);
      if (!isStopped) await this.#remove(victim);
      const message = `Preempted by pod ${pod.metadata.uid} on node ${node}`;
      this.#recorder.record({
        ...{ about: victim, type: 'Normal', reason: 'Preempted', action: 'Preempting' },
        message: isStopped ? `${message} (in kube-scheduler memory).` : message,
      });
    };
    await Promise.all(victims.map((victim) => this.#track(victim, leave(victim))));
  }

  /** Takes its nomination back from a pod whose node went to a more important one. */
  disappoint(pod: Pod): void {
    this.#track(pod, this.#patchStatus(pod, { nominatedNodeName: null })).catch(() => {}); // told there
  }

  async #remove(victim: Pod): Promise<void> {
    const { client, signal, world, schedulerName } = this.#options;
    const { name, namespace, uid, generation } = victim.metadata;
    const nowMs = world.clock.now();
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${schedulerName}: preempting to accommodate a higher priority pod`,
      ...(generation !== undefined && { observedGeneration: generation }),
      lastTransitionTime: formatTime(nowMs),
    };
    await this.#patchStatus(victim, { conditions: [condition] });
    await client.remove(Pods, name, { namespace, ...(uid !== undefined && { uid }), signal });
  }

  async #patchStatus({ metadata }: Pod, status: object): Promise<void> {
    const { client, signal } = this.#options;
    const { name, namespace, uid } = metadata;
    const at = { namespace, subresource: 'status', signal };
    await client.patch(Pods, name, 'strategic', { metadata: { uid }, status }, at);
  }

  async #track({ metadata }: Pod, job: Promise<void>): Promise<void> {
    const { world, signal } = this.#options;
    const { name, namespace = '' } = metadata;
    const done = job.catch((error: unknown) => {
      if (isGone(error) || signal.aborted) return;
      world.log.error('preemption failed', error, { namespace, name });
      throw error;
    });
    await world.work.track(done);
  }
}
