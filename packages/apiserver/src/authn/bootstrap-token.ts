import { Secrets } from '@coxswain/api';
import type { Clock } from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import type { TokenAuthenticator } from './token.ts';

const form = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const group = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** Tokens of new nodes: `ID.SECRET`, kept in the Secret `bootstrap-token-ID` of kube-system. */
export function bootstrapTokens(objects: Objects, clock: Clock): TokenAuthenticator {
  return {
    name: 'bootstrap-token',
    check: (token) => {
      const [, id, secret] = form.exec(token) ?? [];
      const found = id && objects.get(Secrets, `bootstrap-token-${id}`, 'kube-system');
      if (
        !found ||
        found.metadata.deletionTimestamp ||
        found.type !== 'bootstrap.kubernetes.io/token'
      )
        return Promise.resolve(undefined);
      const field = (name: string): string => text(found.data?.[name]);
      const until = field('expiration');
      const isGood =
        field('token-id') === id &&
        sameText(field('token-secret'), secret!) &&
        (!until || Date.parse(until) > clock.now()) &&
        field('usage-bootstrap-authentication') === 'true';
      const extra = field('auth-extra-groups').split(',').filter(Boolean);
      if (!isGood || !extra.every((one) => group.test(one))) return Promise.resolve(undefined);
      const groups = [...new Set(['system:bootstrappers', ...extra])].toSorted();
      return Promise.resolve({ user: { name: `system:bootstrap:${id}`, groups } });
    },
  };
}

const text = (base64: string | undefined): string =>
  base64 ? new TextDecoder().decode(Uint8Array.fromBase64(base64)) : '';

/** Compares in a time that does not tell how much was right. */
function sameText(a: string, b: string): boolean {
  let differ = a.length ^ b.length;
  for (let index = 0; index < b.length; index++)
    differ |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return differ === 0;
}
