import { ResourceClaimTemplates } from '@coxswain/api';
import type { ResourceClaimTemplate } from '@coxswain/api/types/resource-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn } from '../rules/columns.ts';
import { immutable } from '../rules/meta.ts';
import { deviceClaimDefaults } from './device-defaults.ts';

/** A template of claims for devices. */
export const resourceClaimTemplateKind: Kind<ResourceClaimTemplate> = {
  resource: ResourceClaimTemplates,
  generation: false,
  defaults: ({ spec }) => deviceClaimDefaults(spec?.spec?.devices),
  *validateUpdate(next, before) {
    yield* immutable('spec', next.spec, before.spec);
  },
  columns: [nameColumn, ageColumn],
};
