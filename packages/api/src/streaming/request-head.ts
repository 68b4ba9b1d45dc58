import { commandProtocols, tunnelPrefix } from './names.ts';

/** Names in lower case. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** Whether the request asks for another protocol on its connection. */
export const isUpgrade = (headers: RequestHeaders): boolean =>
  (headers.connection ?? '').toLowerCase().includes('upgrade') && Boolean(headers.upgrade);

export const isWebSocket = (headers: RequestHeaders): boolean =>
  isUpgrade(headers) && headers.upgrade!.toLowerCase() === 'websocket';

/** The sub-protocols that a websocket client offers, in its order. */
export const webSocketProtocols = (headers: RequestHeaders): readonly string[] =>
  listOf(headers['sec-websocket-protocol']);

/** The stream protocols that a SPDY client offers, in its order. */
export const spdyProtocols = (headers: RequestHeaders): readonly string[] =>
  listOf(headers['x-stream-protocol-version']);

const listOf = (value = ''): readonly string[] =>
  value
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);

/** Whether exec or attach is asked for over a websocket whose streams can be closed one by one. */
export const wantsStreamClose = (headers: RequestHeaders): boolean =>
  isWebSocket(headers) && webSocketProtocols(headers).includes(commandProtocols.v5);

/** The SPDY protocols that the client would carry through a websocket. */
export const tunnelledProtocols = (headers: RequestHeaders): readonly string[] =>
  isWebSocket(headers)
    ? webSocketProtocols(headers)
        .filter((each) => each.startsWith(tunnelPrefix) && each.endsWith('.k8s.io'))
        .map((each) => each.slice(tunnelPrefix.length))
    : [];
