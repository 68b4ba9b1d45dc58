import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secrets, ServiceAccounts } from '@coxswain/api';
import { createTestCluster } from '@coxswain/cluster/testing';
import { namespace } from '../testing/objects.ts';
import { serviceAccountTokenController } from './service-account-token.ts';

const sign = (claims: Readonly<Record<string, string>>): Promise<string> =>
  Promise.resolve(JSON.stringify(claims));
const text = (base64: string | undefined): string =>
  new TextDecoder().decode(Uint8Array.fromBase64(base64 ?? ''));
const secret = (account: string) => ({
  metadata: {
    name: 'ann-token',
    namespace,
    annotations: { 'kubernetes.io/service-account.name': account },
  },
  type: 'kubernetes.io/service-account-token',
});

test('a secret for a token is filled, and goes with its account', async () => {
  await using cluster = await createTestCluster({
    controllers: [serviceAccountTokenController(sign, 'PEM')],
  });
  const { client, signal } = cluster;
  const account = await client.create(
    ServiceAccounts,
    { metadata: { name: 'ann', namespace }, secrets: [{ name: 'ann-token' }, { name: 'other' }] },
    { signal },
  );
  await client.create(Secrets, secret('ann'), { signal });
  await cluster.settle();
  const { data, metadata } = await client.get(Secrets, 'ann-token', { namespace, signal });
  assert.deepEqual([text(data?.['ca.crt']), text(data?.['namespace'])], ['PEM', namespace]);
  assert.equal(JSON.parse(text(data?.['token'])).sub, `system:serviceaccount:${namespace}:ann`);
  assert.equal(metadata.annotations?.['kubernetes.io/service-account.uid'], account.metadata.uid);
  await client.remove(Secrets, 'ann-token', { namespace, signal });
  await cluster.settle();
  const left = await client.get(ServiceAccounts, 'ann', { namespace, signal });
  assert.deepEqual(left.secrets, [{ name: 'other' }]);
  await client.create(Secrets, secret('ann'), { signal });
  await client.remove(ServiceAccounts, 'ann', { namespace, signal });
  await cluster.settle();
  await assert.rejects(client.get(Secrets, 'ann-token', { namespace, signal }), { code: 404 });
});

test('a secret for an account that is not there goes', async () => {
  await using cluster = await createTestCluster({
    controllers: [serviceAccountTokenController(sign, undefined)],
  });
  const { client, signal } = cluster;
  await client.create(Secrets, secret('nobody'), { signal });
  await cluster.settle();
  await assert.rejects(client.get(Secrets, 'ann-token', { namespace, signal }), { code: 404 });
});
