/** The frames of HTTP/2 (RFC 9113), as far as both ends must agree on them. */

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export const errorCode = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refused: 7,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
} as const;
export type ErrorCode = (typeof errorCode)[keyof typeof errorCode];

export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
export const frameHeadBytes = 9;
/** What both sides begin with. */
export const defaultWindow = 65_535;
export const windowMax: number = 2 ** 31 - 1;
/** The largest frame that we take, and that a peer takes unless it says otherwise. */
export const defaultFrameMax = 16_384;

/** What ends the connection. */
export class ConnectionError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'ConnectionError';
    this.code = code;
  }
}

/** What ends one stream. */
export class StreamError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'StreamError';
    this.code = code;
  }
}

/** The part of a frame that is neither padding nor its length. */
export function unpadded(payload: Buffer, flags: number): Buffer {
  if (!(flags & flag.padded)) return payload;
  const padding = payload[0] ?? payload.length;
  if (padding >= payload.length)
    throw new ConnectionError(errorCode.protocol, 'a frame is shorter than its padding');
  return payload.subarray(1, payload.length - padding);
}
