import { dashed, type Flags } from './flags.ts';
import { padded, widthOf, wrapped } from '@coxswain/base';
import type { Words } from '../messages/index.ts';
import type { Verb } from './verb.ts';

/** What `cox --help` prints: Coxswain's own verbs, and all of kubectl's. */
export async function overview(verbs: readonly Verb[], words: Words): Promise<string> {
  const { commands, overview: allOf } = await import('@coxswain/cli');
  const names = new Set(commands.map(({ name }) => name));
  const ours = verbs
    .filter(({ name }) => !names.has(name))
    .map(({ name, summary }) => ({ name, summary: words(summary) }));
  return `Coxswain: Kubernetes v1.36 from one command.\n\n${allOf('cox', commands, [[words('Cluster of your own'), ours]])}`;
}

/** What `cox VERB --help` prints, lines broken where so many columns end. */
export function verbHelp(verb: Verb, words: Words, width: number): string {
  const rows = Object.entries(verb.flags as Flags).map(([name, flag]): [string, string] => [
    `${dashed(name)}${flag.value === undefined ? '' : ` ${flag.value}`}`,
    `${words(flag.help)}${flag.fallback === undefined ? '' : ` (${words('default')} ${words(flag.fallback)})`}`,
  ]);
  const details = verb.details ? `\n${detailsIn(verb.details.trim(), words, width)}\n` : '';
  const flags = rows.length > 0 ? `\n${words('Flags')}:\n${columns(rows, width)}\n` : '';
  return `${words(verb.summary)}\n\n${words('Usage')}: cox ${verb.usage}\n${details}${flags}`;
}

/** Paragraphs, and tables of examples line by line. */
const detailsIn = (details: string, words: Words, width: number): string =>
  details
    .split('\n\n')
    .map((part) => {
      if (/ {3}/.test(part)) return part.split('\n').map(words).join('\n');
      return wrapped(words(part.replaceAll('\n', ' ')), '', '', width).join('\n');
    })
    .join('\n\n');

/** Columns of flags: what is longer has its help on the next line. */
const flagWidth = 36;

function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(flagWidth, Math.max(...rows.map(([flag]) => widthOf(flag))));
  const rest = ' '.repeat(left + 4);
  return rows
    .flatMap(([flag, help]) => {
      const isLong = widthOf(flag) > left;
      const lines = wrapped(help, isLong ? rest : `  ${padded(flag, left)}  `, rest, width);
      return isLong ? [`  ${flag}`, ...lines] : lines;
    })
    .join('\n');
}
