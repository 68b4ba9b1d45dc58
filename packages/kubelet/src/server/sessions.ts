import type { Pod } from '@coxswain/api/types/core-v1';
import {
  isWebSocket,
  relayCommand,
  relayPorts,
  type StreamLocation,
  type StreamOptions,
  tunnelledProtocols,
} from '@coxswain/api/streaming';
import { RuntimeError, type StreamTarget } from '../runtime.ts';
import { serveCommand, servePorts } from '../streaming/index.ts';
import {
  errorText,
  type KubeletAnswer,
  type KubeletHandler,
  type KubeletRequest,
  textAnswer,
} from './request.ts';
import { podOf, runningContainer, type ServedNode } from './served-node.ts';

/** `/exec/{namespace}/{pod}[/{uid}]/{container}` */
export const exec: KubeletHandler = (request, parts, node) =>
  command(request, parts, node, async (id, options) =>
    node.runtime.exec(id, request.query.getAll('command'), options, request.signal),
  );

/** `/attach/{namespace}/{pod}[/{uid}]/{container}` */
export const attach: KubeletHandler = (request, parts, node) =>
  command(request, parts, node, async (id, options) =>
    node.runtime.attach(id, options, request.signal),
  );

async function command(
  request: KubeletRequest,
  parts: readonly string[],
  node: ServedNode,
  open: (id: string, options: StreamOptions) => Promise<StreamTarget>,
): Promise<KubeletAnswer> {
  const options = streamOptions(request.query);
  if (!options) return textAnswer(400, 'you must specify at least 1 of stdin, stdout, stderr');
  const [namespace = '', name = ''] = parts;
  const pod = podOf(node, namespace, name);
  if (!pod) return textAnswer(404, 'pod does not exist');
  let target: StreamTarget;
  try {
    const container = await runningContainer(node, pod, parts.at(-1)!, request.signal);
    target = await open(container.id, options);
  } catch (error) {
    return runtimeFailure(error);
  }
  if ('serve' in target) return serveCommand(request, options, target.serve, node.wire);
  return relayed(relayCommand(request, locationOf(target.url), options, node.wire));
}

/** `/portForward/{namespace}/{pod}[/{uid}]` */
export const portForward: KubeletHandler = async (request, parts, node) => {
  const ports = portsOf(request);
  if (typeof ports === 'string') return textAnswer(400, ports);
  const [namespace = '', name = '', uid] = parts;
  const pod = podOf(node, namespace, name);
  if (!pod) return textAnswer(404, 'pod does not exist');
  if (uid && pod.metadata.uid !== uid) return textAnswer(404, 'pod not found');
  try {
    const sandbox = await readySandbox(node, pod, request.signal);
    const target = await node.runtime.portForward(sandbox, ports, request.signal);
    if ('url' in target)
      return await relayed(relayPorts(request, locationOf(target.url), node.wire));
    const of = { pod: name, uid: pod.metadata.uid ?? '', ports };
    return servePorts(request, of, target.forward, node.wire);
  } catch (error) {
    return runtimeFailure(error);
  }
};

async function readySandbox(node: ServedNode, pod: Pod, signal: AbortSignal): Promise<string> {
  const sandboxes = await node.runtime.sandboxes(pod.metadata.uid ?? '', signal);
  const ready = sandboxes.find(({ isReady }) => isReady);
  const { name, namespace } = pod.metadata;
  if (!ready) throw new Error(`pod not found (${JSON.stringify(`${name}_${namespace}`)})`);
  return ready.id;
}

/** Undefined when nothing is asked for. A terminal has no stderr of its own. */
function streamOptions(query: URLSearchParams): StreamOptions | undefined {
  const is = (name: string): boolean => query.get(name) === '1';
  const [tty, stdin, stdout] = [is('tty'), is('input'), is('output')];
  const stderr = is('error') && !tty;
  return stdin || stdout || stderr ? { tty, stdin, stdout, stderr } : undefined;
}

/** The ports that a websocket client names in the query; other clients name them with each stream. */
function portsOf({ headers, query }: KubeletRequest): readonly number[] | string {
  if (!isWebSocket(headers) || tunnelledProtocols(headers).length > 0) return [];
  const named = query.getAll('port');
  if (named.length === 0) return 'query parameter "port" is required';
  const ports: number[] = [];
  for (const list of named) {
    if (list === '') return 'query parameter "port" cannot be empty';
    for (const text of list.split(',')) {
      if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
        return `unable to parse ${JSON.stringify(list)} as a port: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
      if (Number(text) < 1) return `port ${JSON.stringify(list)} must be > 0`;
      ports.push(Number(text));
    }
  }
  return ports;
}

function locationOf(text: string): StreamLocation {
  const url = new URL(text);
  return { url, target: `${url.pathname}${url.search}` };
}

/** What a container's streaming server cannot be asked is our own failure. */
const relayed = (answer: Promise<KubeletAnswer>): Promise<KubeletAnswer> =>
  answer.catch((error: unknown) => textAnswer(500, `${errorText(error)}\n`));

const runtimeFailure = (error: unknown): KubeletAnswer =>
  textAnswer(
    error instanceof RuntimeError && error.code === 'notFound' ? 404 : 500,
    errorText(error),
  );
