import { ApiError, Pods } from '@coxswain/api';
import type { Client } from '@coxswain/client';
import type { Fleet } from '@coxswain/kubelet/fleet';
import type { Runtime, RuntimeContainer } from '@coxswain/kubelet';
import { namespaceDefault } from './objects.ts';
import type { ExecResult, InNamespace } from './options.ts';

/** What reaches into a pod. */
export interface PodParts {
  readonly client: Client;
  readonly fleet: () => Fleet;
  readonly signal: AbortSignal;
}

type At = InNamespace & { readonly container?: string; readonly stdin?: string };

/** The log of a container, by the API's own subresource. */
export async function logsOf(
  pod: string,
  { namespace = namespaceDefault, container }: At,
  { client, signal }: PodParts,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
  const answer = await client.raw({
    ...{ method: 'GET', path, signal },
    query: container === undefined ? {} : { container },
  });
  if (typeof answer === 'string') return answer;
  const pieces: Uint8Array[] = [];
  for await (const piece of answer as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function* one(text: string): AsyncGenerator<Uint8Array> {
  if (text) yield Buffer.from(text);
}

/** Runs a command in a container and waits for its end. */
export async function execIn(
  podName: string,
  command: readonly string[],
  { namespace = namespaceDefault, container, stdin = '' }: At,
  { client, fleet, signal }: PodParts,
): Promise<ExecResult> {
  const pod = await client.get(Pods, podName, { namespace, signal });
  const node = fleet().node(pod.spec?.nodeName ?? '');
  const name = container ?? pod.spec!.containers[0]!.name;
  await node?.inside?.pods.attend(namespace, podName);
  const runtime: Runtime | undefined = node?.inside?.runtime;
  const all: readonly RuntimeContainer[] =
    (await runtime?.containers(pod.metadata.uid, signal)) ?? [];
  const running = all.find((each) => each.name === name && each.state === 'running');
  if (!runtime || !running)
    throw new ApiError(400, 'BadRequest', `container ${name} of pod ${podName} does not run`);
  const io = { stdin: stdin !== '', stdout: true, stderr: true, tty: false };
  const target = await runtime.exec(running.id, command, io, signal);
  if (!('serve' in target)) throw new Error('the runtime serves no session here');
  const said = { stdout: '', stderr: '' };
  const into = (stream: 'stdout' | 'stderr') => async (chunk: Uint8Array) =>
    void (said[stream] += Buffer.from(chunk).toString());
  const exitCode = await target.serve({
    ...{ stdin: one(stdin), stdout: into('stdout'), stderr: into('stderr'), signal },
    resizes: nothing(),
  });
  return { ...said, exitCode };
}

async function* nothing(): AsyncGenerator<never> {}
