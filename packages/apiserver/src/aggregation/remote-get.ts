import type { UserInfo } from '@coxswain/api';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import { type Clock, headerOf, type HttpHeader } from '@coxswain/base';
import { Deadline } from '../webhook-client/index.ts';
import { remoteHeaders, remoteOf, type RemoteWays, urlOf } from './remote.ts';

/** What another server answered to this server itself. */
export interface RemoteAnswer {
  readonly status: number;
  readonly header: (name: string) => string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Most bytes of a document about an API. */
const bytesMax = 64 * 2 ** 20;

/** Asks the server of an APIService for the document at `target`, as `user`. */
export async function remoteGet(
  ways: RemoteWays,
  clock: Clock,
  service: APIService,
  user: UserInfo,
  {
    target,
    headers,
    timeoutMs,
  }: {
    readonly target: string;
    readonly headers: readonly HttpHeader[];
    readonly timeoutMs: number;
  },
  outer: AbortSignal,
): Promise<RemoteAnswer> {
  using deadline = new Deadline(clock, timeoutMs, outer);
  const { signal } = deadline;
  const { place, trust } = remoteOf(ways, service);
  const url = new URL(urlOf(place));
  const answer = await ways.carry({
    ...{ method: 'GET', url, target, trust, connectTo: place, signal },
    headers: [['Host', url.host], ...headers, ...remoteHeaders(user)],
  });
  return {
    status: answer.status,
    header: (name) => headerOf(answer.headers, name) ?? '',
    bytes: await bytesOf(answer.body),
  };
}

/** All of a body; throws when it is too long. */
export async function bytesOf(
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    bytes += piece.length;
    if (bytes > bytesMax) throw new Error('http: response body too large');
    pieces.push(piece);
  }
  return joined(pieces);
}

/** The pieces in one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
