import type { Pod } from '@coxswain/api/types/core-v1';
import type { Scene, SchedulerPlugin } from '../framework/plugin.ts';

/** A plugin that has something to say about the nodes, with what it prepared. */
export interface ReadyFilter {
  readonly plugin: SchedulerPlugin;
  readonly state: unknown;
}

/** What the plugins found out about a pod before any node was looked at. */
export type Preparation =
  | {
      readonly is: 'ready';
      readonly filters: readonly ReadyFilter[];
      /** The only nodes in question; undefined for all. */
      readonly names: ReadonlySet<string> | undefined;
      /** Who says so. */
      readonly narrowedBy: ReadonlySet<string>;
    }
  | { readonly is: 'refused'; readonly refused: string; readonly plugins: ReadonlySet<string> };

/** Asks every plugin once; the sets of nodes that they name are intersected. */
export function prepare(pod: Pod, plugins: readonly SchedulerPlugin[], scene: Scene): Preparation {
  const filters: ReadyFilter[] = [];
  const narrowedBy = new Set<string>();
  let names: ReadonlySet<string> | undefined;
  for (const plugin of plugins) {
    const found = plugin.prepare?.(pod, scene);
    if (found?.is === 'skip') continue;
    if (found?.is === 'rejected')
      return { is: 'refused', refused: found.reason, plugins: new Set([plugin.name]) };
    if (plugin.filter) filters.push({ plugin, state: found?.state });
    if (!found?.nodes) continue;
    narrowedBy.add(plugin.name);
    names = names?.intersection(found.nodes) ?? found.nodes;
    if (names.size === 0)
      return { is: 'refused', refused: nothingLeft([...narrowedBy]), plugins: narrowedBy };
  }
  return { is: 'ready', filters, names, narrowedBy };
}

const nothingLeft = (plugins: readonly string[]): string =>
  plugins.length === 1
    ? `node(s) didn't satisfy plugin ${plugins[0]}`
    : `node(s) didn't satisfy plugin(s) [${plugins.toSorted().join(' ')}] simultaneously`;
