import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelOf } from './generic.ts';

const labels: Readonly<Record<string, string>> = {
  ...{ podIP: 'Pod IP', podCIDRs: 'Pod CIDRs', apiVersion: 'API Version', uid: 'UID' },
  ...{ creationTimestamp: 'Creation Timestamp', HTTPServer: 'HTTPServer', baseURL: 'Base URL' },
  ...{ 'with-dash': 'With - Dash', under_score: 'under_score', x509: 'x509', a: 'A' },
};

for (const [field, label] of Object.entries(labels))
  test(`the label of ${field}`, () => assert.equal(labelOf(field), label));
