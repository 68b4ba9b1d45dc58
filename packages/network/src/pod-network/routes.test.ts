import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Node } from '@coxswain/api/types/core-v1';
import { writeCniConfig } from './cni.ts';
import { podRoutes, routeChanges } from './routes.ts';

const node = (name: string, podCIDR?: string, address?: string): Node => ({
  metadata: { name },
  spec: { ...(podCIDR && { podCIDR }) },
  status: {
    addresses: [
      { type: 'Hostname', address: name },
      ...(address ? [{ type: 'InternalIP', address }] : []),
    ],
  },
});

test('routes lead to the pods of every other node that has a range and an address', () => {
  const nodes = [
    node('a', '10.0.1.0/24', '1.1.1.1'),
    node('b', '10.0.2.0/24', '1.1.1.2'),
    node('no-range', undefined, '1.1.1.3'),
    node('no-address', '10.0.4.0/24'),
    node('six', '10.0.5.0/24', 'fd00::5'),
  ];
  const b = { podRange: '10.0.2.0/24', via: '1.1.1.2' };
  assert.deepEqual(podRoutes(nodes, 'a'), [b]);
  assert.deepEqual(podRoutes(nodes), [{ podRange: '10.0.1.0/24', via: '1.1.1.1' }, b]);
});

const route = (range: number, via: string) => ({ podRange: `10.0.${range}.0/24`, via });
for (const [name, before, after, want] of [
  ['nothing changed', [route(1, 'a')], [route(1, 'a')], []],
  ['a node came', [], [route(1, 'a')], ['route replace 10.0.1.0/24 via a']],
  ['a node went', [route(1, 'a')], [], ['route delete 10.0.1.0/24']],
  ['a node moved', [route(1, 'a')], [route(1, 'b')], ['route replace 10.0.1.0/24 via b']],
] as const)
  test(`routes: ${name}`, () => assert.deepEqual(routeChanges(before, after), want));

test('the CNI configuration is written whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cox-cni-'));
  await writeCniConfig(join(folder, 'net.d'), '10.0.1.0/24', '/state');
  assert.deepEqual(await readdir(join(folder, 'net.d')), ['10-coxswain.conflist']);
  const text = await readFile(join(folder, 'net.d', '10-coxswain.conflist'), 'utf8');
  const { name, plugins } = JSON.parse(text) as { name: string; plugins: object[] };
  assert.deepEqual(
    [name, plugins],
    [
      'coxswain',
      [
        {
          type: 'bridge',
          bridge: 'cni0',
          isGateway: true,
          hairpinMode: true,
          ipMasq: false,
          ipam: {
            type: 'host-local',
            dataDir: '/state',
            ranges: [[{ subnet: '10.0.1.0/24' }]],
            routes: [{ dst: '0.0.0.0/0' }],
          },
        },
      ],
    ],
  );
  await rm(folder, { recursive: true });
});
