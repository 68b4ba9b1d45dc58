import { UsageError } from '../command/flags.ts';
import { verb, type Verb } from '../command/verb.ts';
import { listClusters, unreadableClusters } from '../home/clusters.ts';
import { runningDaemon } from '../home/daemon.ts';

export const clusters: Verb = verb({
  name: 'clusters',
  usage: 'clusters',
  summary: 'List every cluster of this user on this machine',
  flags: {},
  complete(_, args) {
    if (args.length > 0) throw new UsageError(`unexpected argument "${args[0]}"`);
  },
  async run(_, { terminal, env }) {
    const found = await listClusters(env);
    const unreadable = await unreadableClusters(env);
    if (found.length + unreadable.length === 0) {
      terminal.err(`${terminal.words('No clusters. Start one with: cox up')}\n`);
      return;
    }
    const rows = await Promise.all(
      found.map(async ({ name, paths, settings }) => {
        const daemon = await runningDaemon(paths);
        const nodes = `${settings.nodes} (${settings.runtime})`;
        return [name, daemon ? 'Running' : 'Stopped', daemon?.server ?? '-', nodes, paths.data];
      }),
    );
    rows.push(...unreadable.map(([name, folder]) => [name, 'Unreadable', '-', '-', folder]));
    terminal.out(table(['NAME', 'STATUS', 'SERVER', 'NODES', 'DATA'], rows));
  },
});

/** Columns three blanks apart, as kubectl sets them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at]! + 3)))
      .join('');
  return `${[head, ...rows].map(line).join('\n')}\n`;
}
