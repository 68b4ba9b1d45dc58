import { Ingresses } from '@coxswain/api';
import type { Ingress } from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { allInvalid, invalidValue, notSupported, required, type Rules } from '../rules/field.ts';
import { subdomainName } from '../rules/name.ts';
import { splitStatus } from '../rules/split.ts';

const split = splitStatus<Ingress>({ loadBalancer: {} });
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];

function* rules({ spec }: Ingress): Rules {
  const { rules: given = [], defaultBackend, ingressClassName } = spec;
  if (!given.length && !defaultBackend)
    yield invalidValue('spec', [], 'either `defaultBackend` or `rules` must be specified');
  for (const [index, { http }] of given.entries())
    for (const [at, { path = '', pathType }] of (http?.paths ?? []).entries()) {
      const field = `spec.rules[${index}].http.paths[${at}]`;
      if (!pathType) yield required(`${field}.pathType`, 'pathType must be specified');
      else if (!pathTypes.includes(pathType))
        yield notSupported(`${field}.pathType`, pathType, pathTypes);
      if ((pathType === 'Exact' || pathType === 'Prefix') && !path.startsWith('/'))
        yield invalidValue(`${field}.path`, path, 'must be an absolute path');
    }
  if (ingressClassName !== undefined)
    yield* allInvalid('spec.ingressClassName', ingressClassName, subdomainName(ingressClassName));
}

const shownMax = 3;

function hostsText({ spec }: Ingress): string {
  const given = spec.rules ?? [];
  const hosts = given
    .slice(0, shownMax)
    .map(({ host }) => host)
    .filter(Boolean);
  if (!hosts.length) return '*';
  const more = given.length > shownMax ? ` + ${given.length - shownMax} more...` : '';
  return hosts.join(',') + more;
}

const addressText = ({ status }: Ingress): string =>
  [
    ...new Set(
      (status?.loadBalancer?.ingress ?? [])
        .map(({ ip, hostname }) => ip || hostname || '')
        .filter(Boolean),
    ),
  ]
    .toSorted()
    .join(',');

/** Ways for HTTP from outside to services inside. */
export const ingressKind: Kind<Ingress> = {
  resource: Ingresses,
  shortNames: ['ing'],
  ...split,
  validate: rules,
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
