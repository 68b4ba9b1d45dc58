import { ValidatingWebhookConfigurations } from '@coxswain/api';
import type { ValidatingWebhookConfiguration } from '@coxswain/api/types/admissionregistration-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, countColumn, nameColumn } from '../rules/columns.ts';
import { webhookDefaults } from './defaults.ts';
import { webhookRules } from './webhook-rules.ts';

/** Webhooks that are asked about writes. */
export const validatingWebhookConfigurationKind: Kind<ValidatingWebhookConfiguration> = {
  resource: ValidatingWebhookConfigurations,
  categories: ['api-extensions'],
  defaults: ({ webhooks = [] }) => {
    for (const webhook of webhooks) {
      webhookDefaults(webhook);
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
