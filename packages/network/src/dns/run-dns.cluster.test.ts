import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { type KubeObject, Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Client } from '@coxswain/client';
import { createTestCluster } from '@coxswain/cluster/testing';
import { decode, encode } from 'dns-packet';
import { runDns } from './run-dns.ts';

async function addressesOf(port: number, name: string): Promise<readonly unknown[]> {
  const socket = createSocket('udp4');
  socket.send(
    encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] }),
    port,
    '127.0.0.1',
  );
  const [answer] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return (decode(answer).answers ?? []).map((one) => ('data' in one ? one.data : undefined));
}

/** Kind, name, address and ports. */
function summary(object: KubeObject): readonly unknown[] {
  const { spec } = object as Service;
  const { endpoints, ports } = object as EndpointSlice;
  return [
    ...[object.kind, object.metadata.name, spec?.clusterIP ?? endpoints?.[0]?.addresses[0]],
    (spec?.ports ?? ports)?.map((one) => `${one.protocol} ${one.port}`),
  ];
}

test('names follow Services as they come and go; the server stands behind kube-dns', async () => {
  await using cluster = await createTestCluster();
  const { world, client, informers, signal } = cluster;
  // The server takes no loopback address in a slice, and tests listen nowhere else.
  const applied: KubeObject[] = [];
  const applying: Client = {
    ...client,
    apply: async (_, object) => (applied.push(object), object),
  };
  const end = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<number>();
  const running = runDns({
    ...{ world, client: applying, informers, address: '127.0.0.1', domain: 'cluster.local' },
    ...{ clusterAddress: '10.96.0.10', forwarders: [], signal: end.signal, onReady: resolve },
  });
  const port = await ready;
  assert.deepEqual(applied.map(summary), [
    ['Service', 'kube-dns', '10.96.0.10', ['UDP 53', 'TCP 53']],
    ['EndpointSlice', 'kube-dns-coxswain', '127.0.0.1', [`UDP ${port}`, `TCP ${port}`]],
  ]);
  const spec = { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ports: [{ port: 80 }] };
  const metadata = { name: 'web', namespace: 'shop' };
  await client.create(Services, { apiVersion: 'v1', kind: 'Service', metadata, spec }, { signal });
  await cluster.settle();
  const name = 'web.shop.svc.cluster.local';
  assert.deepEqual(await addressesOf(port, name), ['10.96.0.7']);
  await client.remove(Services, 'web', { namespace: 'shop', signal });
  await cluster.settle();
  assert.deepEqual(await addressesOf(port, name), []);
  end.abort(new Error('the name server ended'));
  await running;
});
