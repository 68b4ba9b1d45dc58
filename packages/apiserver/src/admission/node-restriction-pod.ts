import { Nodes, notFound, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { OwnerReference } from '@coxswain/api/types/meta';
import type { Objects } from '../authz/objects.ts';
import { configMapNames, secretNames } from '../authz/pod-references.ts';
import { equal } from '../kinds/rules/equal.ts';
import type { Admission } from './plugin.ts';
import { refuse } from './refuse.ts';

const mirror = 'kubernetes.io/config.mirror';

/** A kubelet makes mirror pods, reports on its pods, evicts and deletes them, and no others. */
export function restrictPod(node: string, admission: Admission, objects: Objects): void {
  const { subresource } = admission;
  if (subresource === '') return restrictPodItself(node, admission, objects);
  if (subresource === 'status') return restrictStatus(node, admission);
  if (subresource === 'eviction') return restrictEviction(node, admission, objects);
  throw refuse(
    admission,
    `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`,
  );
}

function restrictPodItself(node: string, admission: Admission, objects: Objects): void {
  if (admission.operation === 'CREATE') return restrictMirror(node, admission, objects);
  if (admission.operation !== 'DELETE')
    throw refuse(
      admission,
      `unexpected operation "${admission.operation}", node "${node}" can only create and delete mirror pods`,
    );
  if (existing(admission, objects).spec.nodeName !== node)
    throw refuse(admission, `node "${node}" can only delete pods with spec.nodeName set to itself`);
}

function existing({ name, namespace }: Admission, objects: Objects): Pod {
  const pod = objects.get(Pods, name, namespace);
  if (!pod) throw notFound({ ...Pods, name });
  return pod;
}

function restrictMirror(node: string, admission: Admission, objects: Objects): void {
  const pod = admission.object as Pod;
  const { annotations, ownerReferences: owners = [] } = pod.metadata;
  const fail = (why: string): never => {
    throw refuse(admission, why);
  };
  if (annotations?.[mirror] === undefined)
    fail(`pod does not have "${mirror}" annotation, node "${node}" can only create mirror pods`);
  if (pod.spec.nodeName !== node)
    fail(`node "${node}" can only create pods with spec.nodeName set to itself`);
  if (owners.length > 1)
    fail(`node "${node}" can only create pods with a single owner reference set to itself`);
  if (owners.length === 0)
    fail(`node "${node}" can only create pods with an owner reference set to itself`);
  restrictOwner(node, owners[0]!, objects, fail);
  const reference = referenceOf(pod);
  if (reference) fail(`node "${node}" can not create pods that reference ${reference}`);
}

function restrictOwner(
  node: string,
  owner: OwnerReference,
  objects: Objects,
  fail: (why: string) => never,
): void {
  if (owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    fail(`node "${node}" can only create pods with an owner reference set to itself`);
  if (!owner.controller)
    fail(`node "${node}" can only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion)
    fail(`node "${node}" must not set blockOwnerDeletion on an owner reference`);
  const found = objects.get(Nodes, node);
  if (!found) throw notFound({ ...Nodes, name: node });
  if (owner.uid !== found.metadata.uid)
    fail(`node ${node} UID mismatch: expected ${owner.uid} got ${found.metadata.uid}`);
}

/** What object of the API a pod refers to, if any: a mirror pod must not open any to its node. */
function referenceOf(pod: Pod): string | undefined {
  const { spec } = pod;
  if (spec.serviceAccountName) return 'a service account';
  if (!secretNames(pod).next().done) return 'secrets';
  if (!configMapNames(pod).next().done) return 'configmaps';
  const projected = spec.volumes?.flatMap((volume) => volume.projected?.sources ?? []) ?? [];
  if (projected.some((source) => source.clusterTrustBundle)) return 'clustertrustbundles';
  if (spec.volumes?.some((volume) => volume.persistentVolumeClaim)) return 'persistentvolumeclaims';
  if (spec.resourceClaims?.length) return 'resourceclaims';
  return undefined;
}

function restrictStatus(node: string, admission: Admission): void {
  if (admission.operation !== 'UPDATE')
    throw refuse(admission, `unexpected operation "${admission.operation}"`);
  const before = admission.before as Pod;
  const now = admission.object as Pod;
  if (before.spec.nodeName !== node)
    throw refuse(
      admission,
      `node "${node}" can only update pod status for pods with spec.nodeName set to itself`,
    );
  if (!equal(before.metadata.labels, now.metadata.labels))
    throw refuse(admission, `node "${node}" cannot update labels through pod status`);
  if (!equal(before.status?.resourceClaimStatuses, now.status?.resourceClaimStatuses))
    throw refuse(admission, `node "${node}" cannot update resource claim statues`);
  if (!equal(before.status?.extendedResourceClaimStatus, now.status?.extendedResourceClaimStatus))
    throw refuse(admission, `node "${node}" cannot update extended resource claim status`);
}

function restrictEviction(node: string, admission: Admission, objects: Objects): void {
  if (admission.operation !== 'CREATE')
    throw refuse(admission, `unexpected operation ${admission.operation}`);
  const name = admission.name || admission.object!.metadata.name;
  if (!name) throw refuse(admission, 'could not determine pod from request data');
  if (existing({ ...admission, name }, objects).spec.nodeName !== node)
    throw refuse(admission, `node ${node} can only evict pods with spec.nodeName set to itself`);
}
