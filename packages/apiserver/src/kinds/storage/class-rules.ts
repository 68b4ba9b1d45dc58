import { allInvalid, invalidValue, required, tooLong, type Rules } from '../rules/field.ts';
import { bytesOf, qualifiedName } from '../rules/name.ts';

const bytesMax = 256 * 1024;
const countMax = 512;

/** Rules of the name of a driver or provisioner. */
export function* provisionerRules(path: string, name: string | undefined): Rules {
  if (name) yield* allInvalid(path, name.toLowerCase(), qualifiedName(name.toLowerCase()));
  else yield required(path);
}

/** Rules of the parameters of a class. */
export function* parameterRules(
  path: string,
  given: Readonly<Record<string, string>> = {},
  mayBeEmpty: boolean,
): Rules {
  const pairs = Object.entries(given);
  if (pairs.length > countMax) {
    yield tooLong(path, countMax);
    return;
  }
  if (given[''] !== undefined) yield invalidValue(path, '', 'field can not be empty.');
  const bytes = pairs.reduce((sum, [key, value]) => sum + bytesOf(key) + bytesOf(value), 0);
  if (bytes > bytesMax) yield tooLong(path, bytesMax);
  if (!mayBeEmpty && !pairs.length)
    yield required(path, 'must contain at least one key/value pair');
}
