import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { recordPod } from '../context.ts';
import { type Rejection, rejectPod } from '../pods/admission.ts';
import { containerConfig } from '../pods/container-config.ts';
import type { PodRuntime } from '../pods/observed.ts';
import { Occupancy } from '../pods/occupancy.ts';
import { PodWorkers } from '../pods/pod-workers.ts';
import { sandboxConfig } from '../pods/sandbox-config.ts';
import { findContainer, isTerminalPhase, namespaceOf, uidOf } from '../pods/spec.ts';
import type { ContainerConfig } from '../runtime-config.ts';
import type { RuntimeContainer } from '../runtime.ts';
import { faultOf, misunderstood } from '../simulated/behaviour.ts';
import { simulatedImage } from '../simulated/simulated-image.ts';
import { isPlain, runtimeOf } from './plain-pod.ts';
import { type PlainPlace, PlainPods } from './plain-pods.ts';

export interface NodePodsParts extends PlainPlace {
  readonly node: () => Node;
  /** The pod needs a runtime that is more than the simulation. */
  readonly needsWorker: (pod: Pod) => boolean;
  /** Why the node takes no pods at all now. */
  readonly refuses: () => Rejection | undefined;
}

/** The pods of one simulated node: the plain ones, and a worker for each of the others. */
export class NodePods {
  readonly #parts: NodePodsParts;
  readonly #plain: PlainPods;
  readonly #workers: PodWorkers;
  /** What the plain pods take. */
  readonly #occupancy = new Occupancy();
  /** Pods on their way from being plain to a worker, with their newest state; undefined once they are gone. */
  readonly #moving = new Map<string, { pod: Pod; readonly done: Promise<void> }>();

  constructor(parts: NodePodsParts) {
    this.#parts = parts;
    this.#plain = new PlainPods(parts);
    const admit = (pod: Pod): Rejection | undefined => this.#reject(pod);
    this.#workers = PodWorkers.fed(parts.context, parts.node, admit, parts.signal);
  }

  /** Every pod, with the status that this kubelet knows. */
  get all(): readonly Pod[] {
    return [...this.#plain.all, ...[...this.#workers.all.values()].map(({ pod }) => pod)];
  }

  see(pod: Pod): void {
    const uid = uidOf(pod);
    const worker = this.#workers.all.get(uid);
    if (worker) {
      const before = worker.pod;
      this.#workers.see(asTold(pod));
      return this.#heed(pod, before);
    }
    const moving = this.#moving.get(uid);
    if (moving) {
      moving.pod = pod;
      return;
    }
    const before = this.#plain.get(uid);
    if (!before) return this.#begin(pod);
    const isPlain = this.#plain.see(pod);
    this.#recount(before, this.#plain.get(uid)!);
    if (!isPlain) void this.#move(pod);
  }

  /** A running pod is told by annotations what to do. */
  #heed(pod: Pod, before?: Pod): void {
    const { annotations } = pod.metadata;
    const riddle = misunderstood(annotations);
    const { context, runtime } = this.#parts;
    if (riddle && riddle !== misunderstood(before?.metadata.annotations))
      recordPod(context, pod, 'Warning', 'Misunderstood', riddle);
    const fault = faultOf(annotations)?.fault;
    if (fault !== undefined && fault !== faultOf(before?.metadata.annotations)?.fault)
      runtime.strike(uidOf(pod), fault);
  }

  /** A pod that is resized takes something else than before. */
  #recount(before: Pod, now: Pod): void {
    if (before.metadata.generation === now.metadata.generation) return;
    this.#occupancy.remove(before);
    this.#occupancy.add(now);
  }

  remove(pod: Pod): void {
    const uid = uidOf(pod);
    const moving = this.#moving.get(uid);
    if (moving) void moving.done.then(() => this.#workers.remove(pod));
    else if (!this.#plain.get(uid)) this.#workers.remove(pod);
    else this.#leave(uid);
  }

  /** Gives the pod of that name a worker, for what only a worker does: sessions and logs. */
  async attend(namespace: string, name: string): Promise<void> {
    for (const pod of this.#plain.all)
      if (pod.metadata.name === name && namespaceOf(pod) === namespace) return this.#move(pod);
  }

  retell(): void {
    this.#plain.retell();
  }

  #begin(pod: Pod): void {
    const had = runtimeOf(pod);
    const isNew = !pod.metadata.deletionTimestamp && !pod.status?.containerStatuses?.length;
    const isWorkers = !isPlain(pod) || this.#parts.needsWorker(pod);
    if (isWorkers || !(isNew || had)) return this.#workersBegin(pod, had);
    if (isNew && this.#reject(pod)) return this.#workers.see(pod); // which says why
    this.#occupancy.add(pod);
    this.#plain.start(pod);
  }

  /** What an earlier life of this kubelet ran goes on. */
  #workersBegin(pod: Pod, had: PodRuntime | undefined): void {
    if (!had) return this.#workers.see(asTold(pod));
    this.#parts.runtime.addresses.reserve(had.sandboxes[0]!.ips);
    void this.#adopt(pod, had);
  }

  #leave(uid: string): PodRuntime | undefined {
    this.#occupancy.remove(this.#plain.get(uid)!);
    const had = this.#plain.take(uid);
    for (const { ips } of had?.sandboxes ?? []) this.#parts.runtime.addresses.giveBack(...ips);
    return had;
  }

  async #move(pod: Pod): Promise<void> {
    const had = this.#leave(uidOf(pod));
    if (!had || had.sandboxes.length === 0) return this.#workers.see(asTold(pod));
    this.#parts.runtime.addresses.reserve(had.sandboxes[0]!.ips);
    await this.#adopt(pod, had);
  }

  /** Hands the pod to a worker, which finds it running. */
  #adopt(pod: Pod, had: PodRuntime): Promise<void> {
    const uid = uidOf(pod);
    const moved = async (): Promise<void> => {
      await this.#makeKnown(pod, had);
      const { pod: newest } = this.#moving.get(uid)!;
      this.#moving.delete(uid);
      this.#workers.see(asTold(newest));
      this.#heed(newest);
    };
    // Begun a turn later, when `moving` knows of it.
    const done = Promise.resolve().then(moved);
    this.#moving.set(uid, { pod, done });
    return done;
  }

  async #makeKnown(pod: Pod, had: PodRuntime): Promise<void> {
    const { context, runtime, signal } = this.#parts;
    const [sandbox] = had.sandboxes;
    const { config } = sandboxConfig(pod, sandbox!.attempt, context);
    const configs = had.containers.toReversed().map(async (container) => {
      const [kind, spec] = findContainer(pod, container.name)!;
      const ran = { ...spec, image: container.image };
      const { attempt, imageRef } = container;
      const image = simulatedImage(imageRef) ?? { ...simulatedImage('')!, id: imageRef };
      const made = await containerConfig(
        ...([pod, { kind, spec: ran, attempt }, image, had, new Map(), () => []] as const),
        context,
        signal,
      );
      const { labels, annotations } = made;
      return [{ ...container, labels, annotations }, made] as const;
    });
    const known: (readonly [RuntimeContainer, ContainerConfig])[] = [];
    for (const one of await Promise.allSettled(configs))
      if (one.status === 'fulfilled') known.push(one.value);
    runtime.adopt(sandbox!, config, known);
  }

  #reject(pod: Pod): Rejection | undefined {
    const refusal = this.#parts.refuses();
    if (refusal) return refusal;
    const { context, node } = this.#parts;
    const others: Pod[] = [];
    for (const worker of this.#workers.all.values()) {
      if (!worker.isActive) continue;
      const { pod: other } = worker;
      if (uidOf(other) !== uidOf(pod) && !isTerminalPhase(other.status?.phase)) others.push(other);
    }
    for (const other of others) this.#occupancy.add(other);
    const rejection = rejectPod(pod, node(), context.allocatable(), this.#occupancy);
    for (const other of others) this.#occupancy.remove(other);
    return rejection;
  }
}

/** A pod whose pull shall fail has to pull. */
function asTold(pod: Pod): Pod {
  if (faultOf(pod.metadata.annotations)?.fault !== 'failed-pull') return pod;
  const containers = pod.spec!.containers.map((one) => ({ ...one, imagePullPolicy: 'Always' }));
  return { ...pod, spec: { ...pod.spec!, containers } };
}
