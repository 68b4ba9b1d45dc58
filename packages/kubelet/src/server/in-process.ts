import {
  type ByteConnection,
  connectionPair,
  type HttpAnswer,
  type HttpCall,
  type HttpHeader,
} from '@coxswain/base';
import { errorText, type KubeletAnswer, textAnswer } from './request.ts';
import { routeOf } from './routes.ts';
import type { ServedNode } from './served-node.ts';

async function* piece(...bytes: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* bytes;
}

/** Answers a request of this very process, which needs no socket and is known: as the node's server would. */
export async function answerInProcess(call: HttpCall, node: ServedNode): Promise<HttpAnswer> {
  const url = new URL(call.target, 'http://node');
  const path = decodeURIComponent(url.pathname);
  const names = call.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const { handle, parts } = routeOf(call.method, path);
  const request = {
    ...{ method: call.method, path, query: url.searchParams, signal: call.signal },
    ...{ headers: Object.fromEntries(names), remoteAddress: '' },
  };
  let reply: KubeletAnswer;
  try {
    if (parts.length > 1) await node.attend?.(parts[0]!, parts[1]!);
    reply = await handle(request, parts, node);
  } catch (error) {
    reply = textAnswer(500, errorText(error));
  }
  if (reply.as === 'upgrade') {
    const [ours, theirs] = connectionPair();
    void reply.accept(ours).catch(() => ours.destroy());
    return upgradeOf(theirs);
  }
  const { status, headers, body } = reply;
  const pieces = reply.as === 'answer' ? piece(reply.body) : (body as AsyncIterable<Uint8Array>);
  return { status, statusText: '', headers, body: pieces };
}

const headEnd = Buffer.from('\r\n\r\n');

/** Reads the head that whoever takes a connection over writes to it first. */
async function upgradeOf(connection: ByteConnection): Promise<HttpAnswer> {
  const input = connection.input[Symbol.asyncIterator]();
  let read: Buffer = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const { value, done } = await input.next();
    if (done) throw new Error('the connection ended before it was taken over');
    read = Buffer.concat([read, value]);
    end = read.indexOf(headEnd);
  }
  const [first = '', ...lines] = read.subarray(0, end).toString('latin1').split('\r\n');
  const [, status, ...words] = first.split(' ');
  const headers = lines.map((line): HttpHeader => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const head = read.subarray(end + headEnd.length);
  const rest: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => input };
  return {
    ...{ status: Number(status), statusText: words.join(' '), headers, body: piece() },
    upgraded: { ...connection, head, input: rest },
  };
}
