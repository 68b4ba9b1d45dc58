import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { parseSelector } from '@coxswain/api';
import fc from 'fast-check';
import { node, pod, withPorts } from '../testing/objects.ts';
import { ClusterNodes } from './cluster-nodes.ts';

const names = ['a', 'b', 'c'] as const;
const ports = ['80', '81'] as const;
const zoneKey = 'topology.kubernetes.io/zone';
const zones = ['x', 'y'] as const;

const placed = (of: Pod, nodeName: string): Pod => ({ ...of, spec: { ...of.spec, nodeName } });
const arbitraryPod = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  on: fc.constantFrom(...names),
  cpu: fc.integer({ min: 0, max: 3 }),
  gpu: fc.boolean(),
  port: fc.option(fc.constantFrom(...ports), { nil: undefined }),
});
/** What another revision of a pod may have on its node. */
const arbitraryRevision = fc.record({
  labels: fc.constantFrom({ app: 'x' }, { app: 'y' }),
  deletionTimestamp: fc.constantFrom(undefined, '2026-01-01T00:00:00Z'),
  affinity: fc.constantFrom(undefined, { podAffinity: {} }),
  held: fc.constantFrom(undefined, undefined, '9'),
});
type Revision = typeof arbitraryRevision extends fc.Arbitrary<infer T> ? T : never;
type Shape = typeof arbitraryPod extends fc.Arbitrary<infer T> ? T : never;
const podOf = ({ id, on, cpu, gpu, port }: Shape): Pod => {
  const base = port ? withPorts(`p${id}`, port) : pod(`p${id}`);
  const requests = { cpu: String(cpu), ...(gpu && { 'example.com/gpu': '1' }) };
  const containers = base.spec.containers.map((one) => ({ ...one, resources: { requests } }));
  const metadata = { ...base.metadata, labels: { app: 'x' } };
  return placed({ ...base, metadata, spec: { ...base.spec, containers } }, on);
};
function revised(of: Pod, as: Revision): Pod {
  const { labels, deletionTimestamp, affinity, held } = as;
  const { name } = of.spec.containers[0]!;
  const containerStatus = { name, image: 'i', imageID: '', ready: true, restartCount: 0 };
  return {
    ...of,
    metadata: { ...of.metadata, labels, ...(deletionTimestamp && { deletionTimestamp }) },
    spec: { ...of.spec, ...(affinity && { affinity }) },
    status: held
      ? { containerStatuses: [{ ...containerStatus, resources: { requests: { cpu: held } } }] }
      : {},
  };
}
const weighed = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const arbitraryEvent = fc.oneof(
  weighed(2, fc.record({ set: arbitraryPod })),
  weighed(4, fc.record({ again: fc.integer({ min: 1, max: 4 }), as: arbitraryRevision })),
  weighed(1, fc.record({ remove: fc.integer({ min: 1, max: 4 }) })),
  weighed(3, fc.record({ node: fc.constantFrom(...names), zone: fc.constantFrom(...zones) })),
  weighed(1, fc.record({ away: fc.constantFrom(...names) })),
);

const stateOf = (nodes: ClusterNodes): unknown =>
  [...nodes.byName.values()]
    .map((info) => ({
      name: info.name,
      zone: info.node.metadata.labels?.['topology.kubernetes.io/zone'],
      allocatable: info.allocatable,
      pods: [...info.pods].map(({ metadata }) => JSON.stringify(metadata)).toSorted(),
      requested: {
        ...info.requested,
        others: [...info.requested.others].filter(([, amount]) => amount > 0),
      },
      scored: info.scored,
      taken: ports.map((port) =>
        info.ports.conflicts({ address: '0.0.0.0', protocol: 'TCP', port: Number(port) }),
      ),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

test('nodes changed step by step equal nodes built from scratch', () =>
  fc.assert(
    fc.property(fc.array(arbitraryEvent, { minLength: 20, maxLength: 60 }), (events) => {
      const stepwise = new ClusterNodes();
      stepwise.groups.domains(zoneKey); // counted from the start
      const pods = new Map<string, Pod>();
      const nodes = new Map<string, Node>();
      for (const event of events) {
        for (const group of stepwise.groups.all) group.in(stepwise.groups.domains(zoneKey));
        if ('set' in event) {
          const one = podOf(event.set);
          pods.set(one.metadata.uid!, one);
          stepwise.setPod(one);
        } else if ('again' in event) {
          const known = pods.get(`uid-p${event.again}`);
          if (!known) continue;
          const one = revised(known, event.as);
          pods.set(one.metadata.uid!, one);
          stepwise.setPod(one);
        } else if ('remove' in event) {
          const uid = `uid-p${event.remove}`;
          assert.equal(stepwise.removePod(uid), pods.delete(uid));
        } else if ('node' in event) {
          const one = node(event.node, { labels: { [zoneKey]: event.zone } });
          nodes.set(event.node, one);
          stepwise.setNode(one);
        } else {
          nodes.delete(event.away);
          stepwise.removeNode(event.away);
        }
      }
      const whole = new ClusterNodes();
      for (const one of nodes.values()) whole.setNode(one);
      for (const one of pods.values()) whole.setPod(one);
      assert.deepEqual(stateOf(stepwise), stateOf(whole));
      const all = ['x', 'y'].map((app) => parseSelector(`app=${app}`));
      const found = (of: ClusterNodes) => all.map((each) => of.groups.matching(each, 'default'));
      const on = (of: ClusterNodes): unknown =>
        found(of).map((groups) =>
          groups
            .map((group) => [
              JSON.stringify(group.pod.spec.affinity),
              [...group.nodes].map(([{ name }, count]) => `${name} ${count}`).toSorted(),
              [...of.byName.values()]
                .map(({ name, slot }) => `${name} ${of.groups.bySlot([group], 9)![slot]}`)
                .toSorted(),
              // as domains by their names: numbers depend on the way
              zones.map((zone) => {
                const domains = of.groups.domains(zoneKey);
                const id = domains.idOf({ [zoneKey]: zone });
                return id < 0 ? [] : [domains.sizes[id], group.in(domains)[id]];
              }),
            ])
            .toSorted(),
        );
      assert.deepEqual(on(stepwise), on(whole));
      assert.deepEqual(
        stepwise.list.map(({ name }) => name).toSorted(),
        [...nodes.keys()].toSorted(),
      );
    }),
    { numRuns: 1000 },
  ));

test('zones take turns', () => {
  const nodes = new ClusterNodes();
  const add = (name: string, zone: string): void =>
    nodes.setNode(node(name, { labels: { 'topology.kubernetes.io/zone': zone } }));
  for (const name of ['a1', 'a2', 'a3']) add(name, 'a');
  add('b1', 'b');
  for (const name of ['c1', 'c2']) add(name, 'c');
  const order = (): readonly string[] => nodes.list.map(({ name }) => name);
  assert.deepEqual(order(), ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  add('a2', 'b'); // moved
  assert.deepEqual(order(), ['a1', 'a2', 'c1', 'a3', 'b1', 'c2']);
});
