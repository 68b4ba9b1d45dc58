import type { Clock } from '@coxswain/base';
import type { Authenticator } from './authenticator.ts';
import { headerList } from './header-list.ts';
import type { ClientTrust } from './trust.ts';

const extraPrefix = 'x-remote-extra-';

export interface FrontProxySettings {
  /** Signs the certificates of front proxies. */
  readonly trust: ClientTrust;
  /** Common names that may speak for others; none given: any. */
  readonly allowedNames: readonly string[];
  readonly clock: Clock;
}

/** Believes the X-Remote-* headers of a proxy that shows its certificate. */
export function frontProxy({ trust, allowedNames, clock }: FrontProxySettings): Authenticator {
  return {
    name: 'front-proxy',
    async authenticate({ clientCertificate, headers }) {
      const name = headers['x-remote-user'];
      if (!name || !clientCertificate) return undefined;
      const certificate = await trust.check(clientCertificate, clock.now()).catch(() => undefined);
      if (!certificate) return undefined;
      const common = certificate.attributes.findLast(([id]) => id === '2.5.4.3')?.[1] ?? '';
      if (allowedNames.length && !allowedNames.includes(common)) return undefined;
      const uid = headers['x-remote-uid'];
      const extra = Object.entries(headers).filter(([key]) => key.startsWith(extraPrefix));
      return {
        name,
        groups: headerList(headers['x-remote-group']),
        ...(uid && { uid }),
        ...(extra.length && {
          extra: Object.fromEntries(
            extra.map(([key, value]) => [
              decodeKey(key.slice(extraPrefix.length)),
              headerList(value),
            ]),
          ),
        }),
      };
    },
  };
}

/** Keys of extra attributes are percent-encoded in header names; one that is not stays as it is. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
