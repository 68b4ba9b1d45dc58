import { unauthorized, type UserInfo } from '@coxswain/api';
import type { Authenticator } from '../authn/authenticator.ts';
import { proxyHeaderTest } from '../authn/front-proxy.ts';
import type { AccessFigures } from '../metrics/access.ts';
import type { Request, Station } from './station.ts';

/** Finds out who calls; the first authenticator that knows stands. A direct call has said so itself. */
export function authenticate(
  authenticators: readonly Authenticator[],
  figures?: AccessFigures,
  saysWho: (header: string) => boolean = proxyHeaderTest(),
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
      const headers = without(request.headers, saysWho);
      if (user) return next({ ...request, headers, user: withAuthenticated(user) });
      throw unauthorized();
    },
  };
}

/** What says who calls has been heard, or must not be: nobody further on shall believe it. */
function without(
  headers: Request['headers'],
  saysWho: (header: string) => boolean,
): Request['headers'] {
  let kept: Record<string, string> | undefined;
  for (const name in headers) if (saysWho(name)) delete (kept ??= { ...headers })[name];
  return kept ?? headers;
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
