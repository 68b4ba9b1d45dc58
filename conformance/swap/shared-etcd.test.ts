/** Our API server and upstream's on one etcd, at the same time: each reads, changes and misses what the other wrote and removed. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { coxRunning } from '../testing/cluster.ts';
import { freePorts, UpstreamServer, whyNoUpstream } from '../testing/upstream.ts';
import { until } from '../testing/wait.ts';

const namespace = 'shared';
interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
const meta = (name: string): Named['metadata'] => ({ name, namespace });
const template = {
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }] },
};

const objects = (suffix: string): readonly (Named & Readonly<Record<string, unknown>>)[] => [
  {
    ...{
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta(`cm-${suffix}`),
      data: { 'a-b': '<é>' },
    },
    binaryData: { bin: 'AAEC/w==' },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: meta(`s-${suffix}`), stringData: { p: 'q' } },
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: meta(`svc-${suffix}`) },
    spec: { ports: [{ port: 80, targetPort: 'http' }], selector: { app: 'a' } },
  },
  {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta(`d-${suffix}`) },
    spec: { replicas: 0, selector: { matchLabels: { app: 'a' } }, template },
  },
  {
    ...{
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: meta(`h-${suffix}`),
    },
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
    },
  },
  {
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: meta(`l-${suffix}`) },
    spec: { holderIdentity: 'me', renewTime: '2026-01-01T00:00:00.123456Z' },
  },
  {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: meta(`e-${suffix}`), reason: 'Tested' },
    involvedObject: { kind: 'Pod', namespace, name: 'p' },
  },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: `n-${suffix}` } },
];

const apiOf = (file: string): KubernetesObjectApi => {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return KubernetesObjectApi.makeApiClient(config);
};

/** As JSON says it: what the client library makes of times and the like is not compared. */
const plain = (object: unknown): unknown => JSON.parse(JSON.stringify(object));

describe(
  'on the etcd of an upstream API server',
  { skip: whyNoUpstream('kube-apiserver') ?? false },
  () => {
    test('both servers read, change and remove the same objects', async () => {
      await using upstream = await UpstreamServer.start();
      const data = await mkdtemp(join(tmpdir(), 'cox-etcd-'));
      await using _data = {
        [Symbol.asyncDispose]: () => rm(data, { recursive: true, force: true }),
      };
      const [port] = await freePorts(1);
      await using ours = coxRunning([
        ...['serve', 'apiserver', '--data', data, '--port', String(port)],
        ...['--etcd-servers', upstream.etcdUrl],
      ]);
      const kubeconfig = join(data, 'kubeconfig');
      const own = await until(
        'our server answers',
        60_000,
        async () => {
          const api = apiOf(kubeconfig);
          await api.read({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
          return api;
        },
        () => ours.err,
      );
      const theirs = apiOf(upstream.kubeconfig);
      await theirs.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      for (const [writer, reader, suffix] of [
        [own, theirs, 'ours'],
        [theirs, own, 'theirs'],
      ] as const) {
        for (const object of objects(suffix)) {
          const made = plain(await writer.create(object));
          const read = async (api: KubernetesObjectApi): Promise<unknown> =>
            plain(await api.read(object as Parameters<KubernetesObjectApi['read']>[0]));
          assert.deepEqual(await read(reader), made, `${object.kind} made by ${suffix}`);
          const labels = { changed: 'by-the-other' };
          const changed = plain(
            await reader.patch(
              { ...object, metadata: { ...object.metadata, labels } },
              undefined,
              undefined,
              'swap',
              undefined,
              'application/merge-patch+json',
            ),
          );
          assert.deepEqual(await read(writer), changed, `${object.kind} changed by the other`);
        }
        const [first] = objects(suffix);
        await writer.delete(first!);
        await assert.rejects(
          reader.read(first as Parameters<KubernetesObjectApi['read']>[0]),
          /HTTP-Code: 404/,
        );
      }
    });
  },
);
