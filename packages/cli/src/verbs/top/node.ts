import { Nodes, parseSelector, selectorText } from '@coxswain/api';
import type { Node, ResourceList } from '@coxswain/api/types/core-v1';
import { pathOf } from '@coxswain/client';
import { type Command, command, type Words } from '../../command/command.ts';
import { bool } from '../../command/flags.ts';
import { selectorFlag } from '../../command/shared-flags.ts';
import { goSort } from '../../printers/go-sort.ts';
import { TabWriter } from '../../printers/tab-writer.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';
import {
  amountText,
  checkOrder,
  comesFirst,
  line,
  measured,
  type Metrics,
  metricsOf,
  nameOf,
  shareText,
  topFlags,
} from './metrics.ts';

const flags = {
  ...topFlags,
  selector: selectorFlag,
  'show-capacity': bool(false, 'Reckon shares of what nodes have, not of what pods can have'),
};

const usage = 'node [NAME | -l label]';

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const name = nameOf(args, usage);
  checkOrder(given['sort-by']);
  if (name && given.selector) throw new Error('only one of NAME or --selector can be provided');
  return { ...given, name };
}

/** `kubectl top node`. */
export const topNode: Command = command({
  name: 'node',
  aliases: ['nodes', 'no'],
  usage,
  summary: 'Show how much CPU and memory nodes use',
  examples: `  top node                   # all nodes
  top node --sort-by=memory  # the fullest first`,
  flags,
  complete,
  run,
});

interface NodeMetrics extends Metrics {
  readonly usage: ResourceList;
}

async function run(options: Options, session: Session): Promise<void> {
  const { name } = options;
  const labels = options.selector ? selectorText(parseSelector(options.selector)) : '';
  const query: Record<string, string> = labels ? { labelSelector: labels } : {};
  const wanted = { resource: 'nodes', namespace: '', name, query } as const;
  const metrics = await metricsOf<NodeMetrics>(session, wanted);
  if (metrics.length === 0) throw new Error('metrics not available yet');
  const nodes = await nodesOf(session, name, query);
  const writer = new TabWriter(session.io.out);
  const resources = measured(options['show-swap']);
  const titles = { cpu: 'CPU(cores)', memory: 'MEMORY(bytes)', swap: 'SWAP(bytes)' };
  const headers = resources.flatMap((each) => [
    titles[each as keyof typeof titles],
    `${each.toUpperCase()}(%)`,
  ]);
  if (!options['no-headers']) writer.write(line(['NAME', ...headers]));
  const rows = metrics.map(({ metadata, usage: used }) => ({ name: metadata.name, usage: used }));
  for (const each of goSort(rows, (a, b) => comesFirst(options['sort-by'], a, b))) {
    const node = nodes.get(each.name);
    nodes.delete(each.name);
    const cells = resources.flatMap((resource) => cellsOf(resource, each.usage, node, options));
    writer.write(line([each.name, ...cells]));
  }
  for (const silent of nodes.keys())
    writer.write(line([silent, ...resources.flatMap(() => [unknown, unknown])]));
  writer.flush();
}

const unknown = '<unknown>';

function cellsOf(
  resource: string,
  used: ResourceList,
  node: Node | undefined,
  options: Options,
): readonly string[] {
  const swap = node?.status?.nodeInfo?.swap?.capacity;
  if (resource === 'swap' && node && swap === undefined) return [unknown, unknown];
  const { status } = node ?? {};
  const lists = options['show-capacity'] ? status?.capacity : status?.allocatable;
  const available = resource === 'swap' ? swap && String(swap) : lists?.[resource];
  const amount = amountText(resource, used[resource]);
  return available === undefined
    ? [amount]
    : [amount, shareText(used[resource], String(available))];
}

async function nodesOf(
  session: Session,
  name: string,
  query: Readonly<Record<string, string>>,
): Promise<Map<string, Node>> {
  const rest = session.rest();
  const path = pathOf(Nodes, name ? { name } : {});
  const nodes = name
    ? [await rest.json<Node>({ method: 'GET', path, accept: accepts.typed })]
    : (await rest.json<{ items: Node[] }>({ method: 'GET', path, query, accept: accepts.typed }))
        .items;
  return new Map(nodes.map((node) => [node.metadata.name, node]));
}
