import { patternText } from '@coxswain/api/names';
import type { Condition } from '@coxswain/api/types/meta';
import { duplicate, invalidValue, notSupported, required, tooLong, type Rules } from './field.ts';
import { labelKey } from './labels.ts';
import { bytesOf } from './name.ts';

const statuses = ['False', 'True', 'Unknown'];
const reasonMax = 1024;
const messageMax = 32 * 1024;
const reasonPattern = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const wholeReason = new RegExp(`^${reasonPattern}$`);
const reasonText = patternText(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  reasonPattern,
  ...['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'],
);

/** Rules of conditions that are written like upstream's newer ones. */
export function* conditions(path: string, given: readonly Condition[]): Rules {
  const types = new Set<string>();
  for (const [index, { type, status, reason, message, ...times }] of given.entries()) {
    const at = `${path}[${index}]`;
    if (types.has(type)) yield duplicate(`${at}.type`, type);
    types.add(type);
    yield* labelKey(`${at}.type`, type);
    if (!statuses.includes(status)) yield notSupported(`${at}.status`, status, statuses);
    const generation = times.observedGeneration ?? 0;
    if (generation < 0)
      yield invalidValue(
        `${at}.observedGeneration`,
        generation,
        'must be greater than or equal to zero',
      );
    if (!times.lastTransitionTime) yield required(`${at}.lastTransitionTime`);
    if (!reason) yield required(`${at}.reason`);
    else {
      if (!wholeReason.test(reason)) yield invalidValue(`${at}.reason`, reason, reasonText);
      if (bytesOf(reason) > reasonMax) yield tooLong(`${at}.reason`, reasonMax);
    }
    if (bytesOf(message) > messageMax) yield tooLong(`${at}.message`, messageMax);
  }
}
