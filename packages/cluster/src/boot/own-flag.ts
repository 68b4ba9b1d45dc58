import type { Flag } from '../command/flags.ts';

/** A flag of kube-apiserver's: any text (the empty one only where that means something), so far as `check` does not refuse it. */
export const own = (
  value: string,
  help: string,
  fallback: string,
  check?: (given: string) => void,
  mayBeEmpty = false,
): Flag<string> => ({
  help,
  value,
  fallback,
  parse(given) {
    if (given === '' && !mayBeEmpty) throw new Error('must not be empty');
    check?.(given);
    return given;
  },
});

/** The words between commas. */
export const list = (given: string): readonly string[] =>
  given === '' ? [] : given.split(',').map((word) => word.trim());

export const isCount = (given: string): void => {
  if (!/^\d+$/.test(given)) throw new Error('must be a whole number');
};

export const isNumber = (given: string): void => {
  if (!/^\d+(\.\d+)?$/.test(given)) throw new Error('must be a number');
};

export const isBoolean = (given: string): void => {
  if (given !== 'true' && given !== 'false') throw new Error('must be true or false');
};

/** One of some words. */
export const isOneOf =
  (...words: readonly string[]) =>
  (given: string): void => {
    if (!words.includes(given)) throw new Error(`must be one of ${words.join(', ')}`);
  };
