import { CertificateSigningRequests } from '@coxswain/api';
import type { CertificateSigningRequest } from '@coxswain/api/types/certificates-v1';
import type { Authorizer } from '../authz/authorizer.ts';
import { childrenOf, readDer } from '@coxswain/api/der';
import { attributesOf, pemBytes } from '../authn/x509.ts';
import { decide } from '../chain/authorize.ts';
import { equal } from '../kinds/rules/equal.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

const group = 'certificates.k8s.io';
const requestOf = (object: Admission['object']): CertificateSigningRequest =>
  object as CertificateSigningRequest;

/** Whether the writer may do `verb` for the signer, or for all of its domain. */
async function mayFor(
  verb: string,
  signer: string,
  { user }: Admission,
  authorizers: readonly Authorizer[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const name of [signer, `${signer.split('/')[0]}/*`]) {
    const info = {
      ...{ isResource: true, verb, group, version: '*', resource: 'signers', subresource: '' },
      ...{ namespace: '', name, path: '', rest: '', labelSelector: '', fieldSelector: '' },
    };
    const { decision } = await decide(authorizers, user, info, signal);
    if (decision === 'allow') return true;
  }
  return false;
}

/** Requests are approved by who may `approve` for their signer. */
export const certificateApproval = (authorizers: readonly Authorizer[]): AdmissionPlugin => ({
  name: 'CertificateApproval',
  handles: (admission) => isWrite(admission, CertificateSigningRequests, ['UPDATE'], 'approval'),
  async validate(admission, signal) {
    const { signerName } = requestOf(admission.before).spec;
    if (!(await mayFor('approve', signerName, admission, authorizers, signal)))
      throw refuse(
        admission,
        `user not permitted to approve requests with signerName "${signerName}"`,
      );
  },
});

/** Certificates are issued by who may `sign` for the signer. */
export const certificateSigning = (authorizers: readonly Authorizer[]): AdmissionPlugin => ({
  name: 'CertificateSigning',
  handles: (admission) => isWrite(admission, CertificateSigningRequests, ['UPDATE'], 'status'),
  async validate(admission, signal) {
    const [now, before] = [requestOf(admission.object), requestOf(admission.before)];
    const { signerName } = before.spec;
    const isSame =
      now.status?.certificate === before.status?.certificate &&
      equal(now.status?.conditions, before.status?.conditions);
    if (!isSame && !(await mayFor('sign', signerName, admission, authorizers, signal)))
      throw refuse(
        admission,
        `user not permitted to sign requests with signerName "${signerName}"`,
      );
  },
});

/** Trust is spread by who may `attest` for the signer. */
export const clusterTrustBundleAttest = (authorizers: readonly Authorizer[]): AdmissionPlugin => ({
  name: 'ClusterTrustBundleAttest',
  handles: ({ resource, operation, context }) =>
    resource.group === group &&
    resource.resource === 'clustertrustbundles' &&
    (operation === 'CREATE' || operation === 'UPDATE') &&
    context.enabled('ClusterTrustBundle'),
  async validate(admission, signal) {
    const { spec } = admission.object as unknown as { spec?: { signerName?: string } };
    const signerName = spec?.signerName;
    if (!signerName || onlyCollected(admission)) return;
    if (!(await mayFor('attest', signerName, admission, authorizers, signal)))
      throw refuse(admission, `user not permitted to attest for signerName "${signerName}"`);
  },
});

/** Whether only what garbage collection writes has changed. */
function onlyCollected({ object, before }: Admission): boolean {
  const rest = (each: Admission['object']): unknown => {
    const { ownerReferences: _o, finalizers: _f, managedFields: _m, ...kept } = each!.metadata;
    return { ...each!, metadata: kept };
  };
  return before !== undefined && equal(rest(object), rest(before));
}

const clientSigner = 'kubernetes.io/kube-apiserver-client';
const organization = '2.5.4.10';

/** Nobody becomes an administrator by asking for a certificate. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: (admission) => isWrite(admission, CertificateSigningRequests, ['CREATE']),
  validate(admission) {
    const { signerName, request } = requestOf(admission.object).spec;
    if (signerName !== clientSigner) return;
    if (groupsIn(admission, request).includes('system:masters'))
      throw refuse(
        admission,
        `use of ${clientSigner} signer with system:masters group is not allowed`,
      );
  },
};

/** The organizations in the subject of a request: base64 of PEM. */
function groupsIn(admission: Admission, request: string): readonly string[] {
  try {
    const pem = new TextDecoder().decode(Uint8Array.fromBase64(request));
    const [body] = childrenOf(readDer(pemBytes(pem)));
    const [, subject] = childrenOf(body!);
    return attributesOf(subject!)
      .filter(([id]) => id === organization)
      .map(([, text]) => text);
  } catch (error) {
    throw refuse(admission, `failed to parse CSR: ${(error as Error).message}`);
  }
}
