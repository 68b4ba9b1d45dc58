import { ResourceClaims } from '@coxswain/api';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { immutable } from '../rules/meta.ts';
import { splitStatus } from '../rules/split.ts';
import { deviceClaimDefaults } from './device-defaults.ts';

function stateText({ metadata, status }: ResourceClaim): string {
  const deleted = metadata.deletionTimestamp !== undefined;
  const states = deleted ? ['deleted'] : [];
  if (status?.allocation)
    states.push('allocated', ...(status.reservedFor?.length ? ['reserved'] : []));
  else if (!deleted) states.push('pending');
  return states.join(',');
}

/** Asks for devices. */
export const resourceClaimKind: Kind<ResourceClaim> = {
  resource: ResourceClaims,
  generation: false,
  ...splitStatus<ResourceClaim>(),
  defaults: ({ spec }) => deviceClaimDefaults(spec?.devices),
  *validateUpdate(next, before) {
    yield* immutable('spec', next.spec, before.spec);
  },
  columns: [nameColumn, textColumn('State', 'What became of it.', stateText), ageColumn],
};
