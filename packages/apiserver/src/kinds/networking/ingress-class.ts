import { IngressClasses } from '@coxswain/api';
import type { IngressClass } from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { immutable } from '../rules/meta.ts';

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
  *validateUpdate(next, before) {
    yield* immutable('spec.controller', next.spec.controller, before.spec.controller);
  },
  columns: [
    nameColumn,
    textColumn(
      'Controller',
      'Who serves ingresses of this class.',
      ({ spec }) => spec.controller ?? '',
    ),
    textColumn('Parameters', 'Where its settings are.', parametersText),
    ageColumn,
  ],
};
