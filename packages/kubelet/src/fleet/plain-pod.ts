import type { Container, Pod, PodStatus, Probe } from '@coxswain/api/types/core-v1';
import { parseTime } from '@coxswain/api';
import { movedImage, withDefaultTag } from '../images/reference.ts';
import type { PodRuntime, Probed, ProbeVerdicts } from '../pods/observed.ts';
import { isHostNetwork, uidOf } from '../pods/spec.ts';
import { verifyNonRoot } from '../pods/security.ts';
import type { RuntimeContainer, Sandbox } from '../runtime.ts';
import { behaviourOf, isTold } from '../simulated/behaviour.ts';
import { simulatedImage } from '../simulated/simulated-image.ts';

/** The scheme of container ids. */
export const runtimeName = 'simulated';
const scheme = `${runtimeName}://`;
const none: Readonly<Record<string, string>> = {};

/**
 * Whether all of a pod's life is known from its spec: its containers start one after another, pass every check and run until
 * the pod is deleted. Nearly all pods of a large cluster are of this kind; the others get a worker each.
 */
export function isPlain(pod: Pod): boolean {
  const { metadata, spec, status } = pod;
  if (!spec || isTold(metadata.annotations) || spec.activeDeadlineSeconds !== undefined)
    return false;
  if (spec.initContainers?.length || spec.ephemeralContainers?.length) return false;
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  return spec.containers.every((container) => isPlainContainer(pod, container));
}

function isPlainContainer(pod: Pod, container: Container): boolean {
  const { lifecycle, image = '', imagePullPolicy, env, envFrom } = container;
  if (lifecycle || envFrom?.length || imagePullPolicy === 'Never') return false;
  // What refers to other objects may find them missing.
  if (env?.some(({ valueFrom }) => valueFrom && !valueFrom.fieldRef && !valueFrom.resourceFieldRef))
    return false;
  for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe])
    if (probe && !alwaysSucceeds(probe, container)) return false;
  const name = withDefaultTag(image);
  if (!name || !simulatedImage(name)) return false;
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  if (command.some((word) => word.includes('$('))) return false; // what it says is known later
  if (behaviourOf(command, none).afterMs !== Infinity) return false;
  try {
    verifyNonRoot(pod, container, simulatedImage(name)!);
    return true;
  } catch {
    return false; // refused, as a worker then says
  }
}

/** Simulated pods answer every check over the network, if it is one that can be made. */
function alwaysSucceeds({ httpGet, tcpSocket, grpc }: Probe, { ports }: Container): boolean {
  if (grpc) return true;
  const port = (httpGet ?? tcpSocket)?.port;
  return typeof port === 'number' || (ports ?? []).some(({ name }) => name === port);
}

/** After how long since its start a container has started and is ready, as its probes see it. */
function readyAfterMs({ startupProbe, readinessProbe }: Container): number {
  const startedMs = (startupProbe?.initialDelaySeconds ?? 0) * 1000;
  if (!readinessProbe) return startedMs;
  const { initialDelaySeconds = 0, successThreshold = 1, periodSeconds = 10 } = readinessProbe;
  // Once a startup probe has succeeded, readiness is asked at once.
  const firstMs = startupProbe ? startedMs : initialDelaySeconds * 1000;
  return firstMs + (successThreshold - 1) * periodSeconds * 1000;
}

/** What the probes of a running plain pod have found by `nowMs`, and the next instant at which they find more. */
export function plainVerdicts(
  { spec }: Pod,
  { containers }: PodRuntime,
  nowMs: number,
): { readonly probed: Probed; readonly nextMs: number } {
  const probed = new Map<string, ProbeVerdicts>();
  let nextMs = Infinity;
  for (const { id, name, startedAtMs = 0 } of containers) {
    const container = spec!.containers.find((each) => each.name === name);
    const atMs = startedAtMs + (container ? readyAfterMs(container) : 0);
    if (atMs > nowMs) nextMs = Math.min(nextMs, atMs);
    probed.set(id, atMs > nowMs ? unasked : passed);
  }
  return { probed, nextMs };
}
const passed: ProbeVerdicts = { startup: true, liveness: true, readiness: true };
const unasked: ProbeVerdicts = {};

/** The sandbox of a plain pod. */
export const plainSandbox = (
  pod: Pod,
  id: string,
  ip: string | undefined,
  nowMs: number,
): Sandbox => ({
  ...{ id, podName: pod.metadata.name, podNamespace: pod.metadata.namespace ?? '' },
  ...{ podUid: uidOf(pod), attempt: 0, isReady: true, createdAtMs: nowMs },
  ...{ ips: ip === undefined ? [] : [ip], labels: none, annotations: none },
});

/** A container of a plain pod, started at `nowMs`. */
export function plainContainer(
  pod: Pod,
  { name, image = '' }: Container,
  id: string,
  sandboxId: string,
  nowMs: number,
): RuntimeContainer {
  return {
    ...{ id, sandboxId, name, podUid: uidOf(pod), attempt: 0, state: 'running' },
    ...{ createdAtMs: nowMs, startedAtMs: nowMs, image },
    imageRef: simulatedImage(movedImage(withDefaultTag(image) ?? ''))?.id ?? '',
    ...{ labels: none, annotations: none },
  };
}

/** An instant that may not be told. */
export const instantMs = (text: string | undefined): number => (text ? parseTime(text) : 0);

/** What a runtime would have of a running pod, read off the status it was told with; undefined when that names none. */
export function runtimeOf(pod: Pod): PodRuntime | undefined {
  const { status = {} as PodStatus } = pod;
  const { containerStatuses = [], initContainerStatuses = [], podIP, startTime } = status;
  if (!podIP || containerStatuses.length === 0) return undefined;
  const sidecars = initContainerStatuses.filter(({ state }) => state?.running);
  const sandboxId = `${uidOf(pod).replaceAll('-', '')}${'0'.repeat(32)}`;
  const ip = isHostNetwork(pod) ? undefined : podIP;
  const containers: RuntimeContainer[] = [];
  for (const one of [...sidecars, ...containerStatuses]) {
    const { name, state, containerID = '', imageID, image, restartCount } = one;
    if (!state?.running || !containerID.startsWith(scheme)) return undefined;
    const startedAtMs = instantMs(state.running.startedAt);
    const spec = { name, image };
    const id = containerID.slice(scheme.length);
    const made = plainContainer(pod, spec, id, sandboxId, startedAtMs);
    containers.push({ ...made, attempt: restartCount, imageRef: imageID });
  }
  return {
    sandboxes: [plainSandbox(pod, sandboxId, ip, instantMs(startTime))],
    containers: containers.toReversed(),
  };
}

/** The pod does not run what its spec says any more. */
export const hasOtherImage = ({ spec, status }: Pod): boolean =>
  spec!.containers.some(
    ({ name, image }) =>
      status?.containerStatuses?.find((each) => each.name === name)?.image !== image,
  );
