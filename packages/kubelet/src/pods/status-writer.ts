import { ApiError, Pods } from '@coxswain/api';
import type { Pod, PodStatus } from '@coxswain/api/types/core-v1';
import { createBackoff, type World } from '@coxswain/base';
import { type Client, compareRevisions } from '@coxswain/client';
import { namespaceOf, uidOf } from './spec.ts';
import { statusPatch } from './status-patch.ts';

const retry = { firstMs: 500, maxMs: 30_000, jitter: 0.2 };

/** Brings one pod's status to the API: always the newest, one write at a time, only what differs from what the API has. */
export class StatusWriter {
  readonly #client: Client;
  readonly #world: World;
  readonly #signal: AbortSignal;
  #api: Pod;
  #wanted: PodStatus | undefined;
  #isWriting = false;
  #writing: Promise<void> = Promise.resolve();
  #isGone = false;

  constructor(client: Client, world: World, pod: Pod, signal: AbortSignal) {
    this.#client = client;
    this.#world = world;
    this.#api = pod;
    this.#signal = signal;
  }

  /** The API's newest state of the pod: what differs from the wanted status is written again. */
  seen(pod: Pod): void {
    const [a, b] = [pod.metadata.resourceVersion ?? '', this.#api.metadata.resourceVersion ?? ''];
    if (compareRevisions(a, b) < 0) return;
    const isTouched = statusPatch(this.#api.status ?? {}, pod.status ?? {}) !== undefined;
    this.#api = pod;
    // What others did to our part of the status is put right.
    if (isTouched && this.#wanted) this.put(this.#wanted);
  }

  put(status: PodStatus): void {
    this.#wanted = status;
    if (!this.#isGone && !this.#isWriting) this.#writing = this.#run();
  }

  /** Resolves when the API has the newest status, or the pod no more. */
  async flush(): Promise<void> {
    while (this.#isWriting) await this.#writing;
  }

  async #run(): Promise<void> {
    this.#isWriting = true;
    const backoff = createBackoff(retry, this.#world.random);
    try {
      while (!this.#isGone && !this.#signal.aborted) {
        const wanted = this.#wanted!;
        const patch = statusPatch(this.#api.status ?? {}, wanted);
        if (!patch) return;
        try {
          await this.#write(patch);
          // The API may keep a status in another form than it was sent: that is no reason to send it again.
          if (this.#wanted === wanted) return;
          backoff.reset();
        } catch (error) {
          if (this.#signal.aborted) return;
          if (error instanceof ApiError && (error.code === 404 || error.code === 409)) {
            this.#isGone = error.code === 404 || error.message.includes('uid');
            if (this.#isGone) return;
          }
          this.#world.log.warn('pod status not written', {
            namespace: namespaceOf(this.#api),
            pod: this.#api.metadata.name,
            error: String(error),
          });
          await this.#world.clock.sleep(backoff.next(), this.#signal).catch(() => {});
        }
      }
    } finally {
      this.#isWriting = false; // at once: a run may end before its promise is kept
    }
  }

  async #write(status: Readonly<Record<string, unknown>>): Promise<void> {
    const { name } = this.#api.metadata;
    const patch = { metadata: { uid: uidOf(this.#api) }, status };
    const written = await this.#client.patch(Pods, name, 'strategic', patch, {
      namespace: namespaceOf(this.#api),
      subresource: 'status',
      signal: this.#signal,
    });
    const [a, b] = [
      written.metadata.resourceVersion ?? '',
      this.#api.metadata.resourceVersion ?? '',
    ];
    if (compareRevisions(a, b) >= 0) this.#api = written;
  }
}
