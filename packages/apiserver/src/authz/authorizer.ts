import type { UserInfo } from '@coxswain/api';
import type { RequestInfo } from '../chain/request-info.ts';

export type Decision =
  | { readonly decision: 'allow'; readonly reason: string }
  | { readonly decision: 'deny'; readonly reason: string }
  | { readonly decision: 'no-opinion'; readonly reason: string };

/** Asked in order; the first allow or deny stands. */
export interface Authorizer {
  readonly name: string;
  readonly authorize: (
    user: UserInfo,
    info: RequestInfo,
    signal: AbortSignal,
  ) => Promise<Decision> | Decision;
}
