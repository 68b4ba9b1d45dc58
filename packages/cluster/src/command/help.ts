import { dashed, type Flags } from './flags.ts';
import type { Verb } from './verb.ts';

/** What `cox --help` prints: Coxswain's own verbs, and all of kubectl's. */
export async function overview(verbs: readonly Verb[]): Promise<string> {
  const { commands, overview: allOf } = await import('@coxswain/cli');
  const names = new Set(commands.map(({ name }) => name));
  const ours = verbs.filter(({ name }) => !names.has(name));
  return `Coxswain: Kubernetes v1.36 from one command.\n\n${allOf('cox', commands, [['Cluster of your own', ours]])}`;
}

/** What `cox VERB --help` prints. */
export function verbHelp(verb: Verb): string {
  const rows = Object.entries(verb.flags as Flags).map(([name, flag]): [string, string] => [
    `${dashed(name)}${flag.value === undefined ? '' : ` ${flag.value}`}`,
    `${flag.help}${flag.fallback === undefined ? '' : ` (default ${flag.fallback})`}`,
  ]);
  const details = verb.details ? `\n${verb.details.trim()}\n` : '';
  const flags = rows.length > 0 ? `\nFlags:\n${columns(rows)}\n` : '';
  return `${verb.summary}\n\nUsage: cox ${verb.usage}\n${details}${flags}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(36, Math.max(...rows.map(([left]) => left.length)));
  return rows
    .map(([left, right]) =>
      left.length > width
        ? `  ${left}\n  ${' '.repeat(width)}  ${right}`
        : `  ${left.padEnd(width)}  ${right}`,
    )
    .join('\n');
}
