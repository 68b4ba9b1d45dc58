import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Informers } from '@coxswain/client';
import type { RunInNode } from '../run-in-node.ts';
import { turns } from '../turns.ts';
import { writeCniConfig } from './cni.ts';
import { podRoutes, type Route, routeChanges } from './routes.ts';

export interface RoutesOptions {
  readonly world: World;
  readonly informers: Informers;
  /** The node whose own pods need no route; undefined on a machine that is no node. */
  readonly nodeName?: string;
  readonly runInNode: RunInNode;
  readonly signal: AbortSignal;
}

/** Keeps routes to the pods of all other nodes until `signal` aborts. Routes end with their links, so none is removed then. */
export async function runRoutes(options: RoutesOptions): Promise<void> {
  const { world, informers, nodeName, signal, runInNode } = options;
  const nodes = informers.of(Nodes);
  await nodes.whenSynced(signal);
  let routes: readonly Route[] = [];
  const sync = turns('routes', world, signal, async () => {
    const next = podRoutes(nodes.all(), nodeName);
    const lines = routeChanges(routes, next);
    if (lines.length > 0) await runInNode('ip', ['-force', '-batch', '-'], `${lines.join('\n')}\n`);
    routes = next;
  });
  using _nodes = nodes.subscribe(() => sync.request());
  await sync.done;
}

export interface CniOptions {
  readonly world: World;
  readonly informers: Informers;
  readonly nodeName: string;
  readonly configDir: string; // where the container runtime looks
  readonly stateDir: string; // where addresses in use are kept
  readonly signal: AbortSignal;
}

/** Writes the node's CNI configuration as soon as the node has a pod range. */
export async function runCni(options: CniOptions): Promise<void> {
  const { world, informers, nodeName, configDir, stateDir, signal } = options;
  const nodes = informers.of(Nodes, { fields: `metadata.name=${nodeName}` });
  await nodes.whenSynced(signal);
  let written: string | undefined;
  const sync = turns('CNI configuration', world, signal, async () => {
    const range = rangeOf(nodes.get(nodeName));
    if (range === undefined || range === written) return;
    await writeCniConfig(configDir, range, stateDir);
    written = range;
  });
  using _nodes = nodes.subscribe(() => sync.request());
  await sync.done;
}

const rangeOf = (node: Node | undefined): string | undefined => node?.spec.podCIDR || undefined;
