import type { WatchEvent } from '@coxswain/api';
import type { RawCall } from '../client.ts';

/** A call as the verbs make it, before a transport carries it. */
export interface Request extends RawCall {
  readonly query: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean | undefined;
  /** Nobody reads the answer: only whether it is a failure. */
  readonly isUnread?: boolean | undefined;
}

/** Carries calls to an API server. Throws ApiError for what the server refuses. */
export interface Transport {
  call(request: Request): Promise<unknown>;
  /** Batches as they arrive, until the server ends the stream. */
  watch(request: Request): AsyncIterable<readonly WatchEvent[]>;
}
