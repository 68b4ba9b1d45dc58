import { readFile } from 'node:fs/promises';
import { ApiError, Nodes } from '@coxswain/api';
import type { Node, ResourceList } from '@coxswain/api/types/core-v1';
import type { Client } from '@coxswain/client';
import { faultAnnotation, isSimulated, nodeFaults } from '@coxswain/kubelet/fleet';
import { parse } from 'yaml';
import { Failure } from '../command/verb.ts';
import { table } from '../verbs/clusters.ts';
import { nodesMax } from './limits.ts';
import {
  groupOf,
  type NodeGroup,
  NodeGroups,
  type NodeTemplate,
  removeAnnotation,
} from './node-group.ts';
import { ensureDefinition, resizeGroup } from './start-group.ts';

/** What `cox nodes` was asked to do. */
export type NodesTask =
  | { readonly do: 'list' }
  | {
      readonly do: 'add';
      readonly group: string;
      readonly count: number;
      readonly file: string | undefined;
      readonly zones: number | undefined;
      readonly region: string | undefined;
      readonly capacity: ResourceList;
    }
  | {
      readonly do: 'remove';
      readonly names: readonly string[];
      readonly group: string;
      readonly count: number;
    }
  | { readonly do: 'fault'; readonly node: string; readonly fault: string };

/** Does it through the API, as any client could; gives what there is to say. */
export async function runNodesTask(
  task: NodesTask,
  client: Client,
  signal: AbortSignal,
): Promise<string> {
  switch (task.do) {
    case 'list':
      return list(client, signal);
    case 'add':
      return add(task, client, signal);
    case 'remove':
      return task.names.length > 0
        ? removeNamed(task.names, client, signal)
        : shrink(task.group, task.count, client, signal);
    case 'fault':
      return fault(task, client, signal);
  }
}

async function list(client: Client, signal: AbortSignal): Promise<string> {
  const { items } = await client.list(Nodes, { signal });
  const rows = items.map((node) => {
    const { labels = {}, annotations } = node.metadata;
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    return [
      node.metadata.name,
      ready?.status === 'True' ? 'Ready' : 'NotReady',
      isSimulated(node) ? 'simulated' : 'real',
      groupOf(node) ?? '-',
      labels['topology.kubernetes.io/zone'] ?? '-',
      node.status?.capacity?.['cpu'] ?? '-',
      node.status?.capacity?.['memory'] ?? '-',
      annotations?.[faultAnnotation] ?? '-',
    ];
  });
  return table(['NAME', 'STATUS', 'KIND', 'GROUP', 'ZONE', 'CPU', 'MEMORY', 'FAULT'], rows);
}

async function add(
  { group, count, file, zones, region, capacity }: Extract<NodesTask, { do: 'add' }>,
  client: Client,
  signal: AbortSignal,
): Promise<string> {
  const read = file === undefined ? undefined : await readTemplate(file);
  const template: NodeTemplate = {
    ...read,
    ...(zones !== undefined && { zones: zoneNames(zones) }),
    ...(region !== undefined && { region }),
    capacity: { ...read?.capacity, ...capacity },
  };
  await ensureDefinition(client, signal);
  const said = read !== undefined || zones !== undefined || region !== undefined;
  const isSaid = said || Object.keys(capacity).length > 0;
  const made = await resizeGroup(
    ...([client, group, (before: number) => before + count] as const),
    ...([isSaid ? template : undefined, signal] as const),
  );
  const size = made.spec.replicas ?? 0;
  if (size > nodesMax)
    return `NodeGroup ${group} asks for ${size} nodes; ${nodesMax} is the most\n`;
  return `NodeGroup ${group} asks for ${size} nodes\n`;
}

const zoneNames = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, at) => `zone-${at < 26 ? String.fromCharCode(97 + at) : at + 1}`,
  );

/** A NodeGroup, a Node as KWOK's users have them, or the template alone. */
export async function readTemplate(file: string): Promise<NodeTemplate> {
  const given: unknown = await readFile(file, 'utf8').then(parse, (cause: Error) => {
    throw new Failure(`cannot read ${file}: ${cause.message}`, { cause });
  });
  if (typeof given !== 'object' || given === null)
    throw new Failure(`${file} holds no template of nodes`);
  const { kind } = given as { kind?: string };
  if (kind === 'NodeGroup') return (given as NodeGroup).spec.template ?? {};
  if (kind !== 'Node') return given as NodeTemplate;
  const { metadata, spec, status } = given as Node;
  return {
    metadata: {
      ...(metadata?.labels && { labels: metadata.labels }),
      ...(metadata?.annotations && { annotations: metadata.annotations }),
    },
    ...(spec?.taints && { spec: { taints: spec.taints } }),
    ...(status?.capacity && { capacity: status.capacity }),
  };
}

/** A node of a group takes its place in it along: marked first, so that the group, being smaller, lets go of this one. */
async function removeNamed(
  names: readonly string[],
  client: Client,
  signal: AbortSignal,
): Promise<string> {
  const lines: string[] = [];
  for (const name of names) {
    const node = await nodeOf(name, client, signal);
    if (!isSimulated(node))
      throw new Failure(`node "${name}" is real`, { advice: 'remove it with kubectl delete node' });
    const group = groupOf(node);
    if (group === undefined) await client.remove(Nodes, name, { signal });
    else {
      await annotate(node, { [removeAnnotation]: 'true' }, client, signal);
      await shrink(group, 1, client, signal);
    }
    lines.push(`node ${name} is removed\n`);
  }
  return lines.join('');
}

async function shrink(
  group: string,
  by: number,
  client: Client,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const found = await client.get(NodeGroups, group, { signal });
    const replicas = Math.max(0, (found.spec.replicas ?? 0) - by);
    try {
      await client.update(NodeGroups, { ...found, spec: { ...found.spec, replicas } }, { signal });
      return `NodeGroup ${group} asks for ${replicas} nodes\n`;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 409)) throw error;
    }
  }
}

async function fault(
  { node: name, fault: wanted }: Extract<NodesTask, { do: 'fault' }>,
  client: Client,
  signal: AbortSignal,
): Promise<string> {
  const [kind = ''] = wanted.split('=');
  const isNone = kind === 'none';
  if (!isNone && !nodeFaults.some((each) => each === kind))
    throw new Failure(`there is no fault "${kind}"`, {
      advice: `there are ${nodeFaults.join(', ')} and none`,
    });
  const node = await nodeOf(name, client, signal);
  if (!isSimulated(node))
    throw new Failure(`node "${name}" is real: only simulated ones fail on demand`);
  await annotate(node, { [faultAnnotation]: isNone ? null : wanted }, client, signal);
  return isNone ? `node ${name} is well\n` : `node ${name} has the fault ${wanted}\n`;
}

const annotate = (
  { metadata: { name } }: Node,
  annotations: Readonly<Record<string, string | null>>,
  client: Client,
  signal: AbortSignal,
): Promise<Node> => client.patch(Nodes, name, 'merge', { metadata: { annotations } }, { signal });

async function nodeOf(name: string, client: Client, signal: AbortSignal): Promise<Node> {
  try {
    return await client.get(Nodes, name, { signal });
  } catch (error) {
    if (error instanceof ApiError && error.code === 404)
      throw new Failure(`there is no node "${name}"`, { cause: error, advice: 'see: cox nodes' });
    throw error;
  }
}
