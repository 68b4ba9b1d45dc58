import {
  fieldSelectorText,
  parseFieldSelector,
  parseSelector,
  Pods,
  selectorText,
} from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { pathOf } from '@coxswain/client';
import { type Command, command, type Words } from '../../command/command.ts';
import { bool, goDuration } from '../../command/flags.ts';
import { allNamespacesFlag, fieldSelectorFlag, selectorFlag } from '../../command/shared-flags.ts';
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
  sumOf,
  topFlags,
  type Usage,
} from './metrics.ts';

const flags = {
  ...topFlags,
  'all-namespaces': allNamespacesFlag,
  containers: bool(false, 'A line for each container'),
  'field-selector': fieldSelectorFlag,
  selector: selectorFlag,
  sum: bool(false, 'Add all up at the end'),
};

const usage = 'pod [NAME | -l label]';
/** Pods younger than this may well have no metrics yet. */
const delayMs = 2 * 60_000;

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const name = nameOf(args, usage);
  checkOrder(given['sort-by']);
  if (name && (given.selector || given['field-selector']))
    throw new Error('only one of NAME or selector can be provided');
  return { ...given, name };
}

/** `kubectl top pod`. */
export const topPod: Command = command({
  name: 'pod',
  aliases: ['pods', 'po'],
  usage,
  summary: 'Show how much CPU and memory pods use',
  examples: `  top pod -A --sort-by=cpu     # the busiest of the cluster first
  top pod web-0 --containers   # each container of one pod
  top pod -l app=shop --sum    # a label, added up`,
  flags,
  complete,
  run,
});

interface PodMetrics extends Metrics {
  readonly containers?: readonly Usage[];
}

interface Row extends Usage {
  readonly namespace: string;
  readonly containers: readonly Usage[];
}

async function run(options: Options, session: Session): Promise<void> {
  const labels = options.selector ? selectorText(parseSelector(options.selector)) : '';
  const fields = options['field-selector']
    ? fieldSelectorText(parseFieldSelector(options['field-selector']))
    : '';
  const own = session.namespace().name;
  const namespace = options['all-namespaces'] ? '' : own;
  const query = {
    ...(labels && { labelSelector: labels }),
    ...(fields && { fieldSelector: fields }),
  };
  const wanted = { resource: 'pods', namespace, name: options.name, query } as const;
  const metrics = await metricsOf<PodMetrics>(session, wanted);
  if (metrics.length > 0) return print(options, session, metrics);
  await explainSilence(session, query);
  session.io.err(
    options['all-namespaces']
      ? 'No resources found\n'
      : `No resources found in ${own} namespace.\n`,
  );
}

/** Throws where there are pods, and says which one should have metrics by now. */
async function explainSilence(
  session: Session,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  const path = pathOf(Pods, { namespace: session.namespace().name });
  const { items } = await session.rest().json<{ items: Pod[] }>({
    ...{ method: 'GET', path, query, accept: accepts.typed },
  });
  if (items.length === 0) return;
  for (const { metadata } of items) {
    const ageMs = session.world.clock.now() - Date.parse(metadata.creationTimestamp ?? '');
    if (ageMs > delayMs)
      throw new Error(
        `Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${goDuration(ageMs)}`,
      );
  }
  throw new Error('metrics not available yet');
}

function print(options: Options, session: Session, metrics: readonly PodMetrics[]): void {
  const writer = new TabWriter(session.io.out);
  const resources = measured(options['show-swap']);
  const withNamespace = options['all-namespaces'];
  const by = options['sort-by'];
  const columns = ['NAME', 'CPU(cores)', 'MEMORY(bytes)', 'SWAP(bytes)'].slice(
    0,
    resources.length + 1,
  );
  const before = [...(withNamespace ? ['NAMESPACE'] : []), ...(options.containers ? ['POD'] : [])];
  if (!options['no-headers']) writer.write(line([...before, ...columns]));
  const amounts = (used: Usage['usage']): readonly string[] =>
    resources.map((resource) => amountText(resource, used[resource]));
  const rows = metrics.map(({ metadata, containers = [] }): Row => ({
    ...{ name: metadata.name, namespace: metadata.namespace ?? '', containers },
    usage: sumOf(containers),
  }));
  const first = (a: Row, b: Row): boolean =>
    by === '' && withNamespace && a.namespace !== b.namespace
      ? a.namespace < b.namespace
      : comesFirst(by, a, b);
  for (const { namespace, name, containers, usage: used } of goSort(rows, first)) {
    const place = withNamespace ? [namespace] : [];
    if (!options.containers) writer.write(line([...place, name, ...amounts(used)]));
    else
      for (const each of goSort([...containers], (a, b) => comesFirst(by, a, b)))
        writer.write(line([...place, name, each.name, ...amounts(each.usage)]));
  }
  if (options.sum) {
    // Without headers kubectl counts no columns before the name.
    const width = columns.length + (options['no-headers'] ? 0 : before.length);
    const gap = (cells: number): string[] => Array.from({ length: cells }, () => '');
    const total = sumOf(rows.flatMap(({ containers }) => containers));
    writer.write(line([...gap(width - 2), '________', '________']));
    writer.write(line([...gap(width - 3), '', ...amounts(total)]));
  }
  writer.flush();
}
