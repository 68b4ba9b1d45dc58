import type { Pod } from '@coxswain/api/types/core-v1';
import { type KubeletContext, recordPod } from '../context.ts';
import { type RuntimeContainer, RuntimeError } from '../runtime.ts';
import { HookError, runHook } from './hooks.ts';
import { graceAnnotation } from './labels.ts';
import { isAlive, type PodRuntime, podIpsOf } from './observed.ts';
import type { Kill } from './plan.ts';
import { findContainer, graceSecondsOf, isSidecar, namespaceOf } from './spec.ts';

/** However little grace is left, a container has so long between the stop signal and the kill. */
const graceSecondsMin = 2;

type Order = (containerName: string, graceSeconds: number, signal: AbortSignal) => Promise<void>;
const anyOrder: Order = async () => {};

/** Ends one container: preStop hook, stop signal, grace, kill. Resolves when it has ended. */
export async function killContainer(
  pod: Pod,
  { container, message, reason }: Pick<Kill, 'container' | 'message'> & { reason?: string },
  podIp: string,
  context: KubeletContext,
  signal: AbortSignal,
  options: { readonly graceSeconds?: number | undefined; readonly order?: Order } = {},
): Promise<void> {
  const { world, runtime } = context;
  recordPod(
    context,
    pod,
    'Normal',
    'Killing',
    message || `Stopping container ${container.name}`,
    container.name,
  );
  const startedMs = world.clock.now();
  const whole = options.graceSeconds ?? graceFor(pod, container, reason);
  const left = (): number => whole - Math.floor((world.clock.now() - startedMs) / 1000);
  const spec = findContainer(pod, container.name)?.[1];
  if (spec?.lifecycle?.preStop && whole > 0) {
    const timeout = new AbortController();
    using _timer = world.clock.after(whole * 1000, () => timeout.abort());
    try {
      const until = AbortSignal.any([signal, timeout.signal]);
      await runHook(spec.lifecycle.preStop, pod, spec, container.id, podIp, context, until);
    } catch (error) {
      signal.throwIfAborted();
      if (!timeout.signal.aborted) {
        if (!(error instanceof HookError || error instanceof RuntimeError)) throw error;
        recordPod(
          context,
          pod,
          'Warning',
          'FailedPreStopHook',
          'PreStopHook failed',
          container.name,
        );
        world.log.warn('preStop hook failed', {
          namespace: namespaceOf(pod),
          pod: pod.metadata.name,
          container: container.name,
          error: error.message,
        });
      }
    }
  }
  if (left() > 0) await (options.order ?? anyOrder)(container.name, left(), signal);
  await runtime.stopContainer(container.id, Math.max(graceSecondsMin, left()), signal);
}

/** A failing probe may bring its own grace; a deletion's grace goes before everything. */
function graceFor(pod: Pod, container: RuntimeContainer, reason: string | undefined): number {
  const spec = findContainer(pod, container.name)?.[1];
  const probe =
    reason === 'LivenessProbe'
      ? spec?.livenessProbe
      : reason === 'StartupProbe'
        ? spec?.startupProbe
        : undefined;
  if (pod.metadata.deletionGracePeriodSeconds !== undefined) return graceSecondsOf(pod);
  if (probe?.terminationGracePeriodSeconds !== undefined)
    return probe.terminationGracePeriodSeconds;
  const told = container.annotations[graceAnnotation];
  if (pod.spec!.terminationGracePeriodSeconds === undefined && told !== undefined)
    return Number(told);
  return graceSecondsOf(pod);
}

/** Ends all containers at once, sidecars after the others and in reverse order, then stops the sandboxes. */
export async function killPod(
  pod: Pod,
  observed: PodRuntime,
  context: KubeletContext,
  signal: AbortSignal,
  graceSeconds?: number,
): Promise<void> {
  const running = observed.containers.filter(isAlive);
  const order = terminationOrder(pod, running, context);
  const podIp = podIpsOf(observed)[0] ?? context.hostIps[0] ?? '';
  await Promise.all(
    running.map(async (container) => {
      await killContainer(pod, { container, message: '' }, podIp, context, signal, {
        graceSeconds,
        order: order.wait,
      });
      order.ended(container.name);
    }),
  );
  const sandboxes = observed.sandboxes.filter(({ isReady }) => isReady);
  await Promise.all(sandboxes.map(({ id }) => context.runtime.stopSandbox(id, signal)));
}

/** A sidecar waits for the app containers and for the sidecars that started after it, as long as there is grace. */
function terminationOrder(
  pod: Pod,
  running: readonly RuntimeContainer[],
  { world }: KubeletContext,
): { readonly wait: Order; readonly ended: (name: string) => void } {
  const alive = new Set(running.map(({ name }) => name));
  const sidecars = (pod.spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name);
  const others = [...alive].filter((name) => !sidecars.includes(name));
  const waiters = new Set<() => void>();
  const isFree = (name: string): boolean => {
    const place = sidecars.indexOf(name);
    if (place < 0) return true;
    return ![...others, ...sidecars.slice(place + 1)].some((one) => alive.has(one));
  };
  return {
    async wait(name, graceSeconds, signal) {
      if (isFree(name)) return;
      await new Promise<void>((resolve, reject) => {
        const timer = world.clock.after(graceSeconds * 1000, () => done());
        const stop = (): void => done(signal.reason);
        const look = (): void => {
          if (isFree(name)) done();
        };
        const done = (reason?: unknown): void => {
          timer[Symbol.dispose]();
          waiters.delete(look);
          signal.removeEventListener('abort', stop);
          if (reason === undefined) resolve();
          else reject(reason as Error);
        };
        waiters.add(look);
        signal.addEventListener('abort', stop, { once: true });
      });
    },
    ended(name) {
      alive.delete(name);
      for (const look of waiters) look();
    },
  };
}
