import type { Authorizer } from './authorizer.ts';
import { alwaysAllow, alwaysDeny, superusers } from './fixed.ts';
import { nodeAuthorizer } from './node.ts';
import type { NodeGraph } from './node-graph.ts';
import { rbacAuthorizer } from './rbac.ts';
import type { RbacIndex } from './rbac-index.ts';

export interface AuthorizationParts {
  readonly rbac: RbacIndex;
  readonly nodes: NodeGraph;
  readonly enabled: (gate: string) => boolean;
  /** Undefined: none was configured. */
  readonly webhook?: Authorizer | undefined;
}

/** What `--authorization-mode` may name. */
const modes: Readonly<Record<string, (parts: AuthorizationParts) => Authorizer>> = {
  AlwaysAllow: () => alwaysAllow,
  AlwaysDeny: () => alwaysDeny,
  Node: ({ nodes, enabled }) => nodeAuthorizer(nodes, enabled),
  RBAC: ({ rbac }) => rbacAuthorizer(rbac),
  Webhook: ({ webhook }) => {
    if (webhook) return webhook;
    throw new Error("authorization-mode Webhook's authorization config file not passed");
  },
};

/** The authorizers of `--authorization-mode`: superusers first, then the modes in their order. Throws on a mode that is not known. */
export function authorizersFor(mode: string, parts: AuthorizationParts): readonly Authorizer[] {
  const names = mode.split(',').map((name) => name.trim());
  if (new Set(names).size < names.length)
    throw new Error(
      `authorization-mode ${JSON.stringify(names)} has mode specified more than once`,
    );
  const chosen = names.map((name) => {
    const make = modes[name];
    if (make) return make(parts);
    throw new Error(
      `authorization-mode "${name}" is not a valid mode; known: ${Object.keys(modes).join(', ')}`,
    );
  });
  return [superusers, ...chosen];
}
