import type { ContainerStatus, Pod, PodLogOptions } from '@coxswain/api/types/core-v1';
import { logOptionErrors, logOptionsOf } from '@coxswain/api/streaming';
import { containersOf } from '../pods/spec.ts';
import { readLog } from './logs/index.ts';
import { errorText, type KubeletAnswer, type KubeletHandler, textAnswer } from './request.ts';
import { podOf, type ServedNode } from './served-node.ts';

/** `/containerLogs/{namespace}/{pod}/{container}` */
export const containerLogs: KubeletHandler = async (request, parts, node) => {
  const [namespace, podName, container] = parts;
  if (!podName) return textAnswer(400, '{"message": "Missing podID."}');
  if (!container) return textAnswer(400, '{"message": "Missing container name."}');
  if (!namespace) return textAnswer(400, '{"message": "Missing podNamespace."}');
  let options: PodLogOptions;
  try {
    options = logOptionsOf(withTail(request.query));
  } catch {
    return textAnswer(400, '{"message": "Unable to decode query."}');
  }
  const { stream = 'All', ...rest } = options;
  if (!logOptionErrors(rest).next().done) return textAnswer(422, '{"message": "Invalid request."}');
  if (stream !== 'All')
    return textAnswer(
      400,
      `unable to return the given log stream: ${JSON.stringify(stream)}. Please enable PodLogsQuerySplitStreams feature gate in kubelet`,
    );
  const pod = podOf(node, namespace, podName);
  if (!pod) return textAnswer(404, `pod ${JSON.stringify(podName)} does not exist`);
  if (![...containersOf(pod)].some(([, { name }]) => name === container))
    return textAnswer(
      404,
      `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(podName)}`,
    );
  try {
    return await answer(pod, container, rest, node, request.signal);
  } catch (error) {
    return textAnswer(400, errorText(error));
  }
};

/** The old name of `tailLines`; `all` is the same as none. */
function withTail(query: URLSearchParams): URLSearchParams {
  const tail = query.get('tail');
  if (!tail) return query;
  const next = new URLSearchParams(query);
  if (tail === 'all') next.delete('tailLines');
  else next.set('tailLines', tail);
  return next;
}

/** Waits for the first piece, so that what cannot be read at all is an error and no empty log. */
async function answer(
  pod: Pod,
  container: string,
  options: PodLogOptions,
  node: ServedNode,
  signal: AbortSignal,
): Promise<KubeletAnswer> {
  const fullId = containerIdOf(pod, container, options.previous === true);
  const id = fullId.slice(fullId.indexOf('://') + 3);
  const { runtime } = node;
  const status = await runtime.containerStatus(id, signal).catch((cause: unknown) => {
    throw new Error(`unable to retrieve container logs for ${fullId}`, { cause });
  });
  const isRunning = async (): Promise<boolean> => {
    const now = await runtime.containerStatus(id, signal).catch(() => undefined);
    return now?.state === 'running';
  };
  const pieces = readLog(runtime.logs(status), options, {
    clock: node.world.clock,
    ...{ signal, isRunning },
  });
  // A log that is followed may be silent for long; it has been opened by then, or it would have thrown.
  const first = options.follow ? undefined : await pieces.next();
  return {
    as: 'stream',
    status: 200,
    headers: [['Content-Type', 'text/plain; charset=utf-8']],
    body: first ? resumed(first, pieces) : pieces,
  };
}

async function* resumed(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return();
  }
}

/** Which run of the container is meant. Throws with upstream's words when there is none whose log could be read. */
export function containerIdOf(pod: Pod, name: string, previous: boolean): string {
  const status = statusOf(pod, name);
  const what = `container ${JSON.stringify(name)} in pod ${JSON.stringify(pod.metadata.name)}`;
  if (!status) throw new Error(`${what} is not available`);
  const { waiting, running, terminated } = status.state ?? {};
  const last = status.lastState?.terminated;
  if (previous) {
    if (!last?.containerID) throw new Error(`previous terminated ${what} not found`);
    return last.containerID;
  }
  if (running) return status.containerID ?? '';
  if (terminated || last) {
    const id = terminated?.containerID || last?.containerID;
    if (!id) throw new Error(`${what} is terminated`);
    return id;
  }
  throw new Error(
    waiting
      ? `${what} is waiting to start: ${waitingText(waiting.reason)}`
      : `${what} is waiting to start - no logs yet`,
  );
}

function statusOf({ status }: Pod, name: string): ContainerStatus | undefined {
  const all = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return all.find((each) => each.name === name);
}

function waitingText(reason = ''): string {
  if (reason === 'ErrImagePull') return "image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason;
}
