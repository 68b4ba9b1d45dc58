import { ResourceClaims } from '@coxswain/api';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { Kind, KindContext } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { immutable } from '../rules/meta.ts';
import { splitStatus } from '../rules/split.ts';
import { adminAccess, adminRequest, deviceClaim } from './claim-rules.ts';
import { claimStatus, withoutReturned } from './claim-status.ts';
import { deviceClaimDefaults, tolerationDefaults } from './device-defaults.ts';
import { claimFeatures, claimStatusFeatures, withoutFeatures } from './feature-fields.ts';

function stateText({ metadata, status }: ResourceClaim): string {
  const deleted = metadata.deletionTimestamp !== undefined;
  const states = deleted ? ['deleted'] : [];
  if (status?.allocation)
    states.push('allocated', ...(status.reservedFor?.length ? ['reserved'] : []));
  else if (!deleted) states.push('pending');
  return states.join(',');
}

const split = splitStatus<ResourceClaim>({}, 'kept from status');

const prepared = (
  next: ResourceClaim,
  before: ResourceClaim | undefined,
  { enabled }: KindContext,
): ResourceClaim => ({
  ...next,
  spec: withoutFeatures(claimFeatures, next.spec, before?.spec, enabled),
  status: before?.status ?? {},
});

/** Asks for devices. */
export const resourceClaimKind: Kind<ResourceClaim> = {
  resource: ResourceClaims,
  generation: false,
  ...split,
  prepareForCreate: (object, context) => prepared(object, undefined, context),
  prepareForUpdate: prepared,
  defaults: ({ spec, status }) => {
    deviceClaimDefaults(spec?.devices);
    for (const { tolerations } of status?.allocation?.devices?.results ?? [])
      tolerationDefaults(tolerations);
  },
  *validate({ metadata, spec }, context) {
    yield* adminAccess(adminRequest(spec.devices), metadata.namespace, context);
    yield* deviceClaim('spec.devices', spec.devices, context);
  },
  *validateUpdate(next, before) {
    yield* immutable('spec', next.spec, before.spec);
  },
  status: {
    ...split.status,
    prepareForUpdate(next, before, context) {
      const { enabled } = context;
      const kept = split.status.prepareForUpdate(next, before, context);
      const status = withoutFeatures(claimStatusFeatures, kept.status, before.status, enabled);
      return withoutReturned({ ...kept, status }, before);
    },
    validateUpdate: claimStatus,
  },
  columns: [nameColumn, textColumn('State', 'What became of it.', stateText), ageColumn],
};
