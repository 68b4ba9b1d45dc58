import { dashed, type Flags } from './flags.ts';
import { padded, widthOf } from '@coxswain/base';
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

/** What `cox VERB --help` prints. */
export function verbHelp(verb: Verb, words: Words): string {
  const rows = Object.entries(verb.flags as Flags).map(([name, flag]): [string, string] => [
    `${dashed(name)}${flag.value === undefined ? '' : ` ${flag.value}`}`,
    `${words(flag.help)}${flag.fallback === undefined ? '' : ` (${words('default')} ${words(flag.fallback)})`}`,
  ]);
  const details = verb.details ? `\n${detailsIn(verb.details.trim(), words)}\n` : '';
  const flags = rows.length > 0 ? `\n${words('Flags')}:\n${columns(rows)}\n` : '';
  return `${words(verb.summary)}\n\n${words('Usage')}: cox ${verb.usage}\n${details}${flags}`;
}

/** A paragraph as a whole, or its lines one by one. */
function detailsIn(details: string, words: Words): string {
  const joined = details.replaceAll('\n', ' ');
  const whole = words(joined);
  return whole === joined ? details.split('\n').map(words).join('\n') : whole;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(36, Math.max(...rows.map(([left]) => widthOf(left))));
  return rows
    .map(([left, right]) =>
      left.length > width
        ? `  ${left}\n  ${' '.repeat(width)}  ${right}`
        : `  ${padded(left, width)}  ${right}`,
    )
    .join('\n');
}
