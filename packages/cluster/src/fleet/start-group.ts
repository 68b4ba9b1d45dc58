import { ApiError } from '@coxswain/api';
import type { CustomResourceDefinition } from '@coxswain/api/types/apiextensions-v1';
import type { Client } from '@coxswain/client';
import type { ClusterContext } from '../boot/cluster-context.ts';
import {
  Definitions,
  isEstablished,
  type NodeGroup,
  nodeGroupDefinition,
  NodeGroups,
  type NodeTemplate,
} from './node-group.ts';

/** The group that `--simulated` speaks of when none is named. */
export const groupDefault = 'simulated';

/** Makes the group of the start, or brings it to its size, and gives the names of its nodes. */
export async function startGroup(
  { loopback, signal }: ClusterContext,
  replicas: number,
): Promise<readonly string[]> {
  await ensureDefinition(loopback, signal);
  await resizeGroup(loopback, groupDefault, () => replicas, undefined, signal);
  return Array.from({ length: replicas }, (_, at) => `${groupDefault}-${at + 1}`);
}

/** Resolves when the API serves NodeGroups. */
export async function ensureDefinition(client: Client, signal: AbortSignal): Promise<void> {
  const found = await created(client.create(Definitions, nodeGroupDefinition, { signal }));
  if (found && isEstablished(found)) return;
  const fields = `metadata.name=${nodeGroupDefinition.metadata.name}`;
  const { items, resourceVersion } = await client.list(Definitions, { fields, signal });
  if (items.some(isEstablished)) return;
  for await (const events of client.watch(Definitions, { fields, resourceVersion, signal }))
    for (const { object } of events) if (isEstablished(object as CustomResourceDefinition)) return;
}

/** Makes the group, or changes its size and, where one is given, its template; gives it as it is then. */
export async function resizeGroup(
  client: Client,
  name: string,
  sizeFrom: (before: number) => number,
  template: NodeTemplate | undefined,
  signal: AbortSignal,
): Promise<NodeGroup> {
  const spec = { replicas: sizeFrom(0), ...(template && { template }) };
  const made = await created(client.create(NodeGroups, { metadata: { name }, spec }, { signal }));
  if (made) return made;
  const before = await client.get(NodeGroups, name, { signal });
  const patch = { spec: { ...spec, replicas: sizeFrom(before.spec.replicas ?? 0) } };
  return client.patch(NodeGroups, name, 'merge', patch, { signal });
}

/** Undefined: it was there already. */
async function created<T>(creation: Promise<T>): Promise<T | undefined> {
  try {
    return await creation;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'AlreadyExists') return undefined;
    throw error;
  }
}
