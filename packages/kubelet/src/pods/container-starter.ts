import type { Pod, Secret } from '@coxswain/api/types/core-v1';
import { type KubeletContext, recordPod } from '../context.ts';
import type { MountedVolumes, PodDevices } from '../host.ts';
import { ImageError } from '../images/puller.ts';
import type { SandboxConfig } from '../runtime-config.ts';
import { RuntimeError, type RuntimeImage } from '../runtime.ts';
import { containerConfig } from './container-config.ts';
import { ContainerConfigError } from './environment.ts';
import { HookError, runHook } from './hooks.ts';
import { killContainer } from './kill.ts';
import { type PodRuntime, podIpsOf } from './observed.ts';
import type { Start } from './plan.ts';
import { namespaceOf } from './spec.ts';

/** A container did not start; `reason` and `message` stand in its waiting state. */
export class StartError extends Error {
  readonly reason: string;
  readonly retryAtMs: number | undefined;
  constructor(reason: string, message: string, retryAtMs?: number, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
    this.reason = reason;
    this.retryAtMs = retryAtMs;
  }
}

/** Where containers of a pod are started. */
export interface StartPlace {
  readonly observed: PodRuntime;
  readonly sandboxId: string;
  readonly sandboxConfig: SandboxConfig;
  readonly volumes: MountedVolumes;
  readonly devices: PodDevices;
}

/** Begins with the image of a container; rejects with StartError. */
export async function ensureImage(
  pod: Pod,
  { spec }: Start,
  sandbox: SandboxConfig,
  context: KubeletContext,
  signal: AbortSignal,
): Promise<RuntimeImage> {
  try {
    return await context.images.ensure(pod, spec, () => pullSecrets(pod, context), sandbox, signal);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    recordPod(context, pod, 'Warning', 'Failed', `Error: ${error.reason}`, spec.name);
    throw new StartError(error.reason, error.message, error.retryAtMs, { cause: error });
  }
}

/** Secrets that are named and not there are passed over, as upstream does. */
async function pullSecrets(pod: Pod, { references }: KubeletContext): Promise<Secret[]> {
  const names = (pod.spec!.imagePullSecrets ?? []).map(({ name = '' }) => name);
  const found = await Promise.all(names.map((name) => references.secret(namespaceOf(pod), name)));
  return found.filter((secret) => secret !== undefined);
}

/** Creates and starts one container from its image, and runs its postStart hook. Rejects with StartError. */
export async function startContainer(
  pod: Pod,
  start: Start,
  image: RuntimeImage,
  place: StartPlace,
  context: KubeletContext,
  signal: AbortSignal,
): Promise<void> {
  const { runtime } = context;
  const { name } = start.spec;
  const failed = (reason: string, error: unknown): StartError => {
    signal.throwIfAborted();
    if (!(error instanceof RuntimeError || error instanceof ContainerConfigError)) throw error;
    const message = error instanceof RuntimeError ? error.description : error.message;
    recordPod(context, pod, 'Warning', 'Failed', `Error: ${message}`, name);
    return new StartError(reason, message, undefined, { cause: error });
  };
  const config = await containerConfig(
    ...([pod, start, image, place.observed, place.volumes, place.devices] as const),
    context,
    signal,
  ).catch((error: unknown) => {
    throw failed('CreateContainerConfigError', error);
  });
  const id = await runtime
    .createContainer(place.sandboxId, config, place.sandboxConfig, signal)
    .catch((error: unknown) => {
      throw failed('CreateContainerError', error);
    });
  recordPod(context, pod, 'Normal', 'Created', 'Container created', name);
  await runtime.startContainer(id, signal).catch((error: unknown) => {
    throw failed('RunContainerError', error);
  });
  recordPod(context, pod, 'Normal', 'Started', 'Container started', name);
  const hook = start.spec.lifecycle?.postStart;
  if (!hook) return;
  const podIp = podIpsOf(place.observed)[0] ?? context.hostIps[0] ?? '';
  try {
    await runHook(hook, pod, start.spec, id, podIp, context, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HookError || error instanceof RuntimeError)) throw error;
    recordPod(context, pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', name);
    const container = await runtime.containerStatus(id, signal);
    const kill = { container, message: 'FailedPostStartHook' };
    await killContainer(pod, kill, podIp, context, signal);
    throw new StartError('PostStartHookError', error.message, undefined, { cause: error });
  }
}
