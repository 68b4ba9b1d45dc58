import { Ingresses } from '@coxswain/api';
import type { Ingress } from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { invalidValue } from '../rules/field.ts';
import { splitStatus } from '../rules/split.ts';
import { ingressRules, ingressStatusRules } from './ingress-rules.ts';

const split = splitStatus<Ingress>({ loadBalancer: {} });
const classKey = 'kubernetes.io/ingress.class';
const addressMax = 16;

const shownMax = 3;

function hostsText({ spec }: Ingress): string {
  const given = spec.rules ?? [];
  const shown: string[] = [];
  let isMore = false;
  for (const { host } of given)
    if (shown.length === shownMax) isMore = true;
    else if (host) shown.push(host);
  if (!shown.length) return '*';
  return shown.join(',') + (isMore ? ` + ${given.length - shownMax} more...` : '');
}

function addressText({ status }: Ingress): string {
  const ways = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname);
  const text = [...new Set(ways.filter(Boolean))].toSorted().join(',');
  return text.length > addressMax ? `${text.slice(0, addressMax - 3)}...` : text;
}

/** Ways for HTTP from outside to services inside. */
export const ingressKind: Kind<Ingress> = {
  resource: Ingresses,
  shortNames: ['ing'],
  ...split,
  *validate(object) {
    yield* ingressRules(object);
    const old = object.metadata.annotations?.[classKey];
    const { ingressClassName } = object.spec;
    if (old !== undefined && ingressClassName !== undefined && old !== ingressClassName)
      yield invalidValue(
        `annotations.${classKey}`,
        old,
        'must match `ingressClassName` when both are specified',
      );
  },
  validateUpdate: ingressRules,
  *warnings({ metadata, spec }, before) {
    if (!before && metadata.annotations?.[classKey] !== undefined && !spec.ingressClassName)
      yield `annotation ${JSON.stringify(classKey)} is deprecated, please use 'spec.ingressClassName' instead`;
  },
  status: { ...split.status, validateUpdate: ingressStatusRules },
  columns: [
    nameColumn,
    textColumn(
      'Class',
      'Which ingress controller serves it.',
      ({ spec }) => spec.ingressClassName ?? '<none>',
    ),
    textColumn('Hosts', 'The host names that it serves.', hostsText),
    textColumn('Address', 'Where it can be reached.', addressText),
    textColumn('Ports', 'The ports it answers on.', ({ spec }) =>
      spec.tls?.length ? '80, 443' : '80',
    ),
    ageColumn,
  ],
};
