import { invalidValue, required, tooLong, type Rules } from '../rules/field.ts';
import { dns1123Label, dns1123Subdomain } from '../rules/name.ts';

const domainMax = 253;
const nameMax = 253 + 63 + 253 + 2;

/** Rules of the name of a signer: `example.com/name`. */
export function* signerName(path: string, name: string): Rules {
  if (!name) {
    yield required(path);
    return;
  }
  const [domain = '', signer, ...more] = name.split('/');
  if (signer === undefined || more.length) {
    yield invalidValue(
      path,
      name,
      "must be a fully qualified domain and path of the form 'example.com/signer-name'",
    );
    return;
  }
  if (domain.length > domainMax) yield tooLong(path, domainMax);
  yield* labels(path, domain, dns1123Label);
  if (!domain.includes('.'))
    yield invalidValue(
      path,
      domain,
      'should be a domain with at least two segments separated by dots',
    );
  yield* labels(path, signer, dns1123Subdomain);
  if (name.length > nameMax) yield tooLong(path, nameMax);
}

/** Upstream stops at the first wrong label. */
function* labels(path: string, text: string, rule: (label: string) => readonly string[]): Rules {
  for (const label of text.split('.')) {
    const wrong = rule(label);
    for (const message of wrong)
      yield invalidValue(path, text, `validating label "${label}": ${message}`);
    if (wrong.length) return;
  }
}
