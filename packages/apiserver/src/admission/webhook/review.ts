import type { KubeObject, Resource } from '@coxswain/api';
import type { AdmissionResponse } from '@coxswain/api/types/admission-v1';
import type { Admission } from '../plugin.ts';
import { namespaceOf } from './rules.ts';

const group = 'admission.k8s.io';
const versions = ['v1', 'v1beta1'] as const;
export type ReviewVersion = (typeof versions)[number];

/** The request as a webhook sees it: its objects in the version that it asked for. */
export interface Seen {
  readonly admission: Admission;
  readonly resource: Resource;
  readonly object: KubeObject | undefined;
  readonly before: KubeObject | undefined;
}

/** The first version of the review that a webhook takes. Throws when it takes none that there is. */
export function reviewVersion(accepted: readonly string[]): ReviewVersion {
  const found = accepted.find((each): each is ReviewVersion =>
    (versions as readonly string[]).includes(each),
  );
  if (found) return found;
  throw new Error('webhook does not accept known AdmissionReview versions (v1, v1beta1)');
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The kind that a request is in: of a subresource, its own. */
function kindOf(object: KubeObject | undefined, resource: Resource): GroupVersionKind {
  const { group: ownGroup, version: ownVersion, kind: ownKind } = resource;
  if (!object?.kind || !object.apiVersion || object.kind === ownKind)
    return { group: ownGroup, version: ownVersion, kind: ownKind };
  const [first = '', second] = object.apiVersion.split('/');
  return second === undefined
    ? { group: '', version: first, kind: object.kind }
    : { group: first, version: second, kind: object.kind };
}

const resourceOf = ({ group: ofGroup, version, resource }: Resource): object => ({
  group: ofGroup,
  version,
  resource,
});

/** The AdmissionReview that asks a webhook. */
export function reviewOf(uid: string, version: ReviewVersion, seen: Seen): object {
  const { admission, resource, object, before } = seen;
  const { subresource, operation, user, dryRun, options } = admission;
  const namespace = namespaceOf(admission);
  const name = admission.name || (operation === 'CREATE' ? (object?.metadata.name ?? '') : '');
  const { uid: userUid, groups, extra } = user;
  return {
    kind: 'AdmissionReview',
    apiVersion: `${group}/${version}`,
    request: {
      uid,
      kind: kindOf(object, resource),
      resource: resourceOf(resource),
      ...(subresource && { subResource: subresource }),
      requestKind: kindOf(admission.object, admission.resource),
      requestResource: resourceOf(admission.resource),
      ...(subresource && { requestSubResource: subresource }),
      ...(name && { name }),
      ...(namespace && { namespace }),
      operation,
      userInfo: {
        username: user.name,
        ...(userUid && { uid: userUid }),
        ...(groups?.length && { groups }),
        ...(extra && Object.keys(extra).length > 0 && { extra }),
      },
      object: object ?? null,
      oldObject: before ?? null,
      dryRun,
      options: options ?? null,
    },
  };
}

export interface ReviewAnswer {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly response?: AdmissionResponse | null;
}

const goKind = (apiVersion = '', kind = ''): string =>
  `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;

/** The response in an answer, when it is one to the review `uid`. Throws in upstream's words. */
export function verifiedResponse(
  uid: string,
  version: ReviewVersion,
  isMutating: boolean,
  answer: ReviewAnswer | null,
): AdmissionResponse {
  const response = answer?.response;
  if (!response) throw new Error('webhook response was absent');
  if (version === 'v1beta1')
    return isMutating && response.patch ? { ...response, patchType: 'JSONPatch' } : response;
  if (response.uid !== uid)
    throw new Error(`expected response.uid="${uid}", got "${response.uid ?? ''}"`);
  const expected = goKind(`${group}/v1`, 'AdmissionReview');
  const got = goKind(answer.apiVersion, answer.kind);
  if (got !== expected) throw new Error(`expected webhook response of ${expected}, got ${got}`);
  checkPatch(isMutating, response);
  return response;
}

function checkPatch(isMutating: boolean, { patch = '', patchType }: AdmissionResponse): void {
  if (!isMutating) {
    if (patch) throw new Error('validating webhook may not return response.patch');
    if (patchType !== undefined)
      throw new Error('validating webhook may not return response.patchType');
    return;
  }
  if (patch && patchType === undefined)
    throw new Error('webhook returned response.patch but not response.patchType');
  if (!patch && patchType !== undefined)
    throw new Error('webhook returned response.patchType but not response.patch');
  if (patchType === '') throw new Error('webhook returned invalid response.patchType of ""');
}
