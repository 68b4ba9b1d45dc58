import { Pods } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { runWatch } from '@coxswain/client';
import type { KubeletContext } from '../context.ts';
import type { Sandbox } from '../runtime.ts';
import { type Rejection, rejectPod } from './admission.ts';
import { Occupancy } from './occupancy.ts';
import { PodWorker } from './worker.ts';
import type { PodVerdict } from './status.ts';
import { isTerminalPhase, uidOf } from './spec.ts';

/** The pods of one node: a worker for each, fed by the API's watch and the runtime's events. */
export class PodWorkers {
  readonly #context: KubeletContext;
  readonly #node: () => Node;
  readonly #workers = new Map<string, PodWorker>();
  readonly #running = new Set<Promise<void>>();
  /** Which pod a container or sandbox belongs to, as far as seen. */
  readonly #owners = new Map<string, string>();
  #admit: (pod: Pod) => Rejection | undefined;
  #isSynced = false;
  #signal = AbortSignal.abort();

  constructor(context: KubeletContext, node: () => Node) {
    this.#context = context;
    this.#node = node;
    this.#admit = (pod) => this.#reject(pod);
  }

  /** Workers for pods that someone else hands in, with `see` and `remove`, and decides about. */
  static fed(
    context: KubeletContext,
    node: () => Node,
    admit: (pod: Pod) => Rejection | undefined,
    signal: AbortSignal,
  ): PodWorkers {
    const workers = new PodWorkers(context, node);
    workers.#admit = admit;
    workers.#signal = signal;
    workers.#track(workers.#watchRuntime(signal));
    return workers;
  }

  /** Workers by pod uid. */
  get all(): ReadonlyMap<string, PodWorker> {
    return this.#workers;
  }

  find(namespace: string, name: string): PodWorker | undefined {
    for (const worker of this.#workers.values()) {
      const { metadata } = worker.pod;
      if (metadata.name === name && metadata.namespace === namespace) return worker;
    }
    return undefined;
  }

  /** Runs until `signal` aborts; what runs in containers then goes on. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await Promise.all([this.#watchPods(signal), this.#watchRuntime(signal)]);
    await Promise.all(this.#running);
  }

  async #watchPods(signal: AbortSignal): Promise<void> {
    const { client, world, nodeName } = this.#context;
    const selection = { fields: `spec.nodeName=${nodeName}` };
    const sink = {
      replace: (pods: readonly Pod[]): void => this.#replace(pods),
      apply: (events: readonly { readonly type: string; readonly object: Pod }[]): void => {
        for (const { type, object } of events)
          if (type === 'DELETED') this.remove(object);
          else if (type !== 'BOOKMARK') this.see(object);
      },
    };
    await runWatch(client, Pods, selection, sink, world, signal);
  }

  async #watchRuntime(signal: AbortSignal): Promise<void> {
    const { runtime, world } = this.#context;
    try {
      for await (const event of runtime.events(signal))
        if (event.type === 'lost') for (const worker of this.#workers.values()) worker.look();
        else await this.#lookAt(event.id, event.type === 'ended', signal);
    } catch (error) {
      if (!signal.aborted) world.log.error('runtime events ended', error);
    }
  }

  async #lookAt(id: string, hasEnded: boolean, signal: AbortSignal): Promise<void> {
    let uid = this.#owners.get(id);
    if (uid === undefined) {
      await this.#learnOwners(signal);
      uid = this.#owners.get(id);
    }
    if (uid !== undefined) this.#workers.get(uid)?.look(hasEnded ? id : undefined);
  }

  async #learnOwners(signal: AbortSignal): Promise<void> {
    const { runtime, world } = this.#context;
    try {
      const [sandboxes, containers] = await Promise.all([
        runtime.sandboxes(undefined, signal),
        runtime.containers(undefined, signal),
      ]);
      this.#owners.clear();
      for (const { id, podUid } of [...sandboxes, ...containers]) this.#owners.set(id, podUid);
    } catch (error) {
      if (signal.aborted) return;
      world.log.warn('runtime not listed', { error: String(error) });
      for (const worker of this.#workers.values()) worker.look(); // it may be news of any of them
    }
  }

  #replace(pods: readonly Pod[]): void {
    const uids = new Set(pods.map(uidOf));
    for (const [uid, worker] of this.#workers) if (!uids.has(uid)) worker.removed();
    for (const pod of pods.toSorted(oldestFirst)) this.see(pod);
    if (this.#isSynced) return;
    this.#isSynced = true;
    const cleaning = this.#cleanUp(uids).catch((error: unknown) => {
      if (!this.#signal.aborted) this.#context.world.log.error('orphans not cleaned up', error);
    });
    this.#track(cleaning);
  }

  /** A pod of this node, or news of it. */
  see(pod: Pod): void {
    const worker = this.#workers.get(uidOf(pod));
    if (worker) return worker.update(pod);
    this.#start(pod);
  }

  /** The API has the pod no more; `pod` is its last state. */
  remove(pod: Pod): void {
    const worker = this.#workers.get(uidOf(pod));
    worker?.update(pod);
    worker?.removed();
  }

  #start(pod: Pod): PodWorker {
    const uid = uidOf(pod);
    const worker = new PodWorker(pod, this.#context, this.#admit);
    this.#workers.set(uid, worker);
    const running = worker
      .run(this.#signal)
      .catch((error: unknown) => this.#context.world.log.error('pod worker broke', error, { uid }))
      .finally(() => {
        if (!this.#signal.aborted) this.#workers.delete(uid);
      });
    this.#track(running);
    return worker;
  }

  #track(job: Promise<void>): void {
    this.#running.add(job);
    void job.finally(() => this.#running.delete(job));
  }

  #reject(pod: Pod): Rejection | undefined {
    const others = [...this.#workers.values()]
      .filter((worker) => worker.isActive && uidOf(worker.pod) !== uidOf(pod))
      .map((worker) => worker.pod)
      .filter(({ status }) => !isTerminalPhase(status?.phase));
    return rejectPod(pod, this.#node(), this.#context.allocatable(), Occupancy.of(others));
  }

  /** Ends one pod for the node's sake. */
  evict(uid: string, verdict: PodVerdict, graceSeconds?: number): void {
    this.#workers.get(uid)?.evict(verdict, graceSeconds);
  }

  /** What earlier lives of this kubelet left of pods that the API has no more: ended with their own grace, then removed. */
  async #cleanUp(known: ReadonlySet<string>): Promise<void> {
    const { runtime, host } = this.#context;
    const sandboxes = await runtime.sandboxes(undefined, this.#signal);
    const orphans = new Map<string, Sandbox>();
    for (const sandbox of sandboxes)
      if (!known.has(sandbox.podUid) && !orphans.has(sandbox.podUid))
        orphans.set(sandbox.podUid, sandbox);
    for (const sandbox of orphans.values()) {
      const worker = this.#start(podOf(sandbox));
      worker.removed();
    }
    for (const uid of await host.podsLeft()) {
      if (known.has(uid) || this.#workers.has(uid)) continue;
      await host.unmountVolumes(uid);
      await host.remove(uid);
    }
  }
}

const oldestFirst = (a: Pod, b: Pod): number =>
  (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1;

/** As much of a pod as its sandbox tells: enough to end it. */
const podOf = ({ podName, podNamespace, podUid }: Sandbox): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: podName, namespace: podNamespace, uid: podUid },
  spec: { containers: [] },
});
