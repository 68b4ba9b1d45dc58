import { type FieldError, fieldErrorText } from '@coxswain/api';
import { dns1123SubdomainErrors, patternText } from '@coxswain/api/names';

const pathFormat = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const inPath = new RegExp(`^${pathFormat}$`);

/** What is wrong with a key that must be a domain and a path in it, as `example.org/foo`. */
export function* wrongDomainPrefixedPath(field: string, key: string): Generator<FieldError, void> {
  const wrong = (value: string, detail: string): FieldError => ({
    ...{ type: 'FieldValueInvalid', field, value, detail },
  });
  const slash = key.indexOf('/');
  const [host, path] = [key.slice(0, Math.max(0, slash)), key.slice(slash + 1)];
  if (!key) return yield { type: 'FieldValueRequired', field, detail: '' };
  if (!host || !path)
    return yield wrong(key, 'must be a domain-prefixed path (such as "acme.io/foo")');
  for (const detail of dns1123SubdomainErrors(host)) yield wrong(host, detail);
  if (!inPath.test(path)) yield wrong(path, patternText('Invalid path', pathFormat));
}

/** The same as texts. */
export const domainPrefixedPathErrors = (field: string, key: string): readonly string[] =>
  [...wrongDomainPrefixedPath(field, key)].map(fieldErrorText);
