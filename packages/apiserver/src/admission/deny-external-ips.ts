import { Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

const addressesOf = (object: unknown): readonly string[] =>
  (object as Service | undefined)?.spec?.externalIPs ?? [];

/** Services take no addresses from outside that they do not have already. */
export const denyServiceExternalIPs: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  handles: (admission) => isWrite(admission, Services, ['CREATE', 'UPDATE']),
  validate(admission) {
    const known = addressesOf(admission.before);
    if (addressesOf(admission.object).some((each) => !known.includes(each)))
      throw refuse(admission, 'Use of external IPs is denied by admission control');
  },
};
