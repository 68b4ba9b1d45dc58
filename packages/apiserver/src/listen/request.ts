import type { TLSSocket } from 'node:tls';
import { uuid, type World } from '@coxswain/base';
import { ApiError, unauthorized } from '@coxswain/api';
import { parseRequestInfo } from '../chain/parse-request-info.ts';
import type { Request } from '../chain/station.ts';
import type { IncomingBody } from './body.ts';

/** What a connection says of its peer; the same for all its requests. */
export interface Peer {
  readonly address: string;
  readonly certificate: Uint8Array | undefined;
  /** It showed a certificate that none of our authorities has signed. */
  readonly isFalse: boolean;
}

export function peerOf(socket: TLSSocket): Peer {
  const shown = socket.getPeerX509Certificate()?.raw;
  return {
    address: socket.remoteAddress ?? '',
    certificate: shown && socket.authorized ? shown : undefined,
    isFalse: shown !== undefined && !socket.authorized,
  };
}

/** Why a request is aborted; one for all, since every connection ends some day. */
export const clientHasLeft: Error = new Error('the client has left');

export interface Incoming {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly peer: Peer;
  readonly signal: AbortSignal;
  readonly body: IncomingBody;
}

/** Longest audit id that a client may give. */
const auditIdMax = 64;

/** The id of a request: the client's own, so far as it is not too long, or a new one. */
export function auditIdOf({ headers }: Incoming, { random }: Pick<World, 'random'>): string {
  return headers['audit-id']?.slice(0, auditIdMax) || uuid(random);
}

/** The request of the chain, and the warnings it gathers. */
export function requestOf(
  incoming: Incoming,
  auditId: string,
): { request: Request; warnings: readonly string[] } {
  const { method, target, headers, peer, signal, body } = incoming;
  if (peer.isFalse) throw unauthorized();
  const mark = target.indexOf('?');
  const path = decoded(mark < 0 ? target : target.slice(0, mark));
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const warnings: string[] = [];
  const request: Request = {
    info: parseRequestInfo(method, path, query),
    method,
    path,
    target,
    query,
    headers,
    user: undefined,
    auditId,
    remoteAddress: peer.address,
    clientCertificate: peer.certificate,
    body: { from: 'wire', read: (bytesMax) => body.read(bytesMax), pieces: body },
    signal,
    warn(text) {
      if (!warnings.includes(text)) warnings.push(text);
    },
    answerHeaders: {},
    annotate() {},
  };
  return { request, warnings };
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new ApiError(
      400,
      'BadRequest',
      `invalid URL escape in ${JSON.stringify(path)}`,
      undefined,
      {
        cause,
      },
    );
  }
}

/** Most bytes of all Warning headers of one answer; what comes after that is left out. */
const warningBytesMax = 4096;
// oxlint-disable-next-line no-control-regex -- a header can hold none
const control = /[\u0000-\u001f\u007f]/;

/** Upstream's form of Warning headers, their UTF-8 as bytes; a text with control characters is no header. */
export function warningHeaders(texts: readonly string[]): readonly string[] {
  const headers: string[] = [];
  let left = warningBytesMax;
  for (const text of texts) {
    if (control.test(text)) continue;
    const quoted = `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const header = Buffer.from(`299 - ${quoted}`).toString('latin1');
    left -= header.length;
    if (left < 0) break;
    headers.push(header);
  }
  return headers;
}
