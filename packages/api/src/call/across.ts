import type { ApiCall, UserInfo } from './index.ts';

/** One end of a line between two threads: what is posted arrives at the other in order. */
export interface ThreadPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  on(event: 'message', see: (message: any) => void): unknown;
}

/** Who calls, told once; its calls name the number. */
export interface Caller {
  readonly user: UserInfo;
  readonly agent: string;
}

/** A call whose body is still the JSON that its caller made. */
export interface TextCall extends Omit<ApiCall, 'body'> {
  readonly body: string | undefined;
}

/** One call on the line: few words, since there are thousands a second. */
export type CallAcross = readonly [
  id: number,
  caller: number,
  method: ApiCall['method'],
  path: string,
  query: Readonly<Record<string, string>> | undefined,
  body: string | undefined,
  patchType: string | undefined,
  /** An answer that is no failure comes empty. */
  isUnread: boolean | undefined,
];

/** What one turn of the callers' thread has for the server's. */
export interface CallsAcross {
  /** The new callers, numbered on. */
  readonly callers: readonly Caller[];
  readonly calls: readonly CallAcross[];
  /** Calls whose answers nobody wants any more. */
  readonly left: readonly number[];
  /** Bytes of answers taken since. */
  readonly taken: number;
}

/** How an answer stands on the line. */
export const across = {
  /** The whole answer, in JSON. */
  whole: 0,
  /** Lines of a watch, more to come. */
  lines: 1,
  /** The end of a watch. */
  end: 2,
} as const;

/** What one turn of the server's thread has for the callers'. */
export interface AnswersAcross {
  /** Four numbers each: id of the call, `across`, HTTP status code, length in `bytes`. */
  readonly heads: readonly number[];
  /** UTF-8, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}
