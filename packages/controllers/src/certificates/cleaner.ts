import { CertificateSigningRequests } from '@coxswain/api';
import type { CertificateSigningRequest } from '@coxswain/api/types/certificates-v1';
import type { Controller } from '@coxswain/control';
import { createdMs, timeMs } from '../objects/time.ts';

const hourMs = 3_600_000;

/** Deletes requests that were decided an hour ago, or that nobody has decided for a day. */
export const certificateCleaner: Controller<CertificateSigningRequest> = {
  name: 'certificatesigningrequest-cleaner-controller',
  account: 'certificate-controller',
  reconciles: CertificateSigningRequests,
  watches: [],
  writes: [{ resource: CertificateSigningRequests, verbs: ['delete'] }],
  plan(csr, { nowMs }) {
    if (!csr) return { actions: [] };
    const decided = csr.status?.conditions?.find(({ type }) =>
      ['Approved', 'Denied', 'Failed'].includes(type),
    );
    const endMs = decided
      ? (timeMs(decided.lastUpdateTime) ?? createdMs(csr)) + hourMs
      : createdMs(csr) + 24 * hourMs;
    if (endMs > nowMs) return { actions: [], requeueAfterMs: endMs - nowMs };
    return {
      actions: [{ do: 'remove', resource: CertificateSigningRequests, object: csr }],
      why: [{ verdict: 'no longer needed', facts: { decided: decided?.type ?? 'no' } }],
    };
  },
};
