import {
  ApiError,
  CertificateSigningRequests,
  formatTime,
  SubjectAccessReviews,
} from '@coxswain/api';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '@coxswain/api/types/certificates-v1';
import type { SubjectAccessReview } from '@coxswain/api/types/authorization-v1';
import { splitKey } from '@coxswain/client';
import { KeyedQueue, type Loop, type LoopContext, type Outcome } from '@coxswain/control';
import { ended } from '../objects/ended.ts';
import {
  isOurs,
  kubeletClientSigner,
  kubeletClientWrong,
  type RequestAuthority,
  signingRefused,
  validityOf,
} from './signers.ts';

type Request = CertificateSigningRequest;

const workers = 5;
const group = 'certificates.k8s.io';

/** Approves what kubelets may ask for themselves, and signs what is approved. */
export const certificateSigner = (authority: RequestAuthority): Loop => ({
  name: 'certificatesigningrequest-signing-controller',
  account: 'certificate-controller',
  reads: [CertificateSigningRequests],
  rules: [
    {
      apiGroups: [group],
      resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
      verbs: ['update'],
    },
    { apiGroups: [group], resources: ['signers'], verbs: ['approve', 'sign'] },
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['subjectaccessreviews'],
      verbs: ['create'],
    },
  ],
  async run(context) {
    const { informers, signal, world } = context;
    const requests = informers.of(CertificateSigningRequests);
    await requests.whenSynced(signal);
    await using queue = new KeyedQueue(world, 'certificate', workers, (key) => {
      const csr = requests.get(splitKey(key).name);
      return csr
        ? world.work.track(advance(csr, authority, context))
        : Promise.resolve({ step: 'done' });
    });
    using _requests = requests.subscribe((changes) => {
      for (const { now } of changes) if (now) queue.add(now.metadata.name);
    });
    await ended(signal);
  },
});

const has = ({ status }: Request, type: string): boolean =>
  status?.conditions?.some((each) => each.type === type) ?? false;

async function advance(
  csr: Request,
  authority: RequestAuthority,
  context: LoopContext,
): Promise<Outcome> {
  try {
    if (csr.status?.certificate || has(csr, 'Denied') || has(csr, 'Failed') || !isOurs(csr.spec))
      return { step: 'done' };
    await (has(csr, 'Approved')
      ? issue(csr, authority, context)
      : approve(csr, authority, context));
    return { step: 'done' };
  } catch (error) {
    if (context.signal.aborted) return { step: 'done' };
    if (!(error instanceof ApiError)) throw error;
    return error.code === 404 ? { step: 'done' } : { step: 'retry' };
  }
}

/** Base64 of PEM. */
const pemOf = ({ spec }: Request): string =>
  new TextDecoder().decode(Uint8Array.fromBase64(spec.request));

async function issue(
  csr: Request,
  authority: RequestAuthority,
  { client, world, signal }: LoopContext,
): Promise<void> {
  const nowMs = world.clock.now();
  const names = namesOf(csr, authority);
  if (!names) return;
  const refused = signingRefused(csr.spec, names);
  const status = refused
    ? withCondition(csr, 'Failed', 'SignerValidationFailure', refused, nowMs)
    : {
        ...csr.status,
        certificate: new TextEncoder()
          .encode(
            authority.sign(pemOf(csr), {
              usages: csr.spec.usages ?? [],
              ...validityOf(csr.spec, nowMs),
            }),
          )
          .toBase64(),
      };
  const at = { subresource: 'status', signal };
  await client.update(CertificateSigningRequests, { ...csr, status }, at);
}

/** Undefined for what cannot be read: the server takes no such request, but an older one may have. */
function namesOf(
  csr: Request,
  authority: RequestAuthority,
): ReturnType<RequestAuthority['read']> | undefined {
  try {
    return authority.read(pemOf(csr));
  } catch {
    return undefined;
  }
}

const withCondition = (
  csr: Request,
  type: string,
  reason: string,
  message: string,
  nowMs: number,
): NonNullable<Request['status']> => {
  const lastUpdateTime = formatTime(nowMs);
  const made: CertificateSigningRequestCondition = {
    ...{ type, status: 'True', reason, message, lastUpdateTime },
    lastTransitionTime: lastUpdateTime,
  };
  return { ...csr.status, conditions: [...(csr.status?.conditions ?? []), made] };
};

/** A kubelet's client certificate, for itself or by whoever may ask for any node's. */
async function approve(
  csr: Request,
  authority: RequestAuthority,
  { client, world, signal }: LoopContext,
): Promise<void> {
  if (csr.spec.signerName !== kubeletClientSigner) return;
  const names = namesOf(csr, authority);
  if (!names || kubeletClientWrong(names, csr.spec.usages ?? [])) return;
  const kinds = [
    ...(csr.spec.username === names.commonName
      ? [
          {
            subresource: 'selfnodeclient',
            message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
          },
        ]
      : []),
    {
      subresource: 'nodeclient',
      message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    },
  ];
  for (const { subresource, message } of kinds) {
    const review = reviewOf(csr, subresource);
    const { status } = await client.create(SubjectAccessReviews, review, { signal });
    if (!status?.allowed) continue;
    const approved = withCondition(csr, 'Approved', 'AutoApproved', message, world.clock.now());
    const at = { subresource: 'approval', signal };
    await client.update(CertificateSigningRequests, { ...csr, status: approved }, at);
    return;
  }
}

const reviewOf = ({ spec }: Request, subresource: string): SubjectAccessReview => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  metadata: { name: '' },
  spec: {
    user: spec.username,
    uid: spec.uid,
    groups: spec.groups,
    extra: spec.extra,
    resourceAttributes: {
      group,
      version: '*',
      resource: 'certificatesigningrequests',
      subresource,
      verb: 'create',
    },
  },
});
