import type { Pod, Secret } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Recorder } from '@coxswain/client';
import { recordPod } from '../context.ts';
import { type RestartWait, nextWait, waitUntilMs } from '../pods/restart-wait.ts';
import { type ContainerSpec, uidOf } from '../pods/spec.ts';
import type { SandboxConfig } from '../runtime-config.ts';
import { type Runtime, RuntimeError, type RuntimeImage } from '../runtime.ts';
import { credentialsFor } from './credentials.ts';
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

export interface ImagePuller {
  /** The image of a container, pulled if its policy says so. Throws ImageError. Events say what happened. */
  ensure(
    pod: Pod,
    spec: ContainerSpec,
    secrets: () => Promise<readonly Secret[]>,
    sandbox: SandboxConfig,
    signal: AbortSignal,
  ): Promise<RuntimeImage>;
  /** The back-offs of a pod that is gone. */
  forget(podUid: string): void;
}

const pullsAtOnceMax = 4;
const rule = { firstMs: 10_000, maxMs: 300_000 };
/** After a failed pull the pod shows that, then that it waits. */
const showFailureMs = 1_000;
const inspectRetryMs = 10_000;

export function createImagePuller(
  runtime: Runtime,
  recorder: Recorder,
  { clock }: World,
): ImagePuller {
  const waits = new Map<string, RestartWait & { readonly message: string }>();
  const slots = limit(pullsAtOnceMax);

  const inspect = async (
    pod: Pod,
    spec: ContainerSpec,
    image: string,
    signal: AbortSignal,
  ): Promise<RuntimeImage | undefined> => {
    try {
      return await runtime.imageStatus(image, signal);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      const message = `Failed to inspect image "${spec.image}": ${error.message}`;
      recordPod({ recorder }, pod, 'Warning', 'InspectFailed', message, spec.name);
      throw new ImageError('ImageInspectError', message, clock.now() + inspectRetryMs, {
        cause: error,
      });
    }
  };

  return {
    async ensure(pod, spec, secrets, sandbox, signal) {
      const say = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
        recordPod({ recorder }, pod, type, reason, message, spec.name);
      const named = withDefaultTag(spec.image ?? '');
      if (!named) {
        const message = `Failed to apply default image tag "${spec.image}": couldn't parse image name "${spec.image}": invalid reference format`;
        say('Warning', 'InspectFailed', message);
        throw new ImageError('InvalidImageName', message, Infinity);
      }
      const image = movedImage(named);
      const found = await inspect(pod, spec, image, signal);
      const policy =
        spec.imagePullPolicy ?? (image.endsWith(':latest') ? 'Always' : 'IfNotPresent');
      if (found && policy !== 'Always') {
        say(
          'Normal',
          'Pulled',
          `Container image "${spec.image}" already present on machine and can be accessed by the pod`,
        );
        return found;
      }
      if (policy === 'Never') {
        const message = `Container image "${spec.image}" is not present with pull policy of Never`;
        say('Warning', 'ErrImageNeverPull', message);
        throw new ImageError('ErrImageNeverPull', message, clock.now() + inspectRetryMs);
      }

      const key = `${uidOf(pod)}_${spec.image}`;
      const wait = waits.get(key);
      const untilMs = wait && waitUntilMs(wait, wait.setAtMs, clock.now(), rule);
      if (untilMs !== undefined) {
        const message = `Back-off pulling image "${spec.image}"`;
        say('Normal', 'BackOff', message);
        const shown = `${message}: ErrImagePull: ${wait!.message}`;
        throw new ImageError('ImagePullBackOff', shown, untilMs);
      }
      say('Normal', 'Pulling', `Pulling image "${spec.image}"`);
      const askedMs = clock.now();
      try {
        const credentials = credentialsFor(image, await secrets());
        const { startedMs } = await slots(async () => {
          const startedMs = clock.now();
          await pullWith(runtime, image, credentials, sandbox, signal);
          return { startedMs };
        }, signal);
        const pulled = await inspect(pod, spec, image, signal);
        if (!pulled) throw new Error(`the runtime pulled ${image} and has it not`);
        waits.delete(key);
        const took = (fromMs: number): string => pullTime(clock.now() - fromMs);
        say(
          'Normal',
          'Pulled',
          `Successfully pulled image "${spec.image}" in ${took(startedMs)} (${took(askedMs)} including waiting). Image size: ${pulled.sizeBytes} bytes.`,
        );
        return pulled;
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        say('Warning', 'Failed', `Failed to pull image "${spec.image}": ${error.message}`);
        const nowMs = clock.now();
        waits.set(key, { ...nextWait(wait, nowMs, nowMs, rule), message: error.message });
        throw new ImageError('ErrImagePull', error.message, nowMs + showFailureMs, {
          cause: error,
        });
      }
    },
    forget(podUid) {
      for (const key of waits.keys()) if (key.startsWith(`${podUid}_`)) waits.delete(key);
    },
  };
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

const pullTime = (ms: number): string =>
  ms < 1000
    ? `${ms}ms`
    : ms < 60_000
      ? `${ms / 1000}s`
      : `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s`;

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
