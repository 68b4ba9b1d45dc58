import type {
  MatchResources,
  MutatingWebhook,
  ParamRef,
  ValidatingWebhook,
} from '@coxswain/api/types/admissionregistration-v1';
import type { Draft } from '../kind.ts';
import { selectorText } from '../rules/labels.ts';

const webhookPort = 443;
const timeoutSeconds = 10;

export function webhookDefaults(webhook: Draft<ValidatingWebhook | MutatingWebhook>): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= timeoutSeconds;
  for (const rule of webhook.rules ?? []) rule.scope ??= '*';
  const { service } = webhook.clientConfig ?? {};
  if (service) service.port ??= webhookPort;
}

export function matchDefaults(match: Draft<MatchResources> | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])])
    rule.scope ??= '*';
}

/** Where a binding takes its parameters from, in one word. */
export function paramText(ref: ParamRef | undefined): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`;
  return ref?.selector ? selectorText(ref.selector) : '<unset>';
}
