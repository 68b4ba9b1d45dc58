import type { ByteConnection, HttpAnswer } from '@coxswain/base';
import { headerOf } from '@coxswain/base';
import { ApiError } from '../status/index.ts';
import { protocolHeader, spdyUpgrade } from './names.ts';
import type { StreamWire } from './wire.ts';

/** Where a stream request goes: a server, and the path and query exactly as they go on the wire. */
export interface StreamLocation {
  readonly url: URL;
  readonly target: string;
}

/** Longest refusal that is read. */
const refusalBytesMax = 1024 * 1024;

/** Asks a streaming server for SPDY, offering `protocols`; hands back its answer, whatever it is. */
export function callSpdy(
  wire: StreamWire,
  { url, target }: StreamLocation,
  protocols: readonly string[],
  signal: AbortSignal,
): Promise<HttpAnswer> {
  return wire.dial({
    method: 'POST',
    ...{ url, target, signal },
    headers: [
      ['Host', url.host],
      ['Connection', 'Upgrade'],
      ['Upgrade', spdyUpgrade],
      ...protocols.map((each) => [protocolHeader, each] as const),
      ['Content-Length', '0'],
    ],
  });
}

/** Whether a 101 really is SPDY. */
export const isSpdy = (answer: HttpAnswer): boolean =>
  (headerOf(answer.headers, 'connection') ?? '').toLowerCase().includes('upgrade') &&
  (headerOf(answer.headers, 'upgrade') ?? '').toLowerCase().includes(spdyUpgrade.toLowerCase());

/** The connection and the protocol that the server has chosen. Throws what it answered instead. */
export async function spdyConnection(
  answer: HttpAnswer,
): Promise<{ connection: ByteConnection; protocol: string }> {
  if (answer.upgraded && isSpdy(answer))
    return {
      connection: answer.upgraded,
      protocol: headerOf(answer.headers, protocolHeader.toLowerCase()) ?? '',
    };
  const text = new TextDecoder().decode(await bodyOf(answer));
  throw refusalOf(text) ?? new Error(`unable to upgrade connection: ${text}`);
}

function refusalOf(text: string): ApiError | undefined {
  try {
    const status = JSON.parse(text) as Parameters<typeof ApiError.fromStatus>[0];
    return status?.kind === 'Status' ? ApiError.fromStatus(status) : undefined;
  } catch {
    return undefined;
  }
}

/** The whole body of a refusal, cut off where it grows beyond reason. */
export async function bodyOf({ body }: HttpAnswer): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (size > refusalBytesMax) break;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
