import { ResourceQuotas } from '@coxswain/api';
import type { ResourceQuota } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { resourceQuantity } from '../rules/resources.ts';
import { immutable } from '../rules/meta.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { splitStatus } from '../rules/split.ts';
import type { Rules } from '../rules/field.ts';

const split = splitStatus<ResourceQuota>();

function* rules({ spec }: ResourceQuota): Rules {
  for (const [name, quantity] of Object.entries(spec?.hard ?? {}))
    yield* resourceQuantity(`spec.hard[${name}]`, name, quantity);
}

const used =
  (limits: boolean) =>
  ({ status }: ResourceQuota): string =>
    Object.keys(status?.hard ?? {})
      .toSorted()
      .filter((name) => name.startsWith('limits.') === limits)
      .map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status!.hard![name]}`)
      .join(', ');

/** Bounds of what a namespace may use together. */
export const resourceQuotaKind: Kind<ResourceQuota> = {
  resource: ResourceQuotas,
  shortNames: ['quota'],
  generation: false,
  ...split,
  defaults: ({ spec, status }) => {
    resourceDefaults(spec?.hard);
    resourceDefaults(status?.hard);
    resourceDefaults(status?.used);
  },
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    yield* immutable('spec.scopes', next.spec?.scopes, before.spec?.scopes);
  },
  columns: [
    nameColumn,
    textColumn('Request', 'What is requested, of how much.', used(false)),
    textColumn('Limit', 'What is allowed at most, of how much.', used(true)),
    ageColumn,
  ],
};
