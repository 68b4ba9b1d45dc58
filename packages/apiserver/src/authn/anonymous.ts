import type { UserInfo } from '@coxswain/api';
import type { Authenticator } from './authenticator.ts';

export const anonymousUser: UserInfo = {
  name: 'system:anonymous',
  groups: ['system:unauthenticated'],
};

/** Whoever shows nothing. Stands last. */
export const anonymous: Authenticator = {
  name: 'anonymous',
  authenticate: () => Promise.resolve(anonymousUser),
};
