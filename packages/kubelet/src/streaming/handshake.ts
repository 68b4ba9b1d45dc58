import {
  isUpgrade,
  protocolHeader,
  type RequestHeaders,
  spdyProtocols,
  spdyUpgrade,
  webSocketProtocols,
} from '@coxswain/api/streaming';

/** A handshake that cannot be had, in upstream's words. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** What is spoken with a client that asks for SPDY: the first of its protocols that is `served`, or none of any name. */
export function agreeOnSpdy(
  headers: RequestHeaders,
  served: readonly string[],
): { readonly protocol: string } | Refusal {
  if (!isUpgrade(headers) || !headers.upgrade!.toLowerCase().includes('spdy/3.1'))
    return { status: 400, text: 'unable to upgrade: missing upgrade headers in request' };
  const offered = spdyProtocols(headers);
  if (offered.length === 0) return { protocol: '' };
  const protocol = offered.find((each) => served.includes(each));
  if (protocol !== undefined) return { protocol };
  const text = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${served.join(' ')}]`;
  return { status: 403, text };
}

/** The same for websockets; a client that names no protocol gets none. */
export function agreeOnWebSocket(
  headers: RequestHeaders,
  served: readonly string[],
): { readonly protocol: string } | Refusal {
  const offered = webSocketProtocols(headers);
  if (offered.length === 0) return { protocol: '' };
  const protocol = offered.find((each) => served.includes(each));
  if (protocol !== undefined) return { protocol };
  return {
    status: 403,
    text: `requested protocol(s) are not supported: [${offered.join(' ')}]; supports [${served.join(' ')}]`,
  };
}

/** The head of the answer that begins SPDY. */
export const spdyHead = (protocol: string): Uint8Array =>
  new TextEncoder().encode(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${spdyUpgrade}\r\n${protocol && `${protocolHeader}: ${protocol}\r\n`}\r\n`,
  );
