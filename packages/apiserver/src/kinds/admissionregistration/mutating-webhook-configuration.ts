import { MutatingWebhookConfigurations } from '@coxswain/api';
import type { MutatingWebhookConfiguration } from '@coxswain/api/types/admissionregistration-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, countColumn, nameColumn } from '../rules/columns.ts';
import { webhookDefaults } from './defaults.ts';
import { webhookRules } from './webhook-rules.ts';

/** Webhooks that are asked about writes. */
export const mutatingWebhookConfigurationKind: Kind<MutatingWebhookConfiguration> = {
  resource: MutatingWebhookConfigurations,
  categories: ['api-extensions'],
  defaults: ({ webhooks = [] }) => {
    for (const webhook of webhooks) {
      webhookDefaults(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
  allowUnconditionalUpdate: false,
  validate: (next) => webhookRules(next),
  validateUpdate: (next, before) => webhookRules(next, before),
  columns: [
    nameColumn,
    countColumn('Webhooks', 'How many webhooks it names.', ({ webhooks = [] }) => webhooks.length),
    ageColumn,
  ],
};
