import { inLanguage, sentence } from '@coxswain/base';
import { koreanHelp } from './help-ko.ts';
import { korean } from './ko.ts';

/** Says an English sentence of ours in the language of whoever reads it; what has no other words stays as it is. */
export type Words = (english: string) => string;

interface Form {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly template: string;
}

const marks = /\{(\w+)\}/g;

function formOf([english, template]: readonly [string, string]): Form {
  const parts = english.split(/\{\w+\}/).map((part) => RegExp.escape(part));
  const names = [...english.matchAll(marks)].map(([, name]) => name!);
  return { pattern: new RegExp(`^${parts.join('(.+?)')}$`, 's'), names, template };
}

const translated = (table: Readonly<Record<string, string>>): Words => {
  let forms: readonly Form[] | undefined;
  const words = (english: string): string => {
    const whole = table[english];
    if (whole !== undefined) return whole;
    forms ??= Object.entries(table).map(formOf);
    for (const { pattern, names, template } of forms) {
      const found = pattern.exec(english);
      if (!found) continue;
      const facts = names.map((name, at) => [name, found[at + 1]!] as const);
      return sentence(
        template,
        Object.fromEntries(
          facts.map(([name, text]) => [name, name === 'why' ? words(text) : text]),
        ),
      );
    }
    return english;
  };
  return words;
};

/** Sentences stand in the code in English, so logs and reports between processes are; people are told in their own language. */
export const wordsFor = (env: Readonly<Record<string, string | undefined>>): Words =>
  inLanguage<Words>({ en: (english) => english, ko: inKorean }, env);

const inKorean = translated({ ...korean, ...koreanHelp });
