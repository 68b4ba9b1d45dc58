import { patternText } from '@coxswain/api/names';
import { allInvalid, invalidValue, required, type Rules } from './field.ts';
import { dns1123Label, dns1123Subdomain } from './name.ts';

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

/** A name of at least two labels, with or without the dot of the root. */
export function* domainName(path: string, text: string): Rules {
  if (!text) {
    yield required(path);
    return;
  }
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const wrong = dns1123Subdomain(name);
  if (wrong.length) yield invalidValue(path, name, wrong.join(','));
  else if (!name.includes('.'))
    yield invalidValue(
      path,
      name,
      'should be a domain with at least two segments separated by dots',
    );
  else
    for (const label of name.split('.')) {
      const bad = dns1123Label(label);
      if (!bad.length) continue;
      yield invalidValue(path, label, bad.join(','));
      return;
    }
}
