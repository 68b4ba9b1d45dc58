import { patternText } from '@coxswain/api/names';
import { allInvalid, invalidValue, required, type Rules } from './field.ts';
import { dns1123Subdomain } from './name.ts';

const pathPattern = String.raw`[A-Za-z0-9/\-._~%!$&'()*+,;=:]+`;
const wholePath = new RegExp(`^${pathPattern}$`);

/** A domain and a path within it, such as `acme.io/foo`. */
export function* domainPrefixedPath(path: string, text: string): Rules {
  if (!text) {
    yield required(path);
    return;
  }
  const slash = text.indexOf('/');
  const [domain, rest] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
  if (!domain || !rest) {
    yield invalidValue(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")');
    return;
  }
  yield* allInvalid(path, domain, dns1123Subdomain(domain));
  if (!wholePath.test(rest))
    yield invalidValue(path, rest, patternText('Invalid path', pathPattern));
}
