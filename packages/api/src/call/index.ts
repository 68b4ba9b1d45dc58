import type { KubeObject } from '../resource.ts';
export * from './across.ts';

/** Who calls, as authentication found out. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A request to the API, before or after HTTP: what the `direct` transport hands to the server and `http` puts on the wire. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string; // '/api/v1/namespaces/default/pods/web', without query
  readonly query: Readonly<Record<string, string>>;
  readonly user: UserInfo;
  readonly agent: string; // the User-Agent; field managers default to its part before '/'
  /** The object, or the patch document for PATCH. Never changed by the server. */
  readonly body?: unknown;
  /** Media type of a PATCH body: 'application/merge-patch+json' ... */
  readonly patchType?: string | undefined;
  readonly signal: AbortSignal;
}

/** One event of a watch. BOOKMARK objects carry only metadata.resourceVersion; ERROR objects are a Status. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** `object` is set unless it is a watch; errors come as a thrown ApiError. Objects are frozen and shared. */
export interface ApiAnswer {
  readonly code: number;
  readonly object?: unknown;
  readonly watch?: AsyncIterable<readonly WatchEvent[]>;
  readonly warnings: readonly string[];
}

/** The whole request chain of a server in this process. */
export type ApiHandler = (call: ApiCall) => Promise<ApiAnswer>;
