import type { UserInfo, WatchEvent } from '@coxswain/api';
import type { ByteConnection } from '@coxswain/base';
import type { Audited } from '../audit/audit.ts';
import type { Span } from '../tracing/span.ts';
import type { Cached } from '../watch-cache/index.ts';
import type { RequestInfo } from './request-info.ts';

/** One request on its way through the chain, the same for HTTP and for direct calls. */
export interface Request {
  readonly info: RequestInfo;
  readonly method: string;
  readonly path: string; // without query, decoded
  /** Path and query exactly as they came, for proxies. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>; // names in lower case
  /** Who calls; undefined until the station `authenticate` has passed. */
  readonly user: UserInfo | undefined;
  /** By which the audit and the logs name this request; the client's own where it sent one. */
  readonly auditId: string;
  readonly remoteAddress: string;
  /** The verified client certificate in DER form, when TLS brought one. */
  readonly clientCertificate: Uint8Array | undefined;
  readonly body: RequestBody;
  readonly signal: AbortSignal;
  /** Adds a `Warning: 299` header to the response; each text once. */
  warn(text: string): void;
  /** Headers that stations add to the answer, whatever becomes of it; only on the wire. */
  readonly answerHeaders?: Record<string, string>;
  /** Takes what the audit records of this request; undefined when it records nothing. */
  readonly audited?: Audited;
  /** What traces this request, where it is traced. */
  readonly span?: Span;
  /** Adds an audit annotation. */
  annotate(key: string, value: string): void;
}

/** Bytes from the wire, or an object from a direct call, which is never changed. */
export type RequestBody =
  | {
      readonly from: 'wire';
      read(bytesMax: number): Promise<Uint8Array>;
      /** The body piece by piece, however long, for who hands it on. Either this or `read`. */
      readonly pieces?: AsyncIterable<Uint8Array> | undefined;
    }
  | {
      readonly from: 'memory';
      readonly object: unknown;
      /** The object's JSON, where its caller sent that: `object` is decoded when it is looked at. */
      readonly text?: string;
      readonly patchType?: string | undefined;
    };

/** Bytes in pieces: all of them, or batch by batch, made while they are sent. */
export type Pieces = readonly Uint8Array[] | AsyncIterable<readonly Uint8Array[]>;

/** What a request ends in. Errors are thrown as ApiError and become a Status at the outermost station. */
export type Response =
  /**
   * An object of the API, decoded only when looked at; `encoded` gives its bytes, in pieces, where a media type was
   * made before. `headers` go on the wire beside it.
   */
  | {
      readonly as: 'object';
      readonly code: number;
      readonly object: unknown;
      readonly encoded?: ((mediaType: string) => Pieces | undefined) | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      /** The one stored object that it is, where its stored form is that of the answer. */
      readonly cached?: (() => Cached | undefined) | undefined;
      /** Its kind is in no schema table: it has no protobuf. */
      readonly isUntyped?: boolean;
    }
  | {
      readonly as: 'watch';
      readonly events: AsyncIterable<readonly WatchEvent[]>;
      readonly isUntyped?: boolean;
    }
  | {
      readonly as: 'bytes';
      readonly code: number;
      readonly headers: ResponseHeaders;
      readonly body: Uint8Array | AsyncIterable<Uint8Array>;
    }
  /** The connection itself is handed over (exec, attach, port-forward, proxied upgrades). `accept` writes the answer's head itself. */
  | { readonly as: 'upgrade'; readonly accept: (connection: Connection) => Promise<void> };

/** A name may stand for several headers, as `set-cookie` does. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

export type Connection = ByteConnection;

export type Next = (request: Request) => Promise<Response>;

/** A station of the chain: answers itself, or passes the request on and may look at the answer. */
export interface Station {
  readonly name: string;
  /** Requests that the station has nothing to do with: they go by without a turn of their own. */
  readonly skips?: (request: Request) => boolean;
  readonly pass: (request: Request, next: Next) => Promise<Response>;
}
