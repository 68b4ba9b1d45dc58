import { badRequest } from '@coxswain/api';
import type { Authorizer } from '../authz/authorizer.ts';
import type { Request, Station } from '../chain/station.ts';
import { decodeKey } from './front-proxy.ts';
import { headerList } from './header-list.ts';
import { impersonated, type Wish } from './impersonation-modes.ts';

const extraPrefix = 'impersonate-extra-';

/**
 * Lets a user act as another: by the verbs of constrained impersonation, which also say what may be done as whom, or by
 * `impersonate` for every part of the other's identity.
 */
export function impersonate(authorizers: readonly Authorizer[], isConstrained = true): Station {
  return {
    name: 'impersonate',
    skips: (request) => request.body.from === 'memory' && !('impersonate-user' in request.headers),
    async pass(request, next) {
      const wish = wishOf(request);
      if (!wish) return next(request);
      const { info, signal } = request;
      const asked = { wish, user: request.user!, info };
      const found = await impersonated(authorizers, asked, isConstrained, signal);
      if (found.constraint) request.audited?.constrainedBy(found.constraint);
      return next({ ...request, user: found.user, headers: withoutWish(request.headers) });
    },
  };
}

/** Every request passes here, and hardly any has one. */
function extraOf(headers: Request['headers']): (readonly [string, string])[] {
  const extra: (readonly [string, string])[] = [];
  for (const name in headers)
    if (name.startsWith(extraPrefix)) extra.push([name, headers[name] ?? '']);
  return extra;
}

function wishOf({ headers }: Request): Wish | undefined {
  const user = headers['impersonate-user'] ?? '';
  const groups = headerList(headers['impersonate-group']);
  const uid = headers['impersonate-uid'] ?? '';
  const extra = extraOf(headers);
  if (!user && groups.length === 0 && !uid && extra.length === 0) return undefined;
  const decoded = extra.map(([name, value]) => [
    decodeKey(name.slice(extraPrefix.length)),
    headerList(value),
  ]);
  const wish: Wish = { user, uid, groups, extra: Object.fromEntries(decoded) };
  if (!user) throw badRequest(`requested ${inGo(wish)} without impersonating a user name`);
  return wish;
}

/** As Go prints what was asked for. */
function inGo({ uid, groups, extra }: Wish): string {
  const texts = (values: readonly string[]): string =>
    `[]string{${values.map((each) => JSON.stringify(each)).join(', ')}}`;
  const keys = Object.entries(extra).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const inGroups = groups.length > 0 ? texts(groups) : '[]string(nil)';
  const withExtra =
    keys.length > 0
      ? `map[string][]string{${keys.map(([key, values]) => `${JSON.stringify(key)}:${texts(values)}`).join(', ')}}`
      : 'map[string][]string(nil)';
  return `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${inGroups}, Extra:${withExtra}}`;
}

const withoutWish = (headers: Request['headers']): Request['headers'] =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^impersonate-(user|group|uid|extra-)/.test(name)),
  );
