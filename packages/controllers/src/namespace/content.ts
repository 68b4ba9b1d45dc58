import { ApiError, type KubeObject } from '@coxswain/api';
import type { Client } from '@coxswain/client';
import type { Pod } from '@coxswain/api/types/core-v1';
import { takes, type Served } from '../discovery/discover.ts';
import { isTerminated } from '../pods/state.ts';

/** What is left of one resource after its deletion was asked for. */
export interface Remains {
  readonly estimateSeconds: number; // until it may be gone
  readonly instances: number;
  readonly finalizers: ReadonlyMap<string, number>;
  readonly error?: string;
}

/** How long finalizers are given before the next look, as upstream guesses. */
const finalizerSeconds = 15;
const nothing: Remains = { estimateSeconds: 0, instances: 0, finalizers: new Map() };

/** Deletes every object of `resource` in `namespace` and reports what remains. */
export async function removeContent(
  client: Client,
  resource: Served,
  namespace: string,
  signal: AbortSignal,
): Promise<Remains> {
  try {
    const seconds =
      resource.resource === 'pods' && resource.group === ''
        ? await graceSeconds(client, resource, namespace, signal)
        : 0;
    await removeAll(client, resource, namespace, signal);
    if (!takes(resource, 'list')) return nothing;
    const { items } = await client.list(resource, { namespace, metadataOnly: true, signal });
    if (items.length === 0) return nothing;
    return remainsOf(resource, namespace, items, seconds);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 404 || error.code === 405) return nothing; // no longer served
    return { ...nothing, error: error.message };
  }
}

async function removeAll(
  client: Client,
  resource: Served,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const at = { namespace, propagation: 'Background', signal } as const;
  if (takes(resource, 'deletecollection')) return client.removeAll(resource, at);
  if (!takes(resource, 'list')) return;
  const { items } = await client.list(resource, { namespace, metadataOnly: true, signal });
  for (const { metadata } of items)
    try {
      await client.remove(resource, metadata.name, at);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
}

function remainsOf(
  resource: Served,
  namespace: string,
  items: readonly KubeObject[],
  seconds: number,
): Remains {
  const finalizers = new Map<string, number>();
  for (const { metadata } of items)
    for (const finalizer of metadata.finalizers ?? [])
      finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  const instances = items.length;
  if (seconds > 0) return { estimateSeconds: seconds, instances, finalizers };
  if (finalizers.size > 0) return { estimateSeconds: finalizerSeconds, instances, finalizers };
  const { group, version } = resource;
  const gvr = `${group}/${version}, Resource=${resource.resource}`;
  const error = `unexpected items still remain in namespace: ${namespace} for gvr: ${gvr}`;
  return { estimateSeconds: 0, instances, finalizers, error };
}

/** The longest that a running pod may take to stop. */
async function graceSeconds(
  client: Client,
  pods: Served,
  namespace: string,
  signal: AbortSignal,
): Promise<number> {
  const { items } = await client.list(pods, { namespace, signal });
  return Math.max(
    0,
    ...items
      .map((item) => item as KubeObject as Pod)
      .filter((pod) => !isTerminated(pod))
      .map(({ spec }) => spec?.terminationGracePeriodSeconds ?? 0),
  );
}
