/** The streaming calls of client-node, as values to wait for. */
import { PassThrough, Readable, Writable } from 'node:stream';
import { Exec, Log, PortForward, type V1Status } from '@kubernetes/client-node';
import type { WalkCluster } from './cluster.ts';

/** Collects what is written to it. */
export class Collected extends Writable {
  text = '';

  constructor() {
    super();
    this.on('error', () => {}); // a call that we abort ends its stream with an error
  }

  override _write(chunk: Buffer | string, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface Executed {
  readonly out: string;
  readonly err: string;
  readonly status: V1Status;
}

const execDeadlineMs = 120_000;

/** Runs a command in a container over a WebSocket; its standard input is `input`, or none. */
export async function execIn(
  cluster: WalkCluster,
  pod: { readonly namespace: string; readonly name: string; readonly container: string },
  command: readonly string[],
  input?: string,
): Promise<Executed> {
  const [out, err] = [new Collected(), new Collected()];
  const stdin =
    input === undefined ? null : Readable.from([Buffer.from(input)], { objectMode: false });
  const { promise, resolve, reject } = Promise.withResolvers<V1Status>();
  const words = [...command];
  const limit = setTimeout(
    () =>
      reject(
        new Error(
          `${words.join(' ')}: no status after ${execDeadlineMs} ms; ${out.text}${err.text}`,
        ),
      ),
    execDeadlineMs,
  );
  try {
    const socket = await new Exec(cluster.config())
      .exec(pod.namespace, pod.name, pod.container, words, out, err, stdin, false, resolve)
      .catch(refusal);
    const status = await promise;
    socket.close();
    return { out: out.text, err: err.text, status };
  } finally {
    clearTimeout(limit);
  }
}

/** A WebSocket that was not opened rejects with an event that prints as nothing. */
export function refusal(event: unknown): never {
  const { message } = event as { readonly message?: string };
  throw new Error(`refused: ${message ?? String(event)}`, { cause: event });
}

/** A container's log, as it is now. */
export async function logOf(
  cluster: WalkCluster,
  pod: { readonly namespace: string; readonly name: string; readonly container: string },
  options: { readonly previous?: boolean; readonly tailLines?: number } = {},
): Promise<string> {
  const sink = new PassThrough();
  await new Log(cluster.config()).log(pod.namespace, pod.name, pod.container, sink, options);
  let text = '';
  for await (const chunk of sink) text += String(chunk);
  return text;
}

/** Sends an HTTP/1.0 request through a forwarded port and gives the whole answer. */
export async function requestThroughForward(
  cluster: WalkCluster,
  pod: { readonly namespace: string; readonly name: string },
  port: number,
): Promise<string> {
  const [out, err] = [new Collected(), new Collected()];
  const input = new PassThrough();
  const socket = await new PortForward(cluster.config())
    .portForward(pod.namespace, pod.name, [port], out, err, input)
    .catch(refusal);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const check = setInterval(() => {
    if (err.text !== '') reject(new Error(`port-forward: ${err.text}`));
    if (/\r?\n\r?\n[^\n]+\n/.test(out.text)) resolve(out.text);
  }, 50);
  const limit = setTimeout(
    () => reject(new Error(`no answer through port-forward: "${out.text}"`)),
    15_000,
  );
  input.write('GET / HTTP/1.0\r\n\r\n');
  try {
    return await promise;
  } finally {
    clearInterval(check);
    clearTimeout(limit);
    if (typeof socket !== 'function') socket.close();
  }
}
