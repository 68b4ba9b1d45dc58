import {
  LimitRanges,
  Namespaces,
  parseQuantity,
  PodDisruptionBudgets,
  PriorityClasses,
  ResourceQuotas,
  formatQuantity,
  hasReason,
  type KubeObject,
  type Resource,
  scaled,
} from '@coxswain/api';
import type { LimitRange, ResourceQuota } from '@coxswain/api/types/core-v1';
import { labelsText } from '../../printers/table.ts';
import { type Ask, type Describer, describer } from './describer.ts';
import {
  entriesOf,
  intOrString,
  type Lines,
  longConditions,
  named,
  placed,
  quantityText,
  selected,
  table,
} from './lines.ts';

const limitColumns = [
  ...['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit'],
  'Max Limit/Request Ratio',
];
const limitKinds = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'] as const;

const limitRows = ({ spec }: LimitRange): Lines =>
  (spec?.limits ?? []).flatMap((item) => {
    const names = new Set(limitKinds.flatMap((kind) => Object.keys(item[kind] ?? {})));
    return [...names].toSorted().map((name) =>
      [
        ...[item.type, name],
        ...limitKinds.map((kind) => {
          const quantity = item[kind]?.[name];
          return quantity === undefined ? '-' : quantityText(quantity);
        }),
      ].join('\t'),
    );
  });

/** A LimitRange. */
export const limitRange: Describer = describer({
  resource: LimitRanges,
  events: 'none',
  lines: (object) => [...placed(object.metadata), ...table(limitColumns, limitRows(object))],
});

const scopeTexts: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

function scopeLines({ spec }: ResourceQuota, mark: string): Lines {
  const scopes = spec?.scopes?.toSorted() ?? [];
  if (scopes.length === 0) return [];
  return [
    `Scopes:\t${scopes.join(', ')}`,
    ...scopes.map((scope) => scopeTexts[scope] && `${mark}${scopeTexts[scope]}`),
  ];
}

/** What is used, written in the form of the limit where the two differ. */
function usedText(used: string, hard: string): string {
  const { format } = parseQuantity(hard);
  if (parseQuantity(used).format === format) return quantityText(used);
  return formatQuantity({ amount: scaled(used, 0), scale: 0, format });
}

/** A ResourceQuota. */
export const resourceQuota: Describer = describer({
  resource: ResourceQuotas,
  events: 'none',
  lines: (object) => [
    ...placed(object.metadata),
    ...scopeLines(object, ' * '),
    ...table(
      ['Resource', 'Used', 'Hard'],
      entriesOf(object.status?.hard).map(
        ([name, hard]) =>
          `${name}\t${usedText(object.status?.used?.[name] ?? '0', hard)}\t${quantityText(hard)}`,
      ),
    ),
  ],
});

/** A server may not know the resource at all. */
const ifServed = <T extends KubeObject>(
  ask: Ask,
  resource: Resource<T>,
  namespace: string,
): Promise<readonly T[] | undefined> =>
  ask.list(resource, namespace).catch((error: unknown) => {
    if (hasReason(error, 'NotFound')) return undefined;
    throw error;
  });

const quotaLines = (quotas: readonly ResourceQuota[]): Lines =>
  quotas.length === 0
    ? ['No resource quota.']
    : [
        'Resource Quotas',
        quotas
          .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
          .flatMap((quota): Lines => [
            `Name:\t${quota.metadata.name}`,
            ...scopeLines(quota, '* '),
            'Resource\tUsed\tHard',
            '--------\t---\t---',
            ...entriesOf(quota.status?.hard).map(
              ([name, hard]) =>
                `${name}\t${quantityText(quota.status?.used?.[name])}\t${quantityText(hard)}`,
            ),
          ]),
      ];

const rangeLines = (ranges: readonly LimitRange[]): Lines =>
  ranges.length === 0
    ? ['No LimitRange resource.']
    : [
        'Resource Limits',
        ...table(limitColumns, ranges.flatMap(limitRows)).map((each) => ` ${String(each)}`),
      ];

/** A Namespace. */
export const namespace: Describer = describer({
  resource: Namespaces,
  events: 'none',
  ask: async (ask, { metadata: { name } }) => ({
    quotas: await ifServed(ask, ResourceQuotas, name),
    ranges: await ifServed(ask, LimitRanges, name),
  }),
  lines: ({ metadata, status }, { quotas, ranges }) => [
    ...named(metadata),
    `Status:\t${status?.phase ?? ''}`,
    ...longConditions(status?.conditions),
    ...(quotas ? ['', ...quotaLines(quotas)] : []),
    ...(ranges ? ['', ...rangeLines(ranges)] : []),
  ],
});

/** A PodDisruptionBudget. */
export const podDisruptionBudget: Describer = describer({
  resource: PodDisruptionBudgets,
  lines({ metadata, spec, status }) {
    const { minAvailable, maxUnavailable, selector } = spec ?? {};
    return [
      ...placed(metadata),
      minAvailable !== undefined
        ? `Min available:\t${intOrString(minAvailable)}`
        : maxUnavailable !== undefined && `Max unavailable:\t${intOrString(maxUnavailable)}`,
      `Selector:\t${selector ? selected(selector) : '<unset>'}`,
      'Status:',
      [
        [
          `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}`,
          `Current:\t${status?.currentHealthy ?? 0}`,
          `Desired:\t${status?.desiredHealthy ?? 0}`,
          `Total:\t${status?.expectedPods ?? 0}`,
        ],
      ],
    ];
  },
});

/** A PriorityClass. */
export const priorityClass: Describer = describer({
  resource: PriorityClasses,
  lines: ({ metadata, value, globalDefault, preemptionPolicy, description }) => [
    `Name:\t${metadata.name}`,
    `Value:\t${value}`,
    `GlobalDefault:\t${globalDefault ?? false}`,
    `PreemptionPolicy:\t${preemptionPolicy ?? ''}`,
    `Description:\t${description ?? ''}`,
    `Annotations:\t${labelsText(metadata.annotations)}`,
  ],
});
