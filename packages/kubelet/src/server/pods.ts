import { Buffer } from 'node:buffer';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { RuntimeContainer } from '../runtime.ts';
import { errorText, jsonAnswer, type KubeletHandler, textAnswer } from './request.ts';
import { podOf, runningContainer } from './served-node.ts';

const listOf = (items: readonly unknown[]): unknown => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: {},
  items: items.length === 0 ? null : items,
});

/** `/pods`: what should run here. */
export const pods: KubeletHandler = (_request, _parts, node) => jsonAnswer(listOf(node.pods()));

/** `/runningpods/`: what the runtime says runs here. */
export const runningPods: KubeletHandler = async (request, _parts, { runtime }) => {
  const [sandboxes, containers] = await Promise.all([
    runtime.sandboxes(undefined, request.signal),
    runtime.containers(undefined, request.signal),
  ]);
  const running = containers.filter(({ state }) => state === 'running');
  const found = sandboxes
    .filter(({ isReady }) => isReady)
    .map((sandbox) => ({
      metadata: {
        name: sandbox.podName,
        namespace: sandbox.podNamespace,
        uid: sandbox.podUid,
      },
      spec: {
        containers: running.filter(({ podUid }) => podUid === sandbox.podUid).map(containerOf),
      },
      status: {},
    }));
  return jsonAnswer(listOf(found));
};

const containerOf = ({ name, image }: RuntimeContainer): unknown => ({
  name,
  image,
  resources: {},
});

/** `/run/{namespace}/{pod}[/{uid}]/{container}?cmd=`: what a command has written, all at once. */
export const run: KubeletHandler = async (request, parts, node) => {
  const [namespace = '', name = ''] = parts;
  const pod: Pod | undefined = podOf(node, namespace, name);
  if (!pod) return textAnswer(404, 'pod does not exist');
  const command = (request.query.get('cmd') ?? '').split(' ');
  try {
    const { id } = await runningContainer(node, pod, parts.at(-1)!, request.signal);
    const { stdout, stderr, exitCode } = await node.runtime.execSync(
      id,
      command,
      0,
      request.signal,
    );
    const output = Buffer.concat([stdout, stderr]);
    if (exitCode !== 0)
      return textAnswer(
        500,
        `command '${command.join(' ')}' exited with ${exitCode}: ${output.toString()}`,
      );
    return {
      as: 'answer',
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: output,
    };
  } catch (error) {
    return textAnswer(500, errorText(error));
  }
};
