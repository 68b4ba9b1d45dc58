/** The frames of SPDY/3.1 as they stand on the wire: header blocks are still compressed. */
export type Frame =
  | {
      readonly type: 'synStream';
      readonly streamId: number;
      readonly associatedId: number;
      readonly priority: number; // 0 first, 7 last
      readonly isFin: boolean;
      readonly isUnidirectional: boolean;
      readonly block: Uint8Array;
    }
  | {
      readonly type: 'synReply' | 'headers';
      readonly streamId: number;
      readonly isFin: boolean;
      readonly block: Uint8Array;
    }
  | { readonly type: 'rstStream'; readonly streamId: number; readonly status: number }
  | { readonly type: 'settings'; readonly settings: readonly Setting[] }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway'; readonly lastStreamId: number; readonly status: number }
  | { readonly type: 'windowUpdate'; readonly streamId: number; readonly delta: number }
  | {
      readonly type: 'data';
      readonly streamId: number;
      readonly isFin: boolean;
      readonly data: Uint8Array;
    };

export interface Setting {
  readonly flags: number;
  readonly id: number;
  readonly value: number;
}

/** The peer breaks the protocol: the connection is of no use any more. */
export class SpdyProtocolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`SPDY: ${message}`, options);
    this.name = 'SpdyProtocolError';
  }
}

export const controlTypes = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const resetStatus = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  cancel: 5,
  internalError: 6,
  flowControlError: 7,
} as const;

export const settingIds = { initialWindowSize: 7 } as const;

export const version = 3;
export const headBytes = 8;
export const flagFin = 1;
export const flagUnidirectional = 2;
/** Longest control frame that is read: header blocks of streams are far shorter. */
export const controlBytesMax: number = 64 * 1024;
