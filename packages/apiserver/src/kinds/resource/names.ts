import { cIdentifierErrors } from '@coxswain/api/names';
import { allInvalid, invalidValue, required, tooLong, type Rules } from '../rules/field.ts';
import { bytesOf, dns1123Label, dns1123Subdomain } from '../rules/name.ts';
import { csiDriverName } from '../rules/volume.ts';

const poolMax = 253;
const identifierMax = 32;
const domainMax = 63;
/** The longest name of an attribute or a capacity: a domain, a slash, an identifier. */
export const attributeNameMax: number = domainMax + 1 + identifierMax;

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const looseUuid =
  /^(?:urn:uuid:)?\{?[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}\}?$/i;

/** Rules of a short name; an absent one is as wrong as any other. */
export const shortName = (path: string, name = ''): Rules =>
  allInvalid(path, name, dns1123Label(name));

/** Drivers are named as those of storage. */
export const driverName: (path: string, name: string) => Rules = csiDriverName;

/** Rules of the name of a pool: subdomains with slashes between them. */
export function* poolName(path: string, name: string): Rules {
  if (!name) {
    yield required(path);
    return;
  }
  if (bytesOf(name) > poolMax) yield tooLong(path, poolMax);
  for (const part of name.split('/')) yield* allInvalid(path, part, dns1123Subdomain(part));
}

/** Rules of the name of an attribute or a capacity, with or without a domain. */
export function* attributeName(path: string, name: string): Rules {
  const [first = '', second, ...more] = name.split('/');
  if (more.length) return; // upstream lets it pass
  if (second === undefined) {
    yield* identifier(path, first);
    return;
  }
  if (first) yield* driverName(path, first);
  else yield invalidValue(path, '', 'the domain must not be empty');
  if (second) yield* identifier(path, second);
  else yield invalidValue(path, '', 'the name must not be empty');
}

/** The same of one that must name its domain. */
export function* fullAttributeName(path: string, name: string): Rules {
  yield* attributeName(path, name);
  if (!name.includes('/'))
    yield invalidValue(
      path,
      name,
      'a fully qualified name must be a domain and a name separated by a slash',
    );
}

function* identifier(path: string, text: string): Rules {
  if (bytesOf(text) > identifierMax) yield tooLong(path, identifierMax);
  yield* allInvalid(path, text, cIdentifierErrors(text));
}

/** Rules of the id of a share. */
export function* shareId(path: string, id: string): Rules {
  if (uuid.test(id)) return;
  yield invalidValue(
    path,
    id,
    looseUuid.test(id)
      ? 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'
      : `error validating uid: ${id.length === 36 ? 'invalid UUID format' : `invalid UUID length: ${id.length}`}`,
  );
}
