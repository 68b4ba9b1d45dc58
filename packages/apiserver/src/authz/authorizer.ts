import type { UserInfo } from '@coxswain/api';
import type { RequestInfo } from '../chain/request-info.ts';

export type Decision =
  | { readonly decision: 'allow'; readonly reason: string }
  | { readonly decision: 'deny'; readonly reason: string }
  | { readonly decision: 'no-opinion'; readonly reason: string };

/** Asked in order; the first allow or deny stands. */
export interface Authorizer {
  readonly name: string;
  /** When it fails nobody else is asked: the request ends there. */
  readonly failsClosed?: boolean;
  readonly authorize: (
    user: UserInfo,
    info: RequestInfo,
    signal: AbortSignal,
  ) => Promise<Decision> | Decision;
}

/** What an authorizer throws that has said yes and no: the request ends there, whatever others would say. */
export class Contradiction extends Error {}
