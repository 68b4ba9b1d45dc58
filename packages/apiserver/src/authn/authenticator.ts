import type { UserInfo } from '@coxswain/api';
import type { Request } from '../chain/station.ts';

/** Asked in order; the first user stands. Undefined: not mine. Throws unauthorized() for credentials that are mine and wrong. */
export interface Authenticator {
  readonly name: string;
  readonly authenticate: (request: Request) => Promise<UserInfo | undefined>;
}
