import type { UserInfo } from '@coxswain/api';
import type { Authenticator } from './authenticator.ts';

export const anonymousUser: UserInfo = {
  name: 'system:anonymous',
  groups: ['system:unauthenticated'],
};

/** Whoever shows nothing, where that is enough; no paths given: everywhere. Stands last. */
export const anonymous = (paths: readonly string[] = []): Authenticator => ({
  name: 'anonymous',
  authenticate: ({ path }) =>
    Promise.resolve(paths.length === 0 || paths.includes(path) ? anonymousUser : undefined),
});
