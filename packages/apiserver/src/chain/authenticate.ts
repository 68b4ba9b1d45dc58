import { unauthorized, type UserInfo } from '@coxswain/api';
import type { Authenticator } from '../authn/authenticator.ts';
import type { AccessFigures } from '../metrics/access.ts';
import type { Request, Station } from './station.ts';

/** Finds out who calls; the first authenticator that knows stands. A direct call has said so itself. */
export function authenticate(
  authenticators: readonly Authenticator[],
  figures?: AccessFigures,
): Station {
  return {
    name: 'authenticate',
    skips: (request) => request.user !== undefined,
    async pass(request, next) {
      const sinceMs = figures?.now() ?? 0;
      const user = await first(authenticators, request).catch((error: unknown) => {
        figures?.authenticated('error', sinceMs);
        throw error;
      });
      figures?.authenticated(user, sinceMs);
      if (user) return next({ ...request, user: withAuthenticated(user) });
      throw unauthorized();
    },
  };
}

async function first(
  authenticators: readonly Authenticator[],
  request: Request,
): Promise<UserInfo | undefined> {
  for (const authenticator of authenticators) {
    const user = await authenticator.authenticate(request);
    if (user) return user;
  }
  return undefined;
}

const authenticated = 'system:authenticated';
const unauthenticated = 'system:unauthenticated';

/** Everyone known is in `system:authenticated`, as upstream's group adder has it. */
function withAuthenticated(user: UserInfo): UserInfo {
  const { groups } = user;
  if (user.name === 'system:anonymous') return user;
  if (groups.includes(authenticated) || groups.includes(unauthenticated)) return user;
  return { ...user, groups: [...groups, authenticated] };
}
