import type { Facts } from '../cause.ts';
import * as english from './en.ts';
import * as korean from './ko.ts';

/** All that an answer is told with, in one language. */
export type Messages = Readonly<{
  [K in 'causes' | 'steps' | 'changes' | 'drain' | 'units' | 'words']: Readonly<
    Record<keyof (typeof english)[K], string>
  >;
}>;

const languages: Readonly<Record<string, Messages>> = { en: english, ko: korean };

/** By `COX_LANG`, or else as the locale says; English where there is nothing else. */
export function messagesFor(env: Readonly<Record<string, string | undefined>>): Messages {
  const wanted = env['COX_LANG'] || env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || 'en';
  return languages[wanted.slice(0, 2).toLowerCase()] ?? english;
}

export const inEnglish: Messages = english;

const isEmpty = (value: string | number | undefined): boolean =>
  value === undefined || value === '' || value === 0;

/** Puts facts into a sentence: see `en.ts` for its marks. */
export function sentence(template: string, facts: Facts): string {
  const fill = (text: string): string =>
    text.replaceAll(
      /\{(\w+)(?:#([^|}]*)\|([^}]*))?\}/g,
      (_, name: string, one?: string, many?: string) => {
        const value = facts[name] ?? '';
        return one === undefined ? String(value) : `${value} ${Number(value) === 1 ? one : many}`;
      },
    );
  const whole = template.replaceAll(/\[([^\]]*)\]/g, (_, part: string) => {
    const names = [...part.matchAll(/\{(\w+)/g)].map(([, name]) => name!);
    return names.some((name) => isEmpty(facts[name])) ? '' : part;
  });
  return fill(whole);
}

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
