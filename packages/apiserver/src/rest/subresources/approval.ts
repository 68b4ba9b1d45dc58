import type { CertificateSigningRequest } from '@coxswain/api/types/certificates-v1';
import type { Subresource } from '../engine.ts';
import type { Facet } from '../facet.ts';
import { ofFacet } from './of-facet.ts';

/** Approval and denial of a certificate request: conditions and nothing else of its status. */
const conditions: Facet = {
  subresource: 'approval',
  prepare(next, before) {
    const [now, old] = [next as CertificateSigningRequest, before as CertificateSigningRequest];
    const { conditions: wanted } = now.status ?? {};
    const { conditions: _, ...kept } = old.status ?? {};
    const result: CertificateSigningRequest = {
      ...old,
      metadata: now.metadata,
      status: { ...kept, ...(wanted && { conditions: wanted }) },
    };
    return result;
  },
  validate: (next, before, { served: { kind }, context }) =>
    kind.status?.validateUpdate?.(next, before, context),
  isWhole: false,
};

export const approval: Subresource = ofFacet(conditions);
