import {
  addQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  type Resource,
  wholeValue,
} from '@coxswain/api';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import type { ResourceList } from '@coxswain/api/types/core-v1';
import { pathOf } from '@coxswain/client';
import { type Flag, bool, text } from '../../command/flags.ts';
import { UsageError } from '../../command/failure.ts';
import { aside } from '../../session/asides.ts';
import { question } from '../../session/discovery.ts';
import type { Session } from '../../session/session.ts';

/** What one container, or a node, uses. */
export interface Usage {
  readonly name: string;
  readonly usage: ResourceList;
}

/** Metrics of one object as metrics.k8s.io serves them. */
export interface Metrics {
  readonly metadata: ObjectMeta;
}

const group = 'metrics.k8s.io';
const version = 'v1beta1';
const resourceOf = (resource: 'nodes' | 'pods'): Resource => ({
  ...{ group, version, resource, namespaced: resource === 'pods' },
  kind: resource === 'nodes' ? 'NodeMetrics' : 'PodMetrics',
});

/** Flags of both commands. */
export const topFlags: {
  readonly 'no-headers': Flag<boolean>;
  readonly 'show-swap': Flag<boolean>;
  readonly 'sort-by': Flag<string>;
  readonly 'use-protocol-buffers': Flag<boolean>;
} = {
  'no-headers': bool(false, 'Leave the line of headers out'),
  'show-swap': bool(false, 'Show swap too'),
  'sort-by': text('', 'Sort by cpu or memory, the most first'),
  'use-protocol-buffers': bool(true, 'Taken for the sake of old scripts: the answer is the same'),
};

/** The one name that may be given. */
export function nameOf(args: readonly string[], usage: string): string {
  if (args.length > 1) throw new UsageError(usage);
  return args[0] ?? '';
}

/** Throws for columns that nothing can be sorted by. */
export function checkOrder(by: string): void {
  if (!['', 'cpu', 'memory'].includes(by)) throw new Error('--sort-by accepts only cpu or memory');
}

interface Wanted {
  readonly resource: 'nodes' | 'pods';
  readonly namespace: string;
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Asks for metrics. Throws where the server has none to serve. */
export async function metricsOf<T extends Metrics>(
  session: Session,
  { resource, namespace, name, query }: Wanted,
): Promise<T[]> {
  for (const path of ['/api', '/apis'] as const) await aside(session, path, question(path));
  const { groups } = await session.discovery(undefined, 0);
  const isServed = groups.some((each) => each.name === group && each.versions.includes(version));
  if (!isServed) throw new Error('Metrics API not available');
  const path = pathOf(resourceOf(resource), { namespace, name });
  const rest = session.rest();
  if (name) return [await rest.json<T>({ method: 'GET', path })];
  return (await rest.json<{ items?: T[] }>({ method: 'GET', path, query })).items ?? [];
}

/** Resources that are shown. */
export const measured = (withSwap: boolean): readonly string[] => [
  ...['cpu', 'memory'],
  ...(withSwap ? ['swap'] : []),
];

const mebi = 1024 * 1024;

/** `250m` of a core, `64Mi` of all else. */
export const amountText = (resource: string, quantity = '0'): string =>
  resource === 'cpu' ? `${milliValue(quantity)}m` : `${Math.trunc(wholeValue(quantity) / mebi)}Mi`;

/** The whole per cent that is used of what there is. */
export function shareText(quantity = '0', available: string): string {
  const whole = milliValue(available);
  return `${whole === 0 ? 0 : Math.trunc((milliValue(quantity) / whole) * 100)}%`;
}

/** The sum of what containers use. */
export const sumOf = (each: readonly Usage[]): ResourceList =>
  Object.fromEntries(
    measured(true).map((resource) => [
      resource,
      formatQuantity(
        each.reduce(
          (sum, { usage }) => addQuantities(sum, usage[resource] ?? '0'),
          parseQuantity('0'),
        ),
      ),
    ]),
  );

/** Whether one comes before the other: by use, the most first, or else by name. */
export function comesFirst(by: string, a: Usage, b: Usage): boolean {
  if (by === 'cpu') return milliValue(a.usage['cpu'] ?? '0') > milliValue(b.usage['cpu'] ?? '0');
  if (by === 'memory')
    return wholeValue(a.usage['memory'] ?? '0') > wholeValue(b.usage['memory'] ?? '0');
  return a.name < b.name;
}

/** Every cell ends with a tab, the last one too. */
export const line = (cells: readonly string[]): string =>
  `${cells.map((cell) => `${cell}\t`).join('')}\n`;
