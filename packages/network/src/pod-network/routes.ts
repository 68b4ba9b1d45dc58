import type { Node } from '@coxswain/api/types/core-v1';

/** A way to the pods of one node. */
export interface Route {
  readonly podRange: string;
  readonly via: string;
}

/** Ways to the pods of all nodes but `self` (none: all of them), for those that have a pod range and an address. */
export function podRoutes(nodes: readonly Node[], self?: string): Route[] {
  return nodes
    .filter((node) => node.metadata.name !== self)
    .flatMap((node) => {
      const via = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
      const podRange = node.spec.podCIDR;
      return podRange && via && !via.includes(':') ? [{ podRange, via }] : [];
    });
}

/** Lines for `ip -batch` that lead from one set of routes to the next. */
export function routeChanges(before: readonly Route[], after: readonly Route[]): string[] {
  const old = new Map(before.map((route) => [route.podRange, route.via]));
  const next = new Map(after.map((route) => [route.podRange, route.via]));
  const gone = [...old.keys()].filter((range) => !next.has(range));
  const fresh = [...next].filter(([range, via]) => old.get(range) !== via);
  return [
    ...gone.map((range) => `route delete ${range}`),
    ...fresh.map(([range, via]) => `route replace ${range} via ${via}`),
  ];
}
