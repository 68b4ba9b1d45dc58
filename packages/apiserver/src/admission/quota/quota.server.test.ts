import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceQuota } from '@coxswain/api/types/core-v1';
import { admin, openWholeServer } from '../../testing/whole-server.ts';

const shop = '/api/v1/namespaces/shop';
const limit = { 'requests.cpu': '1', pods: '3' };

test('a quota is charged by the server itself, in the order of the requests', async () => {
  await using whole = await openWholeServer();
  const root = whole.as(admin);
  await root.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  await root.post(`${shop}/serviceaccounts`, { metadata: { name: 'default' } });
  await root.post(`${shop}/limitranges`, {
    metadata: { name: 'l' },
    spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '400m' } }] },
  });
  await root.post(`${shop}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard: limit } });
  const pod = (name: string): Promise<unknown> =>
    root.post(`${shop}/pods`, {
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'x' }] },
    });
  const status = { status: { hard: limit, used: { 'requests.cpu': '0', pods: '0' } } };
  await root.patch(`${shop}/resourcequotas/q/status`, 'application/merge-patch+json', status);
  const ends = await Promise.allSettled(['a', 'b', 'c', 'd'].map(pod));
  assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 2);
  await assert.rejects(pod('late'), {
    message:
      'pods "late" is forbidden: exceeded quota: q, requested: requests.cpu=400m, used: requests.cpu=800m, limited: requests.cpu=1',
  });
  const quota = await root.get<ResourceQuota>(`${shop}/resourcequotas/q`);
  assert.deepEqual(quota.status?.used, { pods: '2', 'requests.cpu': '800m' });
});
