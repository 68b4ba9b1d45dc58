import type { Clock } from '@coxswain/base';
import { decide } from '../chain/authorize.ts';
import type { WebhookClient } from '../webhook-client/index.ts';
import type { Authorizer } from './authorizer.ts';
import { alwaysAllow, alwaysDeny, askers, superusers } from './fixed.ts';
import { nodeAuthorizer } from './node.ts';
import type { NodeGraph } from './node-graph.ts';
import { rbacAuthorizer } from './rbac.ts';
import type { RbacIndex } from './rbac-index.ts';
import { type AuthorizationWebhook, webhookAuthorizer } from './webhook.ts';

export interface AuthorizationParts {
  readonly rbac: RbacIndex;
  readonly nodes: NodeGraph;
  readonly enabled: (gate: string) => boolean;
  readonly webhooks: WebhookClient;
  readonly clock: Clock;
}

/** One authorizer of the chain: a mode, and for the mode Webhook whom it asks. */
export interface ChosenMode {
  readonly mode: string;
  readonly webhook?: AuthorizationWebhook | undefined;
}

const modes: Readonly<Record<string, (parts: AuthorizationParts) => Authorizer>> = {
  AlwaysAllow: () => alwaysAllow,
  AlwaysDeny: () => alwaysDeny,
  Node: ({ nodes, enabled }) => nodeAuthorizer(nodes, enabled),
  RBAC: ({ rbac }) => rbacAuthorizer(rbac),
};

/** What `--authorization-mode` names, in its order. Throws on a mode that is not known. */
export function chosenModes(
  mode: string,
  webhook: AuthorizationWebhook | undefined,
): readonly ChosenMode[] {
  const names = mode.split(',').map((name) => name.trim());
  if (new Set(names).size < names.length)
    throw new Error(
      `authorization-mode ${JSON.stringify(names)} has mode specified more than once`,
    );
  return names.map((name) => {
    if (name === 'Webhook' && !webhook)
      throw new Error("authorization-mode Webhook's authorization config file not passed");
    if (name === 'Webhook') return { mode: name, webhook };
    if (modes[name]) return { mode: name };
    throw new Error(
      `authorization-mode "${name}" is not a valid mode; known: ${[...Object.keys(modes), 'Webhook'].join(', ')}`,
    );
  });
}

/** Superusers first, then what was chosen in its order; what may be asked of anybody last. */
export const authorizersFor = (
  chosen: readonly ChosenMode[],
  parts: AuthorizationParts,
): readonly Authorizer[] => [
  superusers,
  ...chosen.map(({ mode, webhook }) =>
    webhook ? webhookAuthorizer(webhook, parts.webhooks, parts.clock) : modes[mode]!(parts),
  ),
  askers,
];

/** Authorizers that can be exchanged while requests are decided. */
export class ChangingAuthorizers implements Authorizer {
  readonly name = 'union';
  #now: readonly Authorizer[];

  constructor(first: readonly Authorizer[]) {
    this.#now = first;
  }

  change(next: readonly Authorizer[]): void {
    this.#now = next;
  }

  readonly authorize: Authorizer['authorize'] = (user, info, signal) =>
    decide(this.#now, user, info, signal);
}
