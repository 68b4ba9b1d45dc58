import { inLanguage } from '@coxswain/base';
import * as english from './en.ts';
import * as korean from './ko.ts';

/** What the command line says of its own, in one language; kubectl's texts are not among it. */
export type Messages = Readonly<{
  [K in keyof typeof english]: Readonly<Record<keyof (typeof english)[K], string>>;
}>;

/** By `COX_LANG`, or else as the locale says; English where there is nothing else. */
export const messagesFor = (env: Readonly<Record<string, string | undefined>>): Messages =>
  inLanguage<Messages>({ en: english, ko: korean }, env);
