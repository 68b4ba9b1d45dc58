import type { Pod, Secret } from '@coxswain/api/types/core-v1';
import type { Clock, World } from '@coxswain/base';
import type { Recorder } from '@coxswain/client';
import { recordPod } from '../context.ts';
import { type RestartWait, nextWait, waitUntilMs } from '../pods/restart-wait.ts';
import { type ContainerSpec, uidOf } from '../pods/spec.ts';
import type { SandboxConfig } from '../runtime-config.ts';
import { type Runtime, RuntimeError, type RuntimeImage } from '../runtime.ts';
import { credentialsFor } from './credentials.ts';
import { presentText, pulledText, pullingText } from './pull-texts.ts';
import { movedImage, withDefaultTag } from './reference.ts';

/** Why a container's image is not there; the reason stands in the container's status. */
export class ImageError extends Error {
  readonly reason:
    | 'ErrImagePull'
    | 'ImagePullBackOff'
    | 'ErrImageNeverPull'
    | 'InvalidImageName'
    | 'ImageInspectError';
  /** When to try again, in the cluster's time. */
  readonly retryAtMs: number;
  constructor(
    reason: ImageError['reason'],
    message: string,
    retryAtMs: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ImageError';
    this.reason = reason;
    this.retryAtMs = retryAtMs;
  }
}

const pullsAtOnceMax = 4;
const rule = { firstMs: 10_000, maxMs: 300_000 };
/** After a failed pull the pod shows that, then that it waits. */
const showFailureMs = 1_000;
const inspectRetryMs = 10_000;

type Say = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** Brings images to the node as pods need them. Events say what happened. */
export class ImagePuller {
  readonly #runtime: Runtime;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #waits = new Map<string, RestartWait & { readonly message: string }>();
  readonly #slots = limit(pullsAtOnceMax);

  constructor(runtime: Runtime, recorder: Recorder, { clock }: World) {
    this.#runtime = runtime;
    this.#recorder = recorder;
    this.#clock = clock;
  }

  /** The image of a container, pulled if its policy says so. Throws ImageError. */
  async ensure(
    pod: Pod,
    spec: ContainerSpec,
    secrets: () => Promise<readonly Secret[]>,
    sandbox: SandboxConfig,
    signal: AbortSignal,
  ): Promise<RuntimeImage> {
    const { name, image: asked = '', imagePullPolicy } = spec;
    const say: Say = (type, reason, message) =>
      recordPod({ recorder: this.#recorder }, pod, type, reason, message, name);
    const named = withDefaultTag(asked);
    if (!named) {
      const message = `Failed to apply default image tag "${asked}": couldn't parse image name "${asked}": invalid reference format`;
      say('Warning', 'InspectFailed', message);
      throw new ImageError('InvalidImageName', message, Infinity);
    }
    const image = movedImage(named);
    const found = await this.#inspect(asked, image, say, signal);
    const policy = imagePullPolicy ?? (image.endsWith(':latest') ? 'Always' : 'IfNotPresent');
    if (found && policy !== 'Always') {
      say('Normal', 'Pulled', presentText(asked));
      return found;
    }
    if (policy === 'Never') {
      const message = `Container image "${asked}" is not present with pull policy of Never`;
      say('Warning', 'ErrImageNeverPull', message);
      throw new ImageError('ErrImageNeverPull', message, this.#clock.now() + inspectRetryMs);
    }
    const key = `${uidOf(pod)}_${asked}`;
    this.#refuseTooSoon(key, asked, say);
    const pull = async (): Promise<void> =>
      pullWith(this.#runtime, image, credentialsFor(image, await secrets()), sandbox, signal);
    return this.#pull(key, asked, image, pull, say, signal);
  }

  /** The back-offs of a pod that is gone. */
  forget(podUid: string): void {
    for (const key of this.#waits.keys()) if (key.startsWith(`${podUid}_`)) this.#waits.delete(key);
  }

  #refuseTooSoon(key: string, asked: string, say: Say): void {
    const wait = this.#waits.get(key);
    const untilMs = wait && waitUntilMs(wait, wait.setAtMs, this.#clock.now(), rule);
    if (untilMs === undefined) return;
    const message = `Back-off pulling image "${asked}"`;
    say('Normal', 'BackOff', message);
    const shown = `${message}: ErrImagePull: ${wait!.message}`;
    throw new ImageError('ImagePullBackOff', shown, untilMs);
  }

  async #pull(
    key: string,
    asked: string,
    image: string,
    pull: () => Promise<void>,
    say: Say,
    signal: AbortSignal,
  ): Promise<RuntimeImage> {
    say('Normal', 'Pulling', pullingText(asked));
    const askedMs = this.#clock.now();
    let startedMs = askedMs;
    try {
      await this.#slots(() => {
        startedMs = this.#clock.now();
        return pull();
      }, signal);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      say('Warning', 'Failed', `Failed to pull image "${asked}": ${error.message}`);
      const nowMs = this.#clock.now();
      const next = nextWait(this.#waits.get(key), nowMs, nowMs, rule);
      this.#waits.set(key, { ...next, message: error.message });
      const retryAtMs = nowMs + showFailureMs;
      throw new ImageError('ErrImagePull', error.message, retryAtMs, { cause: error });
    }
    this.#waits.delete(key);
    const pulled = await this.#inspect(asked, image, say, signal);
    if (!pulled) throw new Error(`the runtime pulled ${image} and has it not`);
    const tookMs = (fromMs: number): number => this.#clock.now() - fromMs;
    say(
      'Normal',
      'Pulled',
      pulledText(asked, tookMs(startedMs), tookMs(askedMs), pulled.sizeBytes),
    );
    return pulled;
  }

  async #inspect(
    asked: string,
    image: string,
    say: Say,
    signal: AbortSignal,
  ): Promise<RuntimeImage | undefined> {
    try {
      return await this.#runtime.imageStatus(image, signal);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      const message = `Failed to inspect image "${asked}": ${error.message}`;
      say('Warning', 'InspectFailed', message);
      const retryAtMs = this.#clock.now() + inspectRetryMs;
      throw new ImageError('ImageInspectError', message, retryAtMs, { cause: error });
    }
  }
}

/** With each of the credentials until one is good, or with none. */
async function pullWith(
  runtime: Runtime,
  image: string,
  credentials: ReturnType<typeof credentialsFor>,
  sandbox: SandboxConfig,
  signal: AbortSignal,
): Promise<void> {
  let refused: RuntimeError | undefined;
  for (const one of credentials.length > 0 ? credentials : [undefined])
    try {
      await runtime.pullImage(image, one, sandbox, signal);
      return;
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      refused = error;
    }
  throw refused!;
}

/** Runs at most `slotsMax` jobs at a time, the others in the order they came. */
function limit(slotsMax: number): <T>(job: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (job, signal) => {
    if (busy >= slotsMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy++;
    try {
      signal.throwIfAborted();
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy--;
    }
  };
}
