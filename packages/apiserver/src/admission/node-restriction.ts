import {
  CSINodes,
  Leases,
  Nodes,
  PersistentVolumeClaims,
  Pods,
  ResourceSlices,
  ServiceAccounts,
} from '@coxswain/api';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import type { ResourceSlice } from '@coxswain/api/types/resource-v1';
import { nodeOf } from '../authz/node-identity.ts';
import type { Objects } from '../authz/objects.ts';
import { equal } from '../kinds/rules/equal.ts';
import { restrictNode } from './node-restriction-node.ts';
import { restrictPod } from './node-restriction-pod.ts';
import { restrictToken } from './node-restriction-token.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { refuse } from './refuse.ts';

type Restrict = (node: string, admission: Admission, objects: Objects) => void;

const keyOf = ({ group, resource }: { group: string; resource: string }): string =>
  `${resource}.${group}`;

/** What a kubelet may write of each resource; others are left to authorisation. */
const byResource: ReadonlyMap<string, Restrict> = new Map<string, Restrict>([
  [keyOf(Pods), restrictPod],
  [keyOf(Nodes), restrictNode],
  [keyOf(PersistentVolumeClaims), restrictClaim],
  [keyOf(ServiceAccounts), restrictToken],
  [keyOf(Leases), restrictLease],
  [keyOf(CSINodes), restrictCsiNode],
  [keyOf(ResourceSlices), restrictSlice],
]);

/** A kubelet writes its own node and what runs there, and nothing else. */
export function nodeRestriction(objects: Objects): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: ({ user, operation, resource }) =>
      operation !== 'CONNECT' && nodeOf(user) !== undefined && byResource.has(keyOf(resource)),
    mutate(admission) {
      const node = nodeOf(admission.user)!;
      if (node === '')
        throw refuse(admission, `could not determine node from user "${admission.user.name}"`);
      byResource.get(keyOf(admission.resource))!(node, admission, objects);
      return admission.object!;
    },
  };
}

function restrictClaim(node: string, admission: Admission): void {
  if (admission.subresource !== 'status') throw refuse(admission, 'may only update PVC status');
  if (admission.operation !== 'UPDATE')
    throw refuse(admission, `unexpected operation "${admission.operation}"`);
  const [now, before] = [admission.object, admission.before].map((claim) =>
    withoutOwnParts(claim as PersistentVolumeClaim),
  );
  if (!equal(now, before))
    throw refuse(
      admission,
      `node "${node}" is not allowed to update fields other than status.capacity and status.conditions`,
    );
}

/** A claim without what a kubelet may change in it. */
function withoutOwnParts({ metadata, status, ...others }: PersistentVolumeClaim): unknown {
  const { resourceVersion: _, managedFields: __, ...keptMetadata } = metadata;
  const own = ['capacity', 'conditions', 'allocatedResources', 'allocatedResourceStatuses'];
  own.push('currentVolumeAttributesClassName', 'modifyVolumeStatus');
  const kept = Object.entries(status ?? {}).filter(([key]) => !own.includes(key));
  return { ...others, metadata: keptMetadata, status: Object.fromEntries(kept) };
}

function restrictLease(node: string, admission: Admission): void {
  if (admission.namespace !== 'kube-node-lease')
    throw refuse(admission, 'can only access leases in the "kube-node-lease" system namespace');
  const lease = admission.object as Lease | undefined;
  const name = admission.operation === 'CREATE' ? lease!.metadata.name : admission.name;
  if (name !== node)
    throw refuse(admission, 'can only access node lease with the same name as the requesting node');
}

function restrictCsiNode(node: string, admission: Admission): void {
  const name = admission.operation === 'CREATE' ? admission.object!.metadata.name : admission.name;
  if (name !== node)
    throw refuse(admission, 'can only access CSINode with the same name as the requesting node');
}

function restrictSlice(node: string, admission: Admission): void {
  if (admission.operation !== 'CREATE') return; // the Node authorizer knows whose slice it is
  if ((admission.object as ResourceSlice).spec.nodeName !== node)
    throw refuse(
      admission,
      'can only create ResourceSlice with the same NodeName as the requesting node',
    );
}
