import { ApiError, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { backoffMs, uuid } from '@coxswain/base';
import { compareRevisions } from '@coxswain/client';
import { type KubeletContext, recordPod } from '../context.ts';
import { pulledText, pullingText, presentText } from '../images/pull-texts.ts';
import { withDefaultTag } from '../images/reference.ts';
import { nothingObserved, type PodRuntime } from '../pods/observed.ts';
import { isHostNetwork, namespaceOf, uidOf } from '../pods/spec.ts';
import { podStatus } from '../pods/status.ts';
import { statusPatch } from '../pods/status-patch.ts';
import { delayMs } from '../simulated/delays.ts';
import type { SimulatedRuntime } from '../simulated/simulated-runtime.ts';
import type { Lane } from './lane.ts';
import {
  hasOtherImage,
  isPlain,
  plainContainer,
  plainSandbox,
  plainVerdicts,
  runtimeName,
  runtimeOf,
} from './plain-pod.ts';

const terminated = 143; // 128 + SIGTERM
const retry = { firstMs: 500, maxMs: 30_000, jitter: 0.2 };
const nothing: ReadonlyMap<string, never> = new Map<string, never>();

/** One plain pod. What runs is read off its status; `made` is only there while the status does not tell it yet. */
interface Life {
  pod: Pod; // as the API has it, as far as seen
  state: 'starting' | 'running' | 'ending' | 'ended';
  made: PodRuntime | undefined;
  timer: Disposable | undefined;
  /** When it came to what `made` says. */
  sinceMs: number;
  isQueued: boolean;
  /** What is to be told: '' by itself, else the revision of the pod that was seen; undefined: nothing. */
  news: string | undefined;
  failures: number;
}

/** What plain pods need of their node. */
export interface PlainPlace {
  readonly context: KubeletContext;
  readonly runtime: SimulatedRuntime;
  readonly statuses: Lane;
  readonly signal: AbortSignal;
  /** How many times longer than usual everything takes. */
  slowness(): number;
  /** The node is cut off from the API. */
  isCut(): boolean;
}

/** The plain pods of one node: a few fields and at most one timer each. */
export class PlainPods {
  readonly #place: PlainPlace;
  readonly #lives = new Map<string, Life>();

  constructor(place: PlainPlace) {
    this.#place = place;
  }

  get all(): Iterable<Pod> {
    return this.#lives.values().map(({ pod }) => pod);
  }

  /** The pod as last seen. */
  get(uid: string): Pod | undefined {
    return this.#lives.get(uid)?.pod;
  }

  /** Begins with a pod that is plain and for which there is room; one that its status tells to run goes on. */
  start(pod: Pod): void {
    const { context, runtime } = this.#place;
    const { clock, random } = context.world;
    const running = runtimeOf(pod);
    const life: Life = {
      ...{ pod, state: running ? 'running' : 'starting', made: running, timer: undefined },
      ...{ sinceMs: clock.now(), isQueued: false, news: undefined, failures: 0 },
    };
    this.#lives.set(uidOf(pod), life);
    if (running) {
      runtime.addresses.reserve(running.sandboxes[0]!.ips);
      if (pod.metadata.deletionTimestamp) return this.#terminate(life);
      this.#publish(life); // somebody may have said otherwise meanwhile
      return this.#await(life);
    }
    const pulls = imagesOf(pod).filter((image) => !runtime.hasImage(image));
    const steps = ['sandbox' as const, ...pulls.map(() => 'pull' as const)];
    let ms = 0;
    for (const step of [...steps, ...pod.spec!.containers.map(() => 'container' as const)])
      ms += delayMs(step, random);
    this.#after(life, ms * this.#place.slowness(), () => this.#started(life, ms));
  }

  /** News of a pod; false: it is none of these, or has ceased to be plain. */
  see(pod: Pod): boolean {
    const life = this.#lives.get(uidOf(pod));
    if (!life) return false;
    const order = compareRevisions(rv(pod), rv(life.pod));
    if (order < 0) return true;
    life.pod = pod; // the cache's own: one copy of each pod
    if (life.state === 'ending' || life.state === 'ended') return true;
    // What an own write answered may hold what others wrote just before: it is looked at too.
    if (pod.metadata.deletionTimestamp) this.#terminate(life);
    else if (!isPlain(pod) || (life.state === 'running' && hasOtherImage(pod))) return false;
    else if (order > 0 && life.state === 'running') this.#publish(life, rv(pod));
    return true;
  }

  /** The pod is no more, or someone else's: gives what it had, its address still taken. */
  take(uid: string): PodRuntime | undefined {
    const life = this.#lives.get(uid);
    life?.timer?.[Symbol.dispose]();
    this.#lives.delete(uid);
    return life && (life.made ?? runtimeOf(life.pod));
  }

  /** After having been cut off: everything may have to be told again. */
  retell(): void {
    for (const life of this.#lives.values()) if (life.state !== 'starting') this.#publish(life);
  }

  #started(life: Life, pullMs: number): void {
    const { context, runtime } = this.#place;
    const { clock, random } = context.world;
    const { pod } = life;
    const isOnHost = isHostNetwork(pod);
    const ip = isOnHost ? undefined : runtime.addresses.take();
    const nowMs = clock.now();
    const sandboxId = newId(random);
    if (!isOnHost && !ip) return this.#noAddress(life);
    for (const container of pod.spec!.containers) {
      const { name, image: asked = '', imagePullPolicy } = container;
      const image = withDefaultTag(asked)!;
      const say = (reason: string, text: string): void =>
        recordPod(context, pod, 'Normal', reason, text, name);
      const policy = imagePullPolicy ?? (image.endsWith(':latest') ? 'Always' : 'IfNotPresent');
      if (policy === 'Always' || !runtime.hasImage(image)) {
        say('Pulling', pullingText(asked));
        say('Pulled', pulledText(asked, pullMs, pullMs, runtime.addImage(image).sizeBytes));
      } else say('Pulled', presentText(asked));
      say('Created', 'Container created');
      say('Started', 'Container started');
    }
    const sandbox = plainSandbox(pod, sandboxId, ip, nowMs);
    const containers = pod.spec!.containers.map((container) =>
      plainContainer(pod, container, newId(random), sandboxId, nowMs),
    );
    life.made = { sandboxes: [sandbox], containers: containers.toReversed() };
    life.state = 'running';
    life.sinceMs = nowMs;
    this.#publish(life);
    this.#await(life);
  }

  #noAddress(life: Life): void {
    const text =
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to allocate for range 0: no IP addresses available';
    recordPod(this.#place.context, life.pod, 'Warning', 'FailedCreatePodSandBox', text);
    this.#after(life, 10_000, () => this.#started(life, 0));
  }

  /** Tells of what probes find when they find it. */
  #await(life: Life): void {
    const { clock } = this.#place.context.world;
    const running = life.made ?? runtimeOf(life.pod);
    if (!running) return;
    const { nextMs } = plainVerdicts(life.pod, running, clock.now());
    if (nextMs === Infinity) return;
    this.#after(life, nextMs - clock.now(), () => {
      life.made ??= running;
      life.sinceMs = clock.now();
      this.#publish(life);
      this.#await(life);
    });
  }

  #terminate(life: Life): void {
    const { context } = this.#place;
    const { clock, random } = context.world;
    const running = life.made ?? runtimeOf(life.pod) ?? nothingObserved;
    const { pod } = life;
    life.state = 'ending';
    for (const { name } of running.containers)
      recordPod(context, pod, 'Normal', 'Killing', `Stopping container ${name}`, name);
    const ms = running.containers.length > 0 && pod.metadata.deletionGracePeriodSeconds !== 0;
    this.#after(life, ms ? delayMs('stop', random) * this.#place.slowness() : 0, () => {
      const finishedAtMs = clock.now();
      const ended = {
        state: 'exited',
        finishedAtMs,
        exitCode: terminated,
        reason: 'Error',
      } as const;
      const containers = running.containers.map((container) => ({ ...container, ...ended }));
      const sandboxes = running.sandboxes.map((one) => ({ ...one, isReady: false, ips: [] }));
      for (const { ips } of running.sandboxes) this.#place.runtime.addresses.giveBack(...ips);
      life.made = { sandboxes, containers };
      life.sinceMs = finishedAtMs;
      life.state = 'ended';
      this.#publish(life);
    });
  }

  /** Brings the status to the API: one write at a time, always the newest. */
  #publish(life: Life, of = ''): void {
    life.news = life.news === '' ? '' : of;
    if (life.isQueued || this.#place.isCut()) return;
    life.isQueued = true;
    this.#place.statuses.add(() => this.#write(life));
  }

  async #write(life: Life): Promise<void> {
    const { context, signal } = this.#place;
    try {
      while (
        life.news !== undefined &&
        this.#lives.get(uidOf(life.pod)) === life &&
        !signal.aborted
      ) {
        life.news = undefined;
        const isEnded = life.state === 'ended';
        // Without a finalizer its last status would be gone with it, milliseconds later.
        const isLast = isEnded && !life.pod.metadata.finalizers?.length;
        const patch = isLast ? undefined : this.#patch(life);
        if (patch) await this.#send(life, patch);
        if (isEnded) await this.#remove(life);
      }
      life.failures = 0;
    } catch (error) {
      if (signal.aborted || this.#place.isCut()) return;
      if (error instanceof ApiError && error.code === 404) return; // the watch will say so
      const { clock, random, log } = context.world;
      const { name, namespace } = life.pod.metadata;
      log.warn('pod status not written', { namespace, pod: name, error: String(error) });
      clock.after(backoffMs(retry, ++life.failures, random), () => this.#publish(life));
    } finally {
      life.isQueued = false; // at once: news that come now are for the next
    }
  }

  #patch(life: Life): Readonly<Record<string, unknown>> | undefined {
    const { pod, state, sinceMs } = life;
    const { context } = this.#place;
    const observed = life.made ?? runtimeOf(pod) ?? nothingObserved;
    const isEnded = state === 'ended';
    // What probes have found stands, also when the clock is set back.
    const nowMs = Math.max(context.world.clock.now(), sinceMs);
    const status = podStatus(pod, {
      ...{ runtimeName, observed, failures: nothing, terminationMessages: nothing },
      probed: isEnded ? nothing : plainVerdicts(pod, observed, nowMs).probed,
      ...{ hostIps: context.hostIps, nowMs: sinceMs, isTerminal: isEnded, verdict: undefined },
    });
    return statusPatch(pod.status ?? {}, status);
  }

  async #send(life: Life, status: Readonly<Record<string, unknown>>): Promise<void> {
    const { context, signal } = this.#place;
    const { name } = life.pod.metadata;
    const patch = { metadata: { uid: uidOf(life.pod) }, status };
    const at = { namespace: namespaceOf(life.pod), subresource: 'status', signal };
    const written = await context.client.patch(Pods, name, 'strategic', patch, at);
    if (life.news === rv(written)) life.news = undefined; // seen before it was answered
    // Seen already, it is the one that the cache holds: an answer would be a copy of its own.
    if (compareRevisions(rv(written), rv(life.pod)) > 0) life.pod = written;
    if (life.state === 'running' && runtimeOf(life.pod)) life.made = undefined; // the status tells it now
  }

  async #remove(life: Life): Promise<void> {
    const { context, signal } = this.#place;
    const { pod } = life;
    const at = { namespace: namespaceOf(pod), uid: uidOf(pod), graceSeconds: 0, signal };
    try {
      await context.client.remove(Pods, pod.metadata.name, at);
    } catch (error) {
      if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
    }
  }

  #after(life: Life, ms: number, fire: () => void): void {
    life.timer?.[Symbol.dispose]();
    life.timer = this.#place.context.world.clock.after(ms, () => {
      life.timer = undefined;
      fire();
    });
  }
}

const rv = ({ metadata }: Pod): string => metadata.resourceVersion ?? '';
const newId = (random: () => number): string => (uuid(random) + uuid(random)).replaceAll('-', '');
const imagesOf = ({ spec }: Pod): readonly string[] =>
  spec!.containers.map(({ image = '' }) => withDefaultTag(image) ?? image);
