import { ApiError, formatMicroTime, Leases } from '@coxswain/api';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { Node } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Client } from '@coxswain/client';

const namespace = 'kube-node-lease';
const leaseSeconds = 40;
const renewMs = 10_000;
const retryMs = 200;
const retryMaxMs = 7_000;
const jitter = 0.04;

/** Renews the node's Lease every 10 s until `signal` aborts: by it the cluster knows that this kubelet lives. */
export async function keepLease(
  client: Client,
  { clock, random, log }: World,
  node: () => Node,
  signal: AbortSignal,
): Promise<void> {
  let lease: Lease | undefined;
  let waitMs = retryMs;
  while (!signal.aborted)
    try {
      lease = await renewLease(client, lease, node(), clock.now(), signal);
      waitMs = retryMs;
      await clock.sleep(renewMs * (1 + jitter * random()), signal);
    } catch (error) {
      if (signal.aborted) return;
      // Someone else wrote, or removed it: look again.
      lease = undefined;
      if (!(error instanceof ApiError && error.code === 409))
        log.warn('node lease not renewed', { error: String(error) });
      await clock.sleep(waitMs, signal);
      waitMs = Math.min(waitMs * 2, retryMaxMs);
    }
}

/** Writes one renewal over the lease as known, or as found, or makes it. Rejects with a conflict when someone else wrote it. */
export function renewLease(
  client: Client,
  known: Lease | undefined,
  node: Node,
  nowMs: number,
  signal: AbortSignal,
): Promise<Lease> {
  const write = (lease: Lease | undefined): Promise<Lease> => {
    const metadata = metadataOf(lease, node);
    const spec = {
      ...lease?.spec,
      holderIdentity: node.metadata.name,
      leaseDurationSeconds: leaseSeconds,
      renewTime: formatMicroTime(nowMs),
    };
    if (lease) return client.update(Leases, { ...lease, metadata, spec }, { signal });
    const made: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    return client.create(Leases, made, { signal });
  };
  return known ? write(known) : find(client, node.metadata.name, signal).then(write);
}

/** The very metadata of a lease that has its owner: what did not change need not be looked at. */
function metadataOf(lease: Lease | undefined, node: Node): Lease['metadata'] {
  const { name, uid } = node.metadata;
  const [owner, ...others] = lease?.metadata.ownerReferences ?? [];
  const isOwned = uid === undefined || (owner?.uid === uid && others.length === 0);
  if (lease && isOwned) return lease.metadata;
  const owners = uid ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] } : {};
  return { ...(lease?.metadata ?? { name, namespace }), ...owners };
}

async function find(client: Client, name: string, signal: AbortSignal): Promise<Lease | undefined> {
  try {
    return await client.get(Leases, name, { namespace, signal });
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}
