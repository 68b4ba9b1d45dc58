import { globalFlags } from '../config/overrides.ts';
import type { Command, CommandEntry } from './command.ts';
import type { Flags } from './flags.ts';

/** The command that a line names, and what is left of the line. */
export interface Sought {
  readonly path: readonly string[];
  readonly entry?: Command;
  readonly rest: readonly string[];
  readonly unknown?: string;
}

/** The innermost command that the words name; flags may stand before it. */
export async function findCommand(
  words: readonly string[],
  top: readonly CommandEntry[],
): Promise<Sought> {
  const rest = [...words];
  const path: string[] = [];
  let entry: Command | undefined;
  for (let among = top; among.length > 0;) {
    const at = firstArgument(rest, { ...globalFlags, ...entry?.flags });
    const word = rest[at];
    if (at < 0 || word === undefined) break;
    const found = among.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (!found) return entry ? { path, entry, rest } : { path, rest, unknown: word };
    rest.splice(at, 1);
    path.push(found.name);
    entry = await found.load();
    among = entry.commands ?? [];
  }
  return { path, rest, ...(entry && { entry }) };
}

/** Where the first word stands that is neither a flag nor the value of one. */
function firstArgument(words: readonly string[], flags: Flags): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return at;
    const takesNext = !word.includes('=') && takesValue(word, flags);
    if (takesNext) at++;
  }
  return -1;
}

function takesValue(word: string, flags: Flags): boolean {
  const flag = word.startsWith('--')
    ? flags[word.slice(2)]
    : word.length === 2
      ? Object.values(flags).find(({ short }) => short === word[1])
      : undefined;
  return flag !== undefined && flag.bare === undefined;
}
