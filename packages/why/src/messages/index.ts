import { type Facts, inLanguage } from '@coxswain/base';
import * as english from './en.ts';
import * as korean from './ko.ts';

/** All that an answer is told with, in one language. */
export type Messages = Readonly<{
  [K in 'causes' | 'steps' | 'changes' | 'drain' | 'units' | 'words']: Readonly<
    Record<keyof (typeof english)[K], string>
  >;
}>;

/** By `COX_LANG`, or else as the locale says; English where there is nothing else. */
export const messagesFor = (env: Readonly<Record<string, string | undefined>>): Messages =>
  inLanguage<Messages>({ en: english, ko: korean }, env);

export const inEnglish: Messages = english;

/** Spans of time in the words of a language. */
export function inUnits(facts: Facts, { units }: Messages): Facts {
  const told = (value: string | number): string | number =>
    typeof value === 'string' && /^\d+ (s|min|h|d)( \d+ min)?$/.test(value)
      ? value.replaceAll(/ (s|min|h|d)\b/g, (_, unit: keyof typeof units) =>
          units[unit] === unit ? ` ${unit}` : units[unit],
        )
      : value;
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, told(value)]));
}
