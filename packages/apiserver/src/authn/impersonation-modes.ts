import type { ApiError, UserInfo } from '@coxswain/api';
import { dns1123SubdomainErrors } from '@coxswain/api/names';
import type { Authorizer } from '../authz/authorizer.ts';
import { decide, refusal } from '../chain/authorize.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import { domainPrefixedPathErrors } from './domain-prefixed-path.ts';
import { serviceAccountGroups, serviceAccountOf } from './service-account-claims.ts';

/** What the headers ask to become. */
export interface Wish {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Whom a request acts as, and the verb that allowed it; none where the verb was `impersonate` alone. */
export interface Impersonated {
  readonly user: UserInfo;
  readonly constraint?: string;
}

/** One way to be allowed: the action on behalf of another, and each part of the other's identity. */
interface Mode {
  readonly name: string;
  readonly fits: (wish: Wish, user: UserInfo) => boolean;
  /** What the authorizer is shown of who asks, and of the name that is asked for. */
  readonly asker?: (user: UserInfo) => UserInfo;
  readonly anyName?: boolean;
}

const authentication = 'authentication.k8s.io';
const privileged = 'system:masters';
const nodeNameKey = 'authentication.kubernetes.io/node-name';
/** From here on one question about all is tried before a question about each. */
const many = 4;

const onlyName = ({ uid, groups, extra }: Wish): boolean =>
  !uid && groups.length === 0 && Object.keys(extra).length === 0;

function nodeIn(user: string): string | undefined {
  const prefix = 'system:node:';
  const name = user.startsWith(prefix) ? user.slice(prefix.length) : '';
  return name && dns1123SubdomainErrors(name).length === 0 ? name : undefined;
}

const isOnNode = ({ name, extra = {} }: UserInfo, node: string): boolean =>
  serviceAccountOf(name) !== undefined &&
  extra[nodeNameKey]?.length === 1 &&
  extra[nodeNameKey][0] === node;

/** In the order in which they are tried. */
const modes: readonly Mode[] = [
  {
    name: 'associated-node',
    fits(wish, user) {
      const node = onlyName(wish) ? nodeIn(wish.user) : undefined;
      return node !== undefined && isOnNode(user, node);
    },
    asker: (user) => ({
      ...user,
      extra: {
        'authentication.kubernetes.io/associated-node-keys': Object.keys(
          user.extra ?? {},
        ).toSorted(),
      },
    }),
    anyName: true,
  },
  {
    name: 'arbitrary-node',
    fits: (wish) => onlyName(wish) && nodeIn(wish.user) !== undefined,
  },
  {
    name: 'serviceaccount',
    fits: (wish) => onlyName(wish) && serviceAccountOf(wish.user) !== undefined,
  },
  {
    name: 'user-info',
    fits: ({ user }) => nodeIn(user) === undefined && serviceAccountOf(user) === undefined,
  },
];

/** Asks as one user; throws the 403 of what is not allowed. */
type Check = (info: RequestInfo) => Promise<void>;

/** Tries every mode that fits, then the verb `impersonate` alone. Throws the refusal of the first that was tried. */
export async function impersonated(
  authorizers: readonly Authorizer[],
  {
    wish,
    user,
    info,
  }: { readonly wish: Wish; readonly user: UserInfo; readonly info: RequestInfo },
  isConstrained: boolean,
  signal: AbortSignal,
): Promise<Impersonated> {
  const checkAs =
    (asker: UserInfo): Check =>
    async (about) => {
      let why: string;
      try {
        const { decision, reason } = await decide(authorizers, asker, about, signal);
        if (decision === 'allow') return;
        why = reason;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
      throw refusal(asker, about, why);
    };
  let first: unknown;
  for (const { name, fits, asker, anyName } of isConstrained ? modes : []) {
    if (!fits(wish, user)) continue;
    const verb = `impersonate:${name}`;
    const check = checkAs(asker?.(user) ?? user);
    try {
      await check({ ...info, verb: `impersonate-on:${name}:${info.verb}` });
      await constrained(wish, user, { verb, check, anyName: anyName ?? false });
      return { user: become(wish), constraint: verb };
    } catch (error) {
      first ??= error;
    }
  }
  try {
    for (const about of plainQuestions(wish)) await checkAs(user)(about);
  } catch (error) {
    throw first ?? error;
  }
  return { user: become(wish, false) };
}

const question = (verb: string, of: Partial<RequestInfo>): RequestInfo => ({
  ...{ isResource: true, verb, group: '', version: 'v1', resource: '', subresource: '' },
  ...{ namespace: '', name: '', path: '', rest: '', labelSelector: '', fieldSelector: '' },
  ...of,
});

function* plainQuestions({ user, groups, extra, uid }: Wish): Generator<RequestInfo> {
  const ask = (of: Partial<RequestInfo>): RequestInfo => question('impersonate', of);
  const account = serviceAccountOf(user);
  yield account
    ? ask({ resource: 'serviceaccounts', namespace: account[0], name: account[1] })
    : ask({ resource: 'users', name: user });
  if (uid) yield ask({ group: authentication, resource: 'uids', name: uid });
  for (const name of groups) yield ask({ resource: 'groups', name });
  for (const [subresource, values] of Object.entries(extra))
    for (const name of values)
      yield ask({ group: authentication, resource: 'userextras', subresource, name });
}

async function constrained(
  { user, uid, groups, extra }: Wish,
  asker: UserInfo,
  { verb, check, anyName }: { verb: string; check: Check; anyName: boolean },
): Promise<void> {
  const ask = (of: Partial<RequestInfo>): RequestInfo =>
    question(verb, { group: authentication, ...of });
  const refuse = (about: RequestInfo, why: string): ApiError => refusal(asker, about, why);
  const node = nodeIn(user);
  const account = serviceAccountOf(user);
  await check(
    node !== undefined
      ? ask({ resource: 'nodes', name: anyName ? '*' : node })
      : account
        ? ask({ resource: 'serviceaccounts', namespace: account[0], name: account[1] })
        : ask({ resource: 'users', name: user }),
  );
  if (uid) await check(ask({ resource: 'uids', name: uid }));
  if (groups.length > 0) {
    const about = ask({ resource: 'groups' });
    if (groups.includes(''))
      throw refuse(about, 'impersonating the empty string group is not allowed');
    if (groups.includes(privileged))
      throw refuse(
        { ...about, name: privileged },
        'impersonating the system:masters group is not allowed',
      );
    await allOrEach(
      check,
      groups.length >= many ? { ...about, name: '*' } : undefined,
      groups.map((name) => ({ ...about, name })),
    );
  }
  const keys = Object.entries(extra);
  if (keys.length === 0) return;
  const about = ask({ resource: 'userextras' });
  const wrong = wrongExtra(extra);
  if (wrong !== undefined) throw refuse(about, wrong);
  const each = keys.flatMap(([subresource, values]) =>
    values.map((name) => ({ ...about, subresource, name })),
  );
  await allOrEach(
    check,
    keys.length >= many || each.length >= many
      ? { ...about, subresource: '*', name: '*' }
      : undefined,
    each,
  );
}

async function allOrEach(
  check: Check,
  all: RequestInfo | undefined,
  each: readonly RequestInfo[],
): Promise<void> {
  const isAllowed = all
    ? await check(all).then(
        () => true,
        () => false, // then each is asked for, which tells why
      )
    : false;
  if (!isAllowed) for (const about of each) await check(about);
}

function wrongExtra(extra: Wish['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (!key) return 'impersonating the empty string key in extra is not allowed';
    const errors = domainPrefixedPathErrors('extra.key', key);
    if (errors.length > 0)
      return `impersonating an invalid key in extra is not allowed: ${errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`}`;
    if (key !== key.toLowerCase())
      return `impersonating a non-lowercase key in extra is not allowed: ${JSON.stringify(key)}`;
    if (values.length === 0) return 'impersonating empty values in extra is not allowed';
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

/** Whom the wish makes; a node's groups are fixed where it is more than a name. */
function become({ user, groups, extra, uid }: Wish, isConstrained = true): UserInfo {
  const account = serviceAccountOf(user);
  const own =
    isConstrained && nodeIn(user) !== undefined
      ? ['system:nodes']
      : groups.length === 0 && account
        ? serviceAccountGroups(account[0])
        : groups;
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
