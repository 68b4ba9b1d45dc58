/** The pod worker over a runtime that fails now and then: every pod runs in the end, and every deleted one leaves nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Namespaces, Pods } from '@coxswain/api';
import { seededRandom } from '@coxswain/base';
import { createTestCluster } from '@coxswain/cluster/testing';
import { startKubelet } from '../kubelet.ts';
import { RuntimeError } from '../runtime.ts';
import { simulatedChecks, simulatedHost, simulatedReferences, SimulatedRuntime } from './index.ts';

const faulty = new Set<PropertyKey>([
  ...['runSandbox', 'createContainer', 'startContainer', 'stopContainer', 'containerStatus'],
  ...['sandboxes', 'containers', 'sandboxStatus', 'stopSandbox', 'imageStatus', 'pullImage'],
]);

/** One call in five fails before it does anything, or after it has done it. */
function withFaults(runtime: SimulatedRuntime, seed: number): SimulatedRuntime {
  const random = seededRandom(seed);
  const fail = (): void => {
    if (random() < 0.1) throw new RuntimeError('unavailable', 'rpc error: lost', 'lost');
  };
  return new Proxy(runtime, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const call = member.bind(target) as (...args: unknown[]) => unknown;
      if (!faulty.has(name)) return call;
      return async (...args: unknown[]) => {
        fail();
        const answer = await call(...args);
        fail();
        return answer;
      };
    },
  });
}

for (const seed of [1, 2, 3, 4, 6])
  test(`faults, seed ${seed}`, async () => {
    await using cluster = await createTestCluster({ seed });
    const { client, world, signal } = cluster;
    for (const name of ['default', 'kube-node-lease'])
      await client.create(Namespaces, { metadata: { name }, spec: {} }, { signal });
    const inner = new SimulatedRuntime(world, '10.200.1.0/24');
    await using kubelet = startKubelet(
      {
        ...{
          world,
          client,
          nodeName: 'n1',
          nodeIps: ['172.30.0.2'],
          runtime: withFaults(inner, seed),
        },
        machine: {
          ...{ architecture: 'amd64', cpus: 8, memoryBytes: 2 ** 34, storageBytes: 2 ** 36 },
          ...{ machineId: 'm', systemUuid: 's', bootId: 'b', kernelVersion: 'k', osImage: 'o' },
        },
        ...{ kubeletVersion: 'v1.36.2', labels: {}, taints: [], podsMax: 110, kubeletPort: 10_250 },
        ...{ host: simulatedHost, checks: simulatedChecks, references: simulatedReferences },
        ...{ clusterDns: [], clusterDomain: 'cluster.local', hasServiceLinks: false },
      },
      signal,
    );
    await cluster.advance('1s');
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names)
      await client.create(
        Pods,
        {
          metadata: { name, namespace: 'default' },
          spec: {
            ...{ nodeName: 'n1', restartPolicy: 'Always', terminationGracePeriodSeconds: 1 },
            initContainers: [{ name: 'i', image: 'app:1', command: ['true'] }],
            containers: [{ name: 'c', image: 'app:1', command: ['serve'] }],
          },
        },
        { signal },
      );
    await cluster.advance('30m');
    const { items } = await client.list(Pods, { namespace: 'default', signal });
    assert.deepEqual(
      items.map(({ status }) => status?.phase),
      names.map(() => 'Running'),
    );
    const running = (await inner.containers(undefined)).filter(({ state }) => state === 'running');
    assert.equal(running.length, names.length, 'one container each');
    for (const name of names) await client.remove(Pods, name, { namespace: 'default', signal });
    await cluster.advance('30m');
    assert.deepEqual((await client.list(Pods, { namespace: 'default', signal })).items, []);
    assert.deepEqual(await inner.sandboxes(undefined), []);
    assert.deepEqual(await inner.containers(undefined), []);
    assert.equal(kubelet.pods.all.size, 0);
  });
