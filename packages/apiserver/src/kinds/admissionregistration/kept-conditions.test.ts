import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ValidatingAdmissionPolicy,
  ValidatingWebhookConfiguration,
} from '@coxswain/api/types/admissionregistration-v1';
import { validatingPolicyRules } from './policy-rules.ts';
import { webhookRules } from './webhook-rules.ts';

const conditions = (expression: string) => [{ name: 'c', expression }];
const policy = (expression: string, kind?: string): ValidatingAdmissionPolicy =>
  ({
    metadata: { name: 'p' },
    spec: {
      ...(kind && { paramKind: { apiVersion: 'v1', kind } }),
      matchConditions: conditions(expression),
    },
  }) as ValidatingAdmissionPolicy;
const hooks = (...expressions: readonly string[]): ValidatingWebhookConfiguration =>
  ({
    webhooks: expressions.map((expression) => ({
      clientConfig: {},
      matchConditions: conditions(expression),
    })),
  }) as unknown as ValidatingWebhookConfiguration;

const about = (found: Iterable<{ readonly field: string }>): readonly string[] =>
  [...found].map(({ field }) => field).filter((field) => field.includes('matchConditions'));

test('conditions of a policy are looked at when they, or what they may name, change', () => {
  const wrong = ['spec.matchConditions[0].expression'];
  const bad = policy('params.a ==');
  assert.deepEqual(about(validatingPolicyRules(bad)), wrong);
  assert.deepEqual(about(validatingPolicyRules(bad, policy('params.a =='))), []);
  assert.deepEqual(about(validatingPolicyRules(bad, policy('true'))), wrong);
  assert.deepEqual(about(validatingPolicyRules(bad, policy('params.a ==', 'ConfigMap'))), wrong);
});

test('conditions of webhooks are looked at when one of them changes', () => {
  const wrong = ['webhooks[0].matchConditions[0].expression'];
  assert.deepEqual(about(webhookRules(hooks('x'))), wrong);
  assert.deepEqual(about(webhookRules(hooks('x'), hooks('x'))), []);
  assert.deepEqual(about(webhookRules(hooks('x', 'true'), hooks('x'))), wrong);
});
