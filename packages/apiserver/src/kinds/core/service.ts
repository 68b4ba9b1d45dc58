import { Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { labelsText } from '../rules/labels.ts';
import { labelName } from '../rules/name.ts';
import { splitStatus } from '../rules/split.ts';
import { serviceDefaults } from './service-defaults.ts';
import { serviceWarnings } from './service-warnings.ts';
import { loadBalancerStatus, serviceRules, serviceUpdateRules } from './service-rules.ts';
import { normalized, withAllocated, withoutForeignFields } from './service-update.ts';

const split = splitStatus<Service>({ loadBalancer: {} });

function externalAddresses({ spec, status }: Service): string {
  const given = spec.externalIPs ?? [];
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.type !== 'LoadBalancer') return given.join(',') || '<none>';
  const balanced = (status?.loadBalancer?.ingress ?? []).map(
    ({ ip, hostname }) => ip || hostname || '',
  );
  const distinct = [...new Set(balanced.filter(Boolean))].toSorted();
  return [...distinct, ...given].join(',') || '<pending>';
}

const portsText = ({ spec }: Service): string =>
  (spec.ports ?? [])
    .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
    .join(',') || '<none>';

/** A name and an address for whatever pods answer behind it. Addresses and node ports come from `rest/allocate`. */
export const serviceKind: Kind<Service> = {
  resource: Services,
  shortNames: ['svc'],
  categories: ['all'],
  subresources: ['proxy'],
  validateName: labelName,
  allowCreateOnUpdate: true,
  generation: false,
  ...split,
  defaults: serviceDefaults,
  prepareForCreate: (object) => ({ ...normalized(object), status: { loadBalancer: {} } }),
  prepareForUpdate: (next, before) => ({
    ...withoutForeignFields(normalized(withAllocated(next, before), before), before),
    status: before.status,
  }),
  validate: (object) => serviceRules(object),
  validateUpdate: serviceUpdateRules,
  warnings: serviceWarnings,
  status: { ...split.status, validateUpdate: loadBalancerStatus },

  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
  columns: [
    nameColumn,
    textColumn('Type', 'How far the service can be reached.', ({ spec }) => spec.type ?? ''),
    textColumn(
      'Cluster-IP',
      'Its address inside the cluster.',
      ({ spec }) => spec.clusterIPs?.[0] || '<none>',
    ),
    textColumn('External-IP', 'Its addresses outside the cluster.', externalAddresses),
    textColumn('Port(s)', 'Its ports, with the node port where there is one.', portsText),
    ageColumn,
    wide(
      textColumn('Selector', 'The labels of the pods behind it.', ({ spec }) =>
        labelsText(spec.selector),
      ),
    ),
  ],
};
