/** One request that is sent to an upstream server and to ours. */
export interface Request {
  /** Tells it from others of its list, in a few words. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** With its query. */
  readonly path: string;
  /** An object is sent as JSON, a string as it is. `'$resourceVersion'` stands for what the server last said at that path. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Sent again until both answer with this status: what it depends on takes effect with a delay. */
  readonly until?: number;
  /** Whom it is sent as; the administrator without it. */
  readonly as?: { readonly user: string; readonly groups?: readonly string[] };
}

/** Requests that are sent one after the other; lists know nothing of each other. */
export interface RequestList {
  readonly name: string;
  readonly requests: readonly Request[];
}
