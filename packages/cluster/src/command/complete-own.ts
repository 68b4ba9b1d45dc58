import { dashed, type Flag, splitFlag } from './flags.ts';
import type { Verb } from './verb.ts';

/** What Tab offers for a line of one of Coxswain's own verbs. */
export interface Completed {
  readonly offers: readonly (readonly [word: string, help?: string])[];
  /** What stands in its place, where names of files do. */
  readonly isFile?: boolean;
  /** The line of kubectl that offers the rest: names of objects. */
  readonly asKubectl?: readonly string[];
}

/** Verbs whose arguments are those of a verb of kubectl: that one, for the words before. */
const kubectlsOf: Readonly<Record<string, (before: readonly string[]) => readonly string[]>> = {
  why: (before) => (before[0] === 'can' ? [] : ['get', ...before]),
  nodes: ([action, ...names]) =>
    action === 'remove' || (action === 'fault' && names.length === 0)
      ? ['get', 'node', ...names]
      : [],
  drain: (before) => ['drain', ...before],
};

/**
 * Completes the last of `words`, which stand behind the verb. `clusters` gives the names of all clusters; `words` of a verb that are
 * no names stand in its usage.
 */
export async function completeOwn(
  { name, usage, flags }: Verb,
  words: readonly string[],
  clusters: () => Promise<readonly string[]>,
): Promise<Completed> {
  const typed = words.at(-1) ?? '';
  const begun = (each: string): boolean => each.startsWith(typed);
  const awaited = awaitedBy(words, flags);
  if (awaited) {
    const values = await valuesOf(awaited.flag, clusters);
    if (!values) return { offers: [], isFile: true };
    const offers = values.filter((each) => each.startsWith(awaited.begin));
    return { offers: offers.map((each) => [each]) };
  }
  if (typed.startsWith('-'))
    return {
      offers: Object.entries(flags)
        .map(([flag, { help }]) => [dashed(flag), help] as const)
        .filter(([flag]) => begun(flag)),
    };
  const before = argumentsIn(words.slice(0, -1), flags);
  const asKubectl = kubectlsOf[name]?.(before) ?? [];
  const literals = before.length === 0 ? literalsOf(name, usage).filter(begun) : [];
  return {
    offers: literals.map((each) => [each]),
    isFile: name === 'image' && before[0] === 'import',
    ...(asKubectl.length > 0 && { asKubectl: [...asKubectl, typed] }),
  };
}

/** The flag whose value is being typed, and what is typed of it. */
function awaitedBy(
  words: readonly string[],
  flags: Verb['flags'],
): { readonly flag: Flag<unknown>; readonly begin: string } | undefined {
  const typed = words.at(-1) ?? '';
  const [name, inline] = typed.startsWith('-') ? splitFlag(typed) : ['', undefined];
  const flag = inline === undefined ? waiting(words.at(-2), flags) : flags[name];
  return flag?.value === undefined ? undefined : { flag, begin: inline ?? typed };
}

/** The flag that takes the word behind `word` for its value. */
function waiting(word: string | undefined, flags: Verb['flags']): Flag<unknown> | undefined {
  if (!word?.startsWith('-')) return undefined;
  const [name, inline] = splitFlag(word);
  return inline === undefined && flags[name]?.value !== undefined ? flags[name] : undefined;
}

/** Undefined: names of files. */
async function valuesOf(
  { value }: Flag<unknown>,
  clusters: () => Promise<readonly string[]>,
): Promise<readonly string[] | undefined> {
  if (value === 'FILE' || value === 'DIR' || value === 'PATH') return undefined;
  if (value === 'NAME') return clusters();
  return value!.includes('|') ? value!.split('|') : [];
}

/** The words that are neither flags nor their values. */
const argumentsIn = (words: readonly string[], flags: Verb['flags']): readonly string[] =>
  words.filter((word, at) => !word.startsWith('-') && !waiting(words[at - 1], flags));

/** The first words that a usage line has in small letters, each behind a bracket, a bar or the verb. */
const literalsOf = (name: string, usage: string): readonly string[] => {
  const text = usage.replaceAll(/\[-[^\]]*\]/g, '').replaceAll(new RegExp(`\\b${name} `, 'g'), '');
  const found = [...text.matchAll(/(?:^|\[|\|) ?([a-z]+)\b/g)].map(([, word]) => word!);
  return [...new Set(found)].filter((word) => word !== 'flags' && word !== name);
};
