import { badRequest, type UserInfo } from '@coxswain/api';
import type { Authorizer } from '../authz/authorizer.ts';
import { decide, refusal } from '../chain/authorize.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import type { Request, Station } from '../chain/station.ts';
import { decodeKey } from './front-proxy.ts';
import { headerList } from './header-list.ts';
import { serviceAccountGroups, serviceAccountOf } from './service-account-claims.ts';

const extraPrefix = 'impersonate-extra-';
const authentication = 'authentication.k8s.io';

/** What the headers ask to become. */
interface Wish {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Lets a user act as another: every part of the other's identity must be allowed by the verb `impersonate`. */
export function impersonate(authorizers: readonly Authorizer[]): Station {
  return {
    name: 'impersonate',
    async pass(request, next) {
      const wish = wishOf(request);
      if (!wish) return next(request);
      const user = request.user!;
      for (const info of questions(wish)) {
        const { decision, reason } = await decide(authorizers, user, info, request.signal);
        if (decision !== 'allow') throw refusal(user, info, reason);
      }
      return next({ ...request, user: become(wish), headers: withoutWish(request.headers) });
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
  if (!user) {
    if (groups.length === 0 && !uid && extra.length === 0) return undefined;
    throw badRequest(`requested ${asked(groups, uid, extra)} without impersonating a user`);
  }
  const decoded = extra.map(([name, value]) => [
    decodeKey(name.slice(extraPrefix.length)),
    headerList(value),
  ]);
  return { user, uid, groups, extra: Object.fromEntries(decoded) };
}

const asked = (
  groups: readonly string[],
  uid: string,
  extra: readonly (readonly [string, string])[],
): string =>
  `[${[
    ...groups.map((group) => `group ${group}`),
    ...extra.map(([name, value]) => `extra ${name.slice(extraPrefix.length)}=${value}`),
    ...(uid ? [`uid ${uid}`] : []),
  ].join(' ')}]`;

function* questions({ user, groups, extra, uid }: Wish): Generator<RequestInfo> {
  const account = serviceAccountOf(user);
  yield account
    ? question({ resource: 'serviceaccounts', namespace: account[0], name: account[1] })
    : question({ resource: 'users', name: user });
  for (const name of groups) yield question({ resource: 'groups', name });
  for (const [subresource, values] of Object.entries(extra))
    for (const name of values)
      yield question({ group: authentication, resource: 'userextras', subresource, name });
  if (uid) yield question({ group: authentication, resource: 'uids', name: uid });
}

const question = (of: Partial<RequestInfo>): RequestInfo => ({
  ...{
    isResource: true,
    verb: 'impersonate',
    group: '',
    version: 'v1',
    resource: '',
    subresource: '',
  },
  ...{ namespace: '', name: '', path: '', rest: '', labelSelector: '', fieldSelector: '' },
  ...of,
});

function become({ user, groups, extra, uid }: Wish): UserInfo {
  const account = serviceAccountOf(user);
  const own = groups.length === 0 && account ? serviceAccountGroups(account[0]) : groups;
  return {
    name: user,
    ...(uid && { uid }),
    groups: [...own, ...standing(user, own)],
    ...(Object.keys(extra).length && { extra }),
  };
}

/** The group that everybody is in who is known, or is not. */
function standing(user: string, groups: readonly string[]): readonly string[] {
  const unknown = groups.includes('system:unauthenticated');
  if (user === 'system:anonymous') return unknown ? [] : ['system:unauthenticated'];
  return unknown || groups.includes('system:authenticated') ? [] : ['system:authenticated'];
}

const withoutWish = (headers: Request['headers']): Request['headers'] =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^impersonate-(user|group|uid|extra-)/.test(name)),
  );
