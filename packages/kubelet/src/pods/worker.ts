import { ApiError, parseTime, Pods } from '@coxswain/api';
import type { Pod, PodStatus } from '@coxswain/api/types/core-v1';
import { type Backoff, createBackoff } from '@coxswain/base';
import { type KubeletContext, recordPod } from '../context.ts';
import { MountError } from '../host.ts';
import { PodProber } from '../probes/pod-prober.ts';
import type { Rejection } from './admission.ts';
import { ownConditions } from './conditions.ts';
import { killPod } from './kill.ts';
import { isAlive, nothingObserved, type PodRuntime } from './observed.ts';
import { PodObserver } from './pod-observer.ts';
import { PodStarter, SandboxError } from './pod-starter.ts';
import { graceSecondsOf, isTerminalPhase, namespaceOf, uidOf } from './spec.ts';
import { podStatus, type PodVerdict } from './status.ts';
import { StatusWriter } from './status-writer.ts';
import { Waker } from './waker.ts';

/** As upstream waits after a sync that failed. */
const retry = { firstMs: 10_000, maxMs: 15_000, factor: 1, jitter: 0.5 };
/** Volumes are tried again sooner, ever more slowly. */
const mountRetry = { firstMs: 500, maxMs: 122_000 };

const endedFirstMs = 10;
const endedMaxMs = 2_000;

/**
 * One pod on this node, from the first sight of it to the last: `waiting` for admission, `running`, `terminating`
 * (everything in it is ended), `ended` (nothing runs; the object may still be there), `gone`.
 */
export class PodWorker {
  readonly #context: KubeletContext;
  readonly #admit: (pod: Pod) => Rejection | undefined;
  readonly #waker: Waker;
  readonly #end = new AbortController();
  readonly #writer: StatusWriter;
  readonly #observer: PodObserver;
  readonly #starter: PodStarter;
  readonly #prober: PodProber;
  readonly #retry: Backoff;
  readonly #mountRetry: Backoff;
  #state: 'waiting' | 'running' | 'terminating' | 'ended' | 'gone' = 'waiting';
  #api: Pod;
  #told: PodStatus | undefined;
  #observed: PodRuntime = nothingObserved;
  #isStale = true;
  /** Containers and sandboxes whose end was announced, and how long to wait before looking for it again. */
  readonly #ending = new Map<string, number>();
  #isRemoved = false;
  #isDeleteSent = false;
  #verdict: PodVerdict | undefined;
  #graceSeconds: number | undefined;
  #step = new AbortController();

  constructor(pod: Pod, context: KubeletContext, admit: (pod: Pod) => Rejection | undefined) {
    const { client, world, runtime, host } = context;
    this.#context = context;
    this.#admit = admit;
    this.#api = pod;
    this.#waker = new Waker(world.clock);
    this.#writer = new StatusWriter(client, world, pod, this.#end.signal);
    this.#observer = new PodObserver(runtime, host, uidOf(pod));
    this.#starter = new PodStarter(context, this.#waker);
    this.#prober = new PodProber(context, () => this.#waker.wake());
    this.#retry = createBackoff(retry, world.random);
    this.#mountRetry = createBackoff(mountRetry, world.random);
    this.#waker.wake();
  }

  /** The pod as the API has it, with the status this kubelet has told of it. */
  get pod(): Pod {
    if (!this.#told) return this.#api;
    const foreign = (this.#api.status?.conditions ?? []).filter(
      ({ type }) => !ownConditions.has(type),
    );
    const own = (this.#told.conditions ?? []).filter(({ type }) => ownConditions.has(type));
    return {
      ...this.#api,
      status: { ...this.#api.status, ...this.#told, conditions: [...foreign, ...own] },
    };
  }

  get observed(): PodRuntime {
    return this.#observed;
  }

  /** It takes room on the node: it was admitted, and its containers have not all ended. */
  get isActive(): boolean {
    return this.#state === 'running' || this.#state === 'terminating';
  }

  /** Nothing of it can run any more. */
  get isEnded(): boolean {
    return this.#state === 'ended' || this.#state === 'gone';
  }

  update(pod: Pod): void {
    const before = this.#api;
    this.#api = pod;
    this.#writer.seen(pod);
    const isDeleted = pod.metadata.deletionTimestamp && !before.metadata.deletionTimestamp;
    const isSooner =
      this.#state === 'terminating' &&
      (pod.metadata.deletionGracePeriodSeconds ?? Infinity) <
        (before.metadata.deletionGracePeriodSeconds ?? Infinity);
    const isNews =
      pod.metadata.generation !== before.metadata.generation ||
      pod.metadata.labels !== before.metadata.labels ||
      pod.metadata.annotations !== before.metadata.annotations ||
      this.#hasForeignNews(before, pod);
    // What is under way is given up for the end, or for a quicker one.
    if (isDeleted || isSooner) this.#step.abort();
    if (isDeleted || isSooner || isNews) this.#waker.wake();
  }

  /** The API has the pod no more: it ends here with the grace it was given. */
  removed(): void {
    this.#isRemoved = true;
    if (this.#state !== 'terminating') this.#step.abort();
    this.#waker.wake();
  }

  /** The runtime has news of one of its containers; of `endedId`, that it has ended. */
  look(endedId?: string): void {
    if (endedId !== undefined) this.#ending.set(endedId, endedFirstMs);
    this.#isStale = true;
    this.#waker.wake();
  }

  /** Ends the pod for the node's sake: it fails with this reason. */
  evict(verdict: PodVerdict, graceSeconds?: number): void {
    this.#verdict ??= { ...verdict, phase: 'Failed' };
    this.#graceSeconds = graceSeconds;
    this.#step.abort();
    this.#waker.wake();
  }

  /** Lives until the pod is gone, or `signal` aborts: then the pod's containers go on without us. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#end.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    using _prober = this.#prober;
    using _waker = this.#waker;
    try {
      while (this.#state !== 'gone' && !this.#end.signal.aborted) {
        await this.#waker.sleep(this.#end.signal);
        if (!this.#end.signal.aborted) await this.#guardedStep();
      }
    } finally {
      signal.removeEventListener('abort', stop);
      if (!this.#end.signal.aborted) this.#end.abort();
    }
  }

  async #guardedStep(): Promise<void> {
    this.#step = new AbortController();
    const signal = AbortSignal.any([this.#step.signal, this.#end.signal]);
    try {
      await this.#take(signal);
      this.#retry.reset();
      this.#mountRetry.reset();
    } catch (error) {
      if (this.#end.signal.aborted) return;
      this.#isStale = true;
      if (this.#step.signal.aborted) return this.#waker.wake();
      const { clock, log } = this.#context.world;
      const isMount = error instanceof MountError;
      if (isMount) this.#reportMount(error);
      if (isMount || error instanceof SandboxError) this.#publish(false);
      else
        log.error('pod not synced', error, {
          namespace: namespaceOf(this.#api),
          pod: this.#api.metadata.name,
        });
      this.#waker.wakeAt(clock.now() + (isMount ? this.#mountRetry : this.#retry).next());
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    if (this.#state === 'waiting') await this.#enter(signal);
    const isOver = this.#isRemoved || this.#api.metadata.deletionTimestamp || this.#verdict;
    if (this.#state === 'running' && (isOver || isTerminalPhase(this.pod.status?.phase)))
      this.#state = 'terminating';
    if (this.#state === 'running') await this.#sync(signal);
    if (this.#state === 'terminating') await this.#terminate(signal);
    if (this.#state === 'ended') await this.#leave(signal);
  }

  /** A pod that already runs here, or has ended, needs no admission. */
  async #enter(signal: AbortSignal): Promise<void> {
    await this.#refresh(signal);
    const isKnown = this.#observed.sandboxes.length > 0 || isTerminalPhase(this.#api.status?.phase);
    const rejection =
      isKnown || this.#api.metadata.deletionTimestamp ? undefined : this.#admit(this.#api);
    this.#state = 'running';
    if (!rejection) return;
    const { reason, message } = rejection;
    recordPod(this.#context, this.#api, 'Warning', reason, message);
    const said = `Pod was rejected: ${message}`;
    this.#verdict = { phase: 'Failed', reason, message: said, isRefusal: true };
  }

  async #sync(signal: AbortSignal): Promise<void> {
    await this.#refresh(signal);
    this.#prober.follow(this.pod, this.#observed);
    this.#checkDeadline();
    this.#publish(false);
    if (this.#verdict || isTerminalPhase(this.#told?.phase)) {
      this.#state = 'terminating';
      return;
    }
    const changed = await this.#starter.advance(
      ...([this.pod, this.#observed, this.#prober.verdicts] as const),
      (containerId) => this.#prober.stop(containerId),
      signal,
    );
    if (!changed) return this.#publish(false);
    this.#isStale = true;
    await this.#refresh(signal);
    this.#prober.follow(this.pod, this.#observed);
    this.#publish(false);
    if (isTerminalPhase(this.#told?.phase)) this.#waker.wake();
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#observed = await this.#observer.look(signal);
    this.#awaitEnds();
  }

  /** A runtime learns of an end from the same event as we do: until it says so itself, it is asked again shortly. */
  #awaitEnds(): void {
    const { sandboxes, containers } = this.#observed;
    const alive = new Set([
      ...sandboxes.filter(({ isReady }) => isReady).map(({ id }) => id),
      ...containers.filter(isAlive).map(({ id }) => id),
    ]);
    for (const [id, waitMs] of this.#ending) {
      if (!alive.has(id) || waitMs > endedMaxMs) this.#ending.delete(id);
      else {
        this.#ending.set(id, waitMs * 2);
        this.#isStale = true;
        this.#waker.wakeAt(this.#context.world.clock.now() + waitMs);
      }
    }
  }

  async #terminate(signal: AbortSignal): Promise<void> {
    const { host, runtime } = this.#context;
    this.#prober.leaveReadinessOnly();
    this.#isStale = true;
    await this.#refresh(signal);
    if (!isTerminalPhase(this.#api.status?.phase)) this.#publish(false);
    // Deletion may ask for less than the eviction did; the pod's own grace is the default.
    const grace = this.#api.metadata.deletionTimestamp
      ? Math.min(this.#graceSeconds ?? Infinity, graceSecondsOf(this.#api))
      : this.#graceSeconds;
    await killPod(this.pod, this.#observed, this.#context, signal, grace);
    this.#prober[Symbol.dispose]();
    this.#isStale = true;
    await this.#refresh(signal);
    const alive = this.#observed.containers.filter(isAlive);
    if (alive.length > 0)
      throw new Error(`containers still run: ${alive.map(({ name }) => name).join(', ')}`);
    const ready = this.#observed.sandboxes.filter(({ isReady }) => isReady);
    await Promise.all(ready.map(({ id }) => runtime.stopSandbox(id, signal)));
    this.#publish(true);
    await host.unmountVolumes(uidOf(this.#api));
    this.#state = 'ended';
  }

  /** Deletes the API's object once the API knows how everything ended, then what is left here. */
  async #leave(signal: AbortSignal): Promise<void> {
    if (!this.#isRemoved) {
      await this.#writer.flush();
      if (!this.#api.metadata.deletionTimestamp || this.#isDeleteSent) return;
      // What is left here goes when the watch says that the object is gone.
      if (await this.#deleteObject(signal)) return;
    }
    const { runtime, host, images } = this.#context;
    const { containers, sandboxes } = await this.#observer.look(signal);
    await Promise.all(containers.map(({ id }) => runtime.removeContainer(id, signal)));
    await Promise.all(sandboxes.map(({ id }) => runtime.removeSandbox(id, signal)));
    await host.remove(uidOf(this.#api));
    images.forget(uidOf(this.#api));
    this.#state = 'gone';
  }

  /** False: there is no such object any more. */
  async #deleteObject(signal: AbortSignal): Promise<boolean> {
    const { name } = this.#api.metadata;
    const namespace = namespaceOf(this.#api);
    try {
      const at = { namespace, uid: uidOf(this.#api), graceSeconds: 0, signal };
      await this.#context.client.remove(Pods, name, at);
      this.#isDeleteSent = true;
      return true;
    } catch (error) {
      const isGone = error instanceof ApiError && (error.code === 404 || error.code === 409);
      if (!isGone) throw error;
      return false;
    }
  }

  #publish(isTerminal: boolean): void {
    const { runtime, hostIps, world } = this.#context;
    const verdict = this.#verdict;
    const status = podStatus(this.pod, {
      runtimeName: runtime.name,
      observed: this.#observed,
      probed: this.#prober.verdicts,
      failures: this.#starter.failures,
      terminationMessages: this.#observer.terminationMessages,
      hostIps,
      nowMs: world.clock.now(),
      isTerminal,
      verdict,
    });
    this.#told = status;
    if (!this.#isRemoved) this.#writer.put(status);
  }

  #checkDeadline(): void {
    const seconds = this.pod.spec?.activeDeadlineSeconds;
    const startTime = this.pod.status?.startTime;
    if (seconds === undefined || !startTime) return;
    const untilMs = parseTime(startTime) + seconds * 1000;
    if (this.#context.world.clock.now() < untilMs) return this.#waker.wakeAt(untilMs);
    const message = 'Pod was active on the node longer than the specified deadline';
    recordPod(this.#context, this.#api, 'Normal', 'DeadlineExceeded', message);
    this.#verdict = { phase: 'Failed', reason: 'DeadlineExceeded', message };
  }

  #reportMount({ volume, message }: MountError): void {
    const text = `MountVolume.SetUp failed for volume "${volume}" : ${message}`;
    recordPod(this.#context, this.#api, 'Warning', 'FailedMount', text);
  }

  /** A condition that others own, such as a readiness gate's, decides about ours. */
  #hasForeignNews(before: Pod, now: Pod): boolean {
    const text = ({ status }: Pod): string =>
      (status?.conditions ?? [])
        .filter(({ type }) => !ownConditions.has(type))
        .map(({ type, status }) => `${type}=${status}`)
        .join();
    return text(before) !== text(now);
  }
}
