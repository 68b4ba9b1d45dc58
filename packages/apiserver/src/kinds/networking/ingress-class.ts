import { IngressClasses } from '@coxswain/api';
import type {
  IngressClass,
  IngressClassParametersReference,
} from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { domainPrefixedPath } from '../rules/domain-path.ts';
import {
  allInvalid,
  forbiddenField,
  notSupported,
  required,
  tooLong,
  type Rules,
} from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { bytesOf, dns1123Label, dns1123Subdomain, pathSegmentName } from '../rules/name.ts';

const controllerMax = 250;
const defaultKey = 'ingressclass.kubernetes.io/is-default-class';

function* parametersRules(
  path: string,
  { apiGroup, scope, namespace, ...names }: IngressClassParametersReference,
): Rules {
  if (apiGroup !== undefined)
    yield* allInvalid(`${path}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup));
  for (const field of ['kind', 'name'] as const)
    if (names[field])
      yield* allInvalid(`${path}.${field}`, names[field], pathSegmentName(names[field]));
    else yield required(`${path}.${field}`);
  if (scope === undefined) yield required(`${path}.scope`);
  else if (scope === 'Namespace') {
    if (namespace === undefined)
      yield required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'");
    else yield* allInvalid(`${path}.namespace`, namespace, dns1123Label(namespace));
  } else if (scope !== 'Cluster')
    yield notSupported(`${path}.scope`, scope, ['Cluster', 'Namespace']);
  else if (namespace !== undefined)
    yield forbiddenField(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'");
}

function* rules({ spec: { controller = '', parameters } }: IngressClass): Rules {
  if (bytesOf(controller) > controllerMax) yield tooLong('spec.controller', controllerMax);
  yield* domainPrefixedPath('spec.controller', controller);
  if (parameters) yield* parametersRules('spec.parameters', parameters);
}

function parametersText({ spec }: IngressClass): string {
  const { parameters } = spec;
  if (!parameters) return '<none>';
  const group = parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`;
  return `${parameters.kind}${group}/${parameters.name}`;
}

/** Names an ingress controller. */
export const ingressClassKind: Kind<IngressClass> = {
  resource: IngressClasses,
  defaults: (draft) => {
    draft.spec ??= {};
    if (draft.spec.parameters) draft.spec.parameters.scope ??= 'Cluster';
  },
  validate: rules,
  *validateUpdate(next, before) {
    yield* immutable('spec.controller', next.spec.controller ?? '', before.spec.controller ?? '');
    yield* rules(next);
  },
  columns: [
    {
      ...nameColumn,
      value: ({ metadata }) =>
        metadata.annotations?.[defaultKey] === 'true'
          ? `${metadata.name} (default)`
          : metadata.name,
    },
    textColumn(
      'Controller',
      'Who serves ingresses of this class.',
      ({ spec }) => spec.controller ?? '',
    ),
    textColumn('Parameters', 'Where its settings are.', parametersText),
    ageColumn,
  ],
};
