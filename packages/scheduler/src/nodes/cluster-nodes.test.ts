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
  id: fc.integer({ min: 1, max: 8 }),
  on: fc.constantFrom(...names),
  cpu: fc.integer({ min: 0, max: 3 }),
  gpu: fc.boolean(),
  port: fc.option(fc.constantFrom(...ports), { nil: undefined }),
});
type Shape = typeof arbitraryPod extends fc.Arbitrary<infer T> ? T : never;
const podOf = ({ id, on, cpu, gpu, port }: Shape): Pod => {
  const base = port ? withPorts(`p${id}`, port) : pod(`p${id}`);
  const requests = { cpu: String(cpu), ...(gpu && { 'example.com/gpu': '1' }) };
  const containers = base.spec.containers.map((one) => ({ ...one, resources: { requests } }));
  return placed({ ...base, spec: { ...base.spec, containers } }, on);
};
const arbitraryEvent = fc.oneof(
  fc.record({ set: arbitraryPod }),
  fc.record({ remove: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ node: fc.constantFrom(...names), zone: fc.constantFrom(...zones) }),
  fc.record({ away: fc.constantFrom(...names) }),
);

const stateOf = (nodes: ClusterNodes): unknown =>
  [...nodes.byName.values()]
    .map((info) => ({
      name: info.name,
      zone: info.node.metadata.labels?.['topology.kubernetes.io/zone'],
      allocatable: info.allocatable,
      pods: [...info.pods].map(({ metadata }) => metadata.uid).toSorted(),
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
    fc.property(fc.array(arbitraryEvent, { maxLength: 40 }), (events) => {
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
      const all = parseSelector('');
      const on = (of: ClusterNodes): unknown =>
        of.groups.matching(all, 'default').map((group) => [
          [...group.nodes].map(([{ name }, count]) => `${name} ${count}`).toSorted(),
          // as domains by their names: numbers depend on the way
          zones.map((zone) => {
            const domains = of.groups.domains(zoneKey);
            const id = domains.idOf({ [zoneKey]: zone });
            return id < 0 ? [] : [domains.sizes[id], group.in(domains)[id]];
          }),
        ]);
      assert.deepEqual(on(stepwise), on(whole));
      assert.deepEqual(
        stepwise.list.map(({ name }) => name).toSorted(),
        [...nodes.keys()].toSorted(),
      );
    }),
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
