/** A raw byte connection, both ways; `head` is what was read past the point where it was taken over. */
export interface ByteConnection {
  readonly head: Uint8Array;
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves when there is room for more. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Sends what was written, then closes. */
  readonly end: () => void;
  /** Closes at once. */
  readonly destroy: (error?: Error) => void;
}

/** A connection of messages, such as a websocket. Whoever reads slowly slows the peer. */
export interface MessageConnection {
  /** What both sides have agreed to speak; empty when nothing was asked for. */
  readonly protocol: string;
  /** Whole messages, text as UTF-8. */
  readonly input: AsyncIterable<Uint8Array>;
  readonly send: (message: Uint8Array) => Promise<void>;
  readonly sendText: (message: string) => Promise<void>;
  /** Takes leave; the connection closes when the peer has answered. */
  readonly end: () => void;
  readonly destroy: () => void;
}

/** One name and value of an HTTP head, in order, as written. */
export type HttpHeader = readonly [name: string, value: string];

/** An HTTP request to `url`, written as given: nothing is added to its headers. */
export interface HttpCall {
  readonly method: string;
  /** `http:` or `https:`; only its host and port count. */
  readonly url: URL;
  /** Path and query, exactly as they go on the wire. */
  readonly target: string;
  readonly headers: readonly HttpHeader[];
  readonly body?: AsyncIterable<Uint8Array> | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HttpHeader[];
  readonly body: AsyncIterable<Uint8Array>;
  /** Set for 101: what follows belongs to the caller. `body` is then empty. */
  readonly upgraded?: ByteConnection | undefined;
}

/** Whom a call to a server outside believes, and what it shows, in PEM. */
export interface OutgoingTrust {
  /** Undefined: whom this machine believes. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Whom the server's certificate must name, where that is not the host of the URL. */
  readonly serverName?: string | undefined;
  /** Nobody is asked who they are. */
  readonly insecure?: boolean | undefined;
}

/** A call to a server outside of the cluster's own parts. */
export interface OutgoingCall extends Omit<HttpCall, 'body'> {
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly trust: OutgoingTrust;
  /** Where to connect, when that is not what the URL says. */
  readonly connectTo?: { readonly host: string; readonly port: number } | undefined;
}

/** As a Dialer, for servers outside; connections may be kept. */
export type Carrier = (call: OutgoingCall) => Promise<HttpAnswer>;

/** Carries a call out. Rejects when nobody answers; every answer, errors included, is handed back. */
export type Dialer = (call: HttpCall) => Promise<HttpAnswer>;

/** The first value of a header, whatever its case. */
export function headerOf(headers: readonly HttpHeader[], name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1];
}
