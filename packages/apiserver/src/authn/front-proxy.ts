import type { Clock } from '@coxswain/base';
import type { Request } from '../chain/station.ts';
import type { Authenticator } from './authenticator.ts';
import { headerList } from './header-list.ts';
import type { ClientTrust } from './trust.ts';

/** In which headers a front proxy says for whom it speaks: `--requestheader-*`. */
export interface ProxyHeaders {
  /** Common names that may speak for others; none given: any. */
  readonly allowedNames: readonly string[];
  readonly username: readonly string[];
  readonly uid: readonly string[];
  readonly group: readonly string[];
  readonly extraPrefixes: readonly string[];
}

/** Those by which a server of upstream's is asked. */
export const usualProxyHeaders: ProxyHeaders = {
  allowedNames: ['front-proxy-client'],
  username: ['X-Remote-User'],
  uid: ['X-Remote-Uid'],
  group: ['X-Remote-Group'],
  extraPrefixes: ['X-Remote-Extra-'],
};

export interface FrontProxySettings {
  /** Signs the certificates of front proxies. */
  readonly trust: ClientTrust;
  readonly headers: ProxyHeaders;
  readonly clock: Clock;
}

/** Believes what a proxy that shows its certificate says of a user. */
export function frontProxy({ trust, headers: given, clock }: FrontProxySettings): Authenticator {
  const lower = (names: readonly string[]): readonly string[] =>
    names.map((name) => name.trim().toLowerCase());
  const [username, uids, groups] = [lower(given.username), lower(given.uid), lower(given.group)];
  const prefixes = lower(given.extraPrefixes);
  return {
    name: 'front-proxy',
    async authenticate({ clientCertificate, headers }) {
      const name = first(headers, username);
      if (!name || !clientCertificate) return undefined;
      const certificate = await trust.check(clientCertificate, clock.now()).catch(() => undefined);
      if (!certificate) return undefined;
      const common = certificate.attributes.findLast(([id]) => id === '2.5.4.3')?.[1] ?? '';
      if (given.allowedNames.length && !given.allowedNames.includes(common)) return undefined;
      const uid = first(headers, uids);
      const extra = prefixes.flatMap((prefix) => extraOf(headers, prefix));
      return {
        name,
        groups: groups.flatMap((group) => headerList(headers[group])),
        ...(uid && { uid }),
        ...(extra.length && { extra: Object.fromEntries(extra) }),
      };
    },
  };
}

/** Whether a header, in lower case, is one by which front proxies say for whom they speak. */
export function proxyHeaderTest(
  given: ProxyHeaders = usualProxyHeaders,
): (name: string) => boolean {
  const both = [usualProxyHeaders, given];
  const lower = (of: (headers: ProxyHeaders) => readonly string[]): readonly string[] =>
    both.flatMap(of).map((name) => name.trim().toLowerCase());
  const names = new Set(lower(({ username, uid, group }) => [...username, ...uid, ...group]));
  const prefixes = [...new Set(lower(({ extraPrefixes }) => extraPrefixes))];
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

const first = (headers: Request['headers'], names: readonly string[]): string | undefined =>
  names.map((name) => headers[name]).find(Boolean);

const extraOf = (
  headers: Request['headers'],
  prefix: string,
): readonly (readonly [string, readonly string[]])[] =>
  Object.entries(headers)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [decodeKey(key.slice(prefix.length)), headerList(value)]);

/** Keys of extra attributes are percent-encoded in header names; one that is not stays as it is. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
