import type { Via } from '@coxswain/base/wire';

/** One HTTP request, whatever the version of HTTP. */
export interface WireRequest {
  readonly method: string;
  readonly target: string; // path and query
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal: AbortSignal;
  /** Told of the steps to a connection that was opened for this request. */
  readonly onStep?: ((step: Step) => void) | undefined;
}

export type Step =
  | { readonly name: 'lookup'; readonly host: string; readonly address: string }
  | { readonly name: 'connect'; readonly address: string }
  | { readonly name: 'secure' };

export interface WireAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** All of them, names in small letters; only what an HTTP version carries them with may be missing. */
  readonly headers: () => Iterable<readonly [name: string, value: string]>;
  /** Chunks as they arrive. Must be read to its end, or its iterator returned. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Carries requests to one server, many at once. Throws Unreachable when the server did not process a request. */
export interface Wire extends Disposable {
  send(request: WireRequest): Promise<WireAnswer>;
}

/** Who the server must be and who the client is, for TLS. */
export interface Server {
  readonly url: string; // 'https://127.0.0.1:6443'
  readonly ca?: string | undefined; // PEM
  readonly certificate?: string | undefined; // PEM
  readonly key?: string | undefined; // PEM
  readonly serverName?: string | undefined;
  readonly insecure?: boolean | undefined;
  /** How connections to it are opened, where not directly. */
  readonly via?: Via | undefined;
}

/** No connection, or one that ended before the server took the request: sending it again is safe. */
export class Unreachable extends Error {
  readonly url: string;
  constructor(url: string, cause: unknown) {
    super(`cannot reach ${url}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.name = 'Unreachable';
    this.url = url;
  }
}
