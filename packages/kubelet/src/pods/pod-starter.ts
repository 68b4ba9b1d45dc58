import type { Pod } from '@coxswain/api/types/core-v1';
import { type KubeletContext, recordPod } from '../context.ts';
import { DeviceError, type MountedVolumes, type PodDevices } from '../host.ts';
import type { SandboxConfig } from '../runtime-config.ts';
import { RuntimeError, type RuntimeContainer, type RuntimeImage } from '../runtime.ts';
import type { StartFailures } from './container-status.ts';
import { ensureImage, StartError, startContainer } from './container-starter.ts';
import { killContainer, killPod } from './kill.ts';
import { type PodRuntime, podIpsOf, type Probed } from './observed.ts';
import { planPod, type PodPlan, type Start } from './plan.ts';
import { PodObserver } from './pod-observer.ts';
import { podResources } from './resources.ts';
import { nextWait, type RestartWait } from './restart-wait.ts';
import { sandboxConfig } from './sandbox-config.ts';
import { describePod, uidOf } from './spec.ts';
import type { Waker } from './waker.ts';

/** The sandbox could not be made, or devices not be made ready; an event has said so. */
export class SandboxError extends Error {}

/** Carries out the plan of a pod that should run: what must end ends, then sandbox, volumes and image at once, then containers. */
export class PodStarter {
  readonly #context: KubeletContext;
  readonly #waker: Waker;
  readonly #waits = new Map<string, RestartWait>();
  readonly #failures = new Map<string, { readonly reason: string; readonly message: string }>();
  /** Until when each container was last reported to wait, so that each wait is told once. */
  readonly #reported = new Map<string, number>();
  /** When what failed to start may be tried again. */
  readonly #retries = new Map<
    string,
    { readonly atMs: number; readonly image: string | undefined }
  >();
  /** True at first, so that a pod found running is watched for news of its volumes again. */
  #hasVolumeNews = true;
  /** What the files of volumes say of the pod itself. */
  #shown: string | undefined;
  /** The last try to mount failed: nothing else is begun before that works. */
  #hasMountTrouble = false;

  constructor(context: KubeletContext, waker: Waker) {
    this.#context = context;
    this.#waker = waker;
  }

  /** Why containers are not running, by name. */
  get failures(): StartFailures {
    return this.#failures;
  }

  /** One step towards what the spec wants; true when the runtime has something else than before. */
  async advance(
    pod: Pod,
    observed: PodRuntime,
    probed: Probed,
    stopProbing: (containerId: string) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { clock } = this.#context.world;
    const plan = this.#withoutTooSoon(planPod(pod, observed, probed, this.#waits, clock.now()));
    this.#report(pod, plan);
    for (const { untilMs } of plan.waiting) this.#waker.wakeAt(untilMs);
    if (plan.killPod && (observed.sandboxes.length > 0 || !plan.createSandbox))
      await this.#killAll(pod, observed, plan, signal);
    const podIp = podIpsOf(observed)[0] ?? this.#context.hostIps[0] ?? '';
    for (const { container } of plan.kill) stopProbing(container.id);
    await Promise.all(
      plan.kill.map((kill) => killContainer(pod, kill, podIp, this.#context, signal)),
    );
    if (plan.start.length === 0) {
      const isNews = this.#hasVolumeNews || this.#shown !== aboutPod(pod);
      if (isNews && !plan.killPod) await this.#mount(pod, signal);
      return plan.killPod || plan.kill.length > 0;
    }
    await this.#start(pod, observed, plan, signal);
    await this.#dropOldRuns(observed, signal);
    return true;
  }

  /** What has just failed to start is not tried again at every event, unless it shall run another image now. */
  #withoutTooSoon(plan: PodPlan): PodPlan {
    const nowMs = this.#context.world.clock.now();
    const isTooSoon = ({ spec }: Start): boolean => {
      const failure = this.#retries.get(spec.name);
      if (!failure || failure.image !== spec.image || failure.atMs <= nowMs) return false;
      this.#waker.wakeAt(failure.atMs);
      return true;
    };
    const barrier = plan.start.findIndex((start) => start.kind === 'init' && isTooSoon(start));
    const reached = barrier < 0 ? plan.start : plan.start.slice(0, barrier);
    return { ...plan, start: reached.filter((start) => !isTooSoon(start)) };
  }

  /** Waits are shown and told once each. */
  #report(pod: Pod, { waiting }: PodPlan): void {
    for (const { name, untilMs, message } of waiting) {
      this.#failures.set(name, { reason: 'CrashLoopBackOff', message });
      if (this.#reported.get(name) === untilMs) continue;
      this.#reported.set(name, untilMs);
      const text = `Back-off restarting failed container ${name} in pod ${describePod(pod)}`;
      recordPod(this.#context, pod, 'Warning', 'BackOff', text, name);
    }
  }

  async #killAll(
    pod: Pod,
    observed: PodRuntime,
    plan: PodPlan,
    signal: AbortSignal,
  ): Promise<void> {
    if (plan.createSandbox?.isChange) {
      const text = 'Pod sandbox changed, it will be killed and re-created.';
      recordPod(this.#context, pod, 'Normal', 'SandboxChanged', text);
    }
    await killPod(pod, observed, this.#context, signal);
    if (!plan.createSandbox) return;
    // A new sandbox begins with the init containers: what they did before is forgotten.
    const init = new Set((pod.spec!.initContainers ?? []).map(({ name }) => name));
    const past = observed.containers.filter(({ name }) => init.has(name));
    await Promise.all(past.map(({ id }) => this.#context.runtime.removeContainer(id, signal)));
  }

  async #start(pod: Pod, before: PodRuntime, plan: PodPlan, signal: AbortSignal): Promise<void> {
    const { host } = this.#context;
    const attempt = plan.createSandbox?.attempt ?? before.sandboxes[0]!.attempt;
    const config = this.#sandboxConfig(pod, attempt);
    await host.prepare(pod, podResources(pod));
    const devices = await this.#prepareDevices(pod, signal);
    // Sandbox, volumes and the first image have nothing to do with each other.
    const first = plan.start[0]!;
    if (this.#hasMountTrouble) await this.#mount(pod, signal);
    const image = ensureImage(pod, first, config, this.#context, signal);
    image.catch(() => {}); // awaited below, where its container starts
    const [sandbox, mounted] = await Promise.allSettled([
      plan.createSandbox ? this.#createSandbox(pod, config, signal) : undefined,
      this.#mount(pod, signal),
    ]);
    if (sandbox.status === 'rejected') throw sandbox.reason;
    if (mounted.status === 'rejected') throw mounted.reason;
    const sandboxId = sandbox.value ?? before.sandboxes[0]!.id;
    const observed = await new PodObserver(this.#context.runtime, host, uidOf(pod)).look(signal);
    const place = { observed, sandboxId, sandboxConfig: config, volumes: mounted.value, devices };
    for (const start of plan.start) {
      const ready =
        start === first ? image : ensureImage(pod, start, config, this.#context, signal);
      const isStarted = await this.#startOne(pod, start, ready, place, signal);
      // An init container that does not start holds up all that follow; a sidecar or app container does not.
      if (!isStarted && start.kind === 'init') return;
    }
  }

  async #startOne(
    pod: Pod,
    start: Start,
    image: Promise<RuntimeImage>,
    place: Parameters<typeof startContainer>[3],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { clock } = this.#context.world;
    const { name } = start.spec;
    try {
      const { endedAtMs } = start;
      if (endedAtMs !== undefined)
        this.#waits.set(name, nextWait(this.#waits.get(name), endedAtMs, clock.now()));
      await startContainer(pod, start, await image, place, this.#context, signal);
      this.#failures.delete(name);
      return true;
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.#failures.set(name, { reason: error.reason, message: error.message });
      const atMs = error.retryAtMs ?? clock.now() + startRetryMs;
      this.#retries.set(name, { atMs, image: start.spec.image });
      this.#waker.wakeAt(atMs);
      return false;
    }
  }

  #sandboxConfig(pod: Pod, attempt: number): SandboxConfig {
    try {
      const { config, dnsWarning } = sandboxConfig(pod, attempt, this.#context);
      if (dnsWarning) recordPod(this.#context, pod, 'Warning', 'DNSConfigForming', dnsWarning);
      return config;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return this.#refuseSandbox(pod, error);
    }
  }

  async #createSandbox(pod: Pod, config: SandboxConfig, signal: AbortSignal): Promise<string> {
    try {
      return await this.#context.runtime.runSandbox(config, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RuntimeError)) throw error;
      return this.#refuseSandbox(pod, error);
    }
  }

  async #prepareDevices(pod: Pod, signal: AbortSignal): Promise<PodDevices> {
    try {
      return await this.#context.host.prepareDevices(pod, signal);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      const text = `Failed to prepare dynamic resources: ${error.message}`;
      recordPod(this.#context, pod, 'Warning', 'FailedPrepareDynamicResources', text);
      throw new SandboxError(text, { cause: error });
    }
  }

  #refuseSandbox(pod: Pod, error: Error): never {
    const text = `Failed to create pod sandbox: ${error.message}`;
    recordPod(this.#context, pod, 'Warning', 'FailedCreatePodSandBox', text);
    throw new SandboxError(text, { cause: error });
  }

  async #mount(pod: Pod, signal: AbortSignal): Promise<MountedVolumes> {
    const wake = (): void => {
      this.#hasVolumeNews = true;
      this.#waker.wake();
    };
    this.#hasMountTrouble = true;
    const shown = aboutPod(pod);
    const volumes = await this.#context.host.mountVolumes(pod, wake, signal);
    this.#hasMountTrouble = false;
    this.#hasVolumeNews = false;
    this.#shown = shown;
    return volumes;
  }

  /** Of each container's ended runs the newest is kept, for its logs and its end; and so for sandboxes. */
  async #dropOldRuns({ containers, sandboxes }: PodRuntime, signal: AbortSignal): Promise<void> {
    const { runtime, host } = this.#context;
    const kept = new Set<string>();
    const drop = async (container: RuntimeContainer): Promise<void> => {
      await runtime.removeContainer(container.id, signal);
      await host.removeLog(container);
    };
    const old = containers.filter(({ name, state }) => {
      if (state !== 'exited') return false;
      const isOld = kept.has(name);
      kept.add(name);
      return isOld;
    });
    await Promise.all(old.map(drop));
    const used = new Set(
      containers.filter((one) => !old.includes(one)).map(({ sandboxId }) => sandboxId),
    );
    const spent = sandboxes.filter(({ id, isReady }) => !isReady && !used.has(id));
    await Promise.all(spent.map(({ id }) => runtime.removeSandbox(id, signal)));
  }
}

/** After a container could not be made, as after any sync that failed. */
const startRetryMs = 10_000;

/** What a volume may show of its pod and that may change while it runs. */
const aboutPod = ({ metadata: { labels, annotations } }: Pod): string =>
  JSON.stringify([labels, annotations]);
