import { NetworkPolicies } from '@coxswain/api';
import type { NetworkPolicy } from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { notSupported, type Rules } from '../rules/field.ts';
import { labelSelector, selectorText } from '../rules/labels.ts';

const types = ['Egress', 'Ingress'];

function* rules({ spec }: NetworkPolicy): Rules {
  yield* labelSelector('spec.podSelector', spec.podSelector);
  for (const [index, type] of (spec.policyTypes ?? []).entries())
    if (!types.includes(type)) yield notSupported(`spec.policyTypes[${index}]`, type, types);
}

/** Which traffic pods may send and get. */
export const networkPolicyKind: Kind<NetworkPolicy> = {
  resource: NetworkPolicies,
  shortNames: ['netpol'],
  defaults: (draft) => {
    const spec = (draft.spec ??= {});
    spec.podSelector ??= {};
    if (!spec.policyTypes?.length)
      spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
    for (const { ports = [] } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
      for (const port of ports) port.protocol ??= 'TCP';
  },
  validate: rules,
  columns: [
    nameColumn,
    textColumn(
      'Pod-Selector',
      'The pods that it is about.',
      ({ spec }) => selectorText(spec.podSelector) || '<none>',
    ),
    ageColumn,
  ],
};
