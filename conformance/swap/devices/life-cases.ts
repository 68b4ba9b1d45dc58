/** Claims in the course of time: made, shared, waited for, given back. */
import type { Case, Thing } from '../case.ts';
import { caseOf, type DeviceCase, named, requests, type Words } from './case.ts';

type Make = (words: Words) => DeviceCase;

const allocatedTo = (w: Words, node: string, device: string): object => ({
  status: {
    allocation: {
      devices: { results: [{ request: 'one', driver: w.driver, pool: w.on(node), device }] },
      nodeSelector: {
        nodeSelectorTerms: [
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: [w.on(node)] }] },
        ],
      },
    },
  },
});
const onNode = (w: Words, node: string): object => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: [w.on(node)] }] },
        ],
      },
    },
  },
});
const bPool = (w: Words): object => ({ nodeName: w.on('b'), pool: { name: w.on('b') } });
const containerNeeding = (name: string, requested: object): object => ({
  ...{ name, image: 'i', resources: { requests: requested, limits: requested } },
});
const needing = (requested: object, more: object = {}): object => ({
  containers: [{ ...containerNeeding('main', requested), ...more }],
});
const bound = {
  name: 'd1',
  bindsToNode: true,
  bindingConditions: ['example.com/ready'],
  bindingFailureConditions: ['example.com/failed'],
};
const condition = (type: string): object => ({
  ...{ type, status: 'True', reason: 'Because', message: 'it is so' },
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const deviceSays = (w: Words, type: string): object => ({
  status: {
    devices: [{ driver: w.driver, pool: w.on('a'), device: 'd1', conditions: [condition(type)] }],
  },
});
const both = (w: Words): readonly Thing[] => [
  w.slice(named('d1')),
  w.slice(named('d1'), bPool(w), 'other'),
  w.class(),
];

const lives: readonly Make[] = [
  (w) => ({
    name: 'a claim that comes after its pod',
    nodes: [w.node()],
    gated: ['pod'],
    steps: [
      { make: [w.slice(named('d1')), w.class(), w.pod(['claim'])] },
      { make: [w.claim(requests(w.asks()))], awaits: ['pod'] },
    ],
  }),
  (w) => ({
    name: 'a class that comes after its pod',
    nodes: [w.node()],
    steps: [
      { make: [w.slice(named('d1')), w.claim(requests(w.asks())), w.pod(['claim'])] },
      { make: [w.class()], awaits: ['pod'] },
    ],
  }),
  (w) => ({
    name: 'devices that come after their pod',
    nodes: [w.node()],
    steps: [
      { make: [w.class(), w.claim(requests(w.asks())), w.pod(['claim'])] },
      { make: [w.slice(named('d1'))], awaits: ['pod'] },
    ],
  }),
  (w) => ({
    name: 'a claim from a template',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1')),
          w.class(),
          w.template(requests(w.asks())),
          w.pod(['t:template']),
        ],
      },
      { remove: [w.pod([])] },
    ],
  }),
  (w) => ({
    name: 'a template that comes after its pod',
    nodes: [w.node()],
    gated: ['pod'],
    steps: [
      { make: [w.slice(named('d1')), w.class(), w.pod(['t:template'])] },
      { make: [w.template(requests(w.asks()))], awaits: ['pod'] },
    ],
  }),
  (w) => ({
    name: 'the claim of a pod that has ended',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1')),
          w.class(),
          w.template(requests(w.asks())),
          w.pod(['t:template']),
        ],
      },
      { change: [{ of: w.pod([]), to: { status: { phase: 'Succeeded' } }, part: 'status' }] },
    ],
  }),
  (w) => ({
    name: 'two claims of one pod',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1', 'd2')),
          w.class(),
          w.claim(requests(w.asks())),
          w.claim(requests(w.asks()), 'more'),
          w.pod(['more', 'claim']),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'two claims of one pod, and one device',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1')),
          w.class(),
          w.claim(requests(w.asks())),
          w.claim(requests(w.asks()), 'more'),
          w.pod(['more', 'claim']),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'one claim of two pods',
    nodes: [w.node('a'), w.node('b')],
    steps: [
      { make: [...both(w), w.claim(requests(w.asks())), w.pod(['claim'], onNode(w, 'b'))] },
      { make: [w.pod(['claim'], {}, 'second')] },
      { remove: [w.pod([])] },
      { remove: [w.pod([], {}, 'second')] },
    ],
  }),
  (w) => ({
    name: 'a device that two pods want',
    nodes: [w.node()],
    steps: [
      { make: [w.slice(named('d1')), w.class(), w.claim(requests(w.asks())), w.pod(['claim'])] },
      { make: [w.claim(requests(w.asks()), 'next'), w.pod(['next'], {}, 'second')] },
      { remove: [w.pod([])] },
    ],
  }),
  (w) => ({
    name: 'a claim that is allocated elsewhere, in use',
    nodes: [w.node('a'), w.node('b')],
    steps: [
      { make: [...both(w), w.claim(requests(w.asks())), w.pod(['claim'], onNode(w, 'a'))] },
      { make: [w.pod(['claim'], onNode(w, 'b'), 'second')] },
    ],
  }),
  (w) => ({
    name: 'a claim that is allocated elsewhere, not in use',
    nodes: [w.node('a'), w.node('b')],
    steps: [
      { make: [...both(w), w.claim(requests(w.asks()))] },
      { change: [{ of: w.claim({}), to: allocatedTo(w, 'a', 'd1'), part: 'status' }] },
      { make: [w.pod(['claim'], onNode(w, 'b'))] },
    ],
  }),
  (w) => ({
    name: 'a pod that came to its node by another way',
    nodes: [w.node()],
    steps: [
      { make: [w.slice(named('d1')), w.class(), w.claim(requests(w.asks()))] },
      { change: [{ of: w.claim({}), to: allocatedTo(w, 'a', 'd1'), part: 'status' }] },
      { make: [w.pod(['claim'], { nodeName: w.on('a') })] },
    ],
  }),
  (w) => ({
    name: 'a claim that is deleted while it is used',
    nodes: [w.node()],
    gated: ['second'],
    steps: [
      { make: [w.slice(named('d1')), w.class(), w.claim(requests(w.asks())), w.pod(['claim'])] },
      { remove: [w.claim({})] },
      { make: [w.pod(['claim'], {}, 'second')] },
      { remove: [w.pod([])] },
    ],
  }),
  (w) => ({
    name: 'access of administrators to what is in use',
    namespaceLabels: { 'resource.kubernetes.io/admin-access': 'true' },
    nodes: [w.node()],
    steps: [
      { make: [w.slice(named('d1')), w.class(), w.claim(requests(w.asks())), w.pod(['claim'])] },
      {
        make: [
          w.claim(requests(w.asks({ adminAccess: true, allocationMode: 'All' })), 'admin'),
          w.pod(['admin'], {}, 'second'),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'an extended resource by a name of its own',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1', 'd2', 'd3')),
          w.class({ extendedResourceName: `${w.driver}/gpu` }),
          w.pod([], needing({ cpu: '1', [`${w.driver}/gpu`]: '2' })),
        ],
      },
      { remove: [w.pod([])] },
    ],
  }),
  (w) => ({
    name: 'an extended resource by the name of its class',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1')),
          w.class(),
          w.pod([], needing({ [`deviceclass.resource.kubernetes.io/${w.className()}`]: '1' })),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'more of an extended resource than there are devices',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1')),
          w.class({ extendedResourceName: `${w.driver}/gpu` }),
          w.pod([], needing({ [`${w.driver}/gpu`]: '2' })),
        ],
      },
      { make: [w.slice(named('e1', 'e2'), { pool: { name: 'more' } }, 'more')] },
    ],
  }),
  (w) => ({
    name: 'an extended resource that the node has itself',
    nodes: [w.node('a', { allocatable: { [`c-own.example.com/gpu`]: '2' } })],
    steps: [
      {
        make: [
          w.slice(named('d1')),
          w.class({ extendedResourceName: 'c-own.example.com/gpu' }),
          w.pod([], needing({ 'c-own.example.com/gpu': '1' })),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'an extended resource of several containers',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1', 'd2', 'd3', 'd4', 'd5', 'd6')),
          w.class({ extendedResourceName: `${w.driver}/gpu` }),
          w.pod([], {
            initContainers: [
              containerNeeding('first', { [`${w.driver}/gpu`]: '3' }),
              {
                ...containerNeeding('side', { [`${w.driver}/gpu`]: '1' }),
                restartPolicy: 'Always',
              },
              containerNeeding('last', { [`${w.driver}/gpu`]: '4' }),
            ],
            ...needing({ [`${w.driver}/gpu`]: '1' }),
          }),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'a claim beside an extended resource',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1', 'd2')),
          w.class({ extendedResourceName: `${w.driver}/gpu` }),
          w.claim(requests(w.asks())),
          w.pod(['claim'], needing({ [`${w.driver}/gpu`]: '1' })),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'a device that has to be made ready',
    nodes: [w.node()],
    gated: ['pod'],
    steps: [
      { make: [w.slice([bound]), w.class(), w.claim(requests(w.asks())), w.pod(['claim'])] },
      { change: [{ of: w.claim({}), to: deviceSays(w, 'example.com/ready'), part: 'status' }] },
    ],
  }),
  (w) => ({
    name: 'devices without conditions come first',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice([bound]),
          w.slice(named('e1'), { pool: { name: 'zoo' } }, 'other'),
          w.class(),
          w.claim(requests(w.asks())),
          w.pod(['claim']),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'no devices, and a node too small',
    nodes: [w.node('a'), w.node('b')],
    steps: [
      {
        make: [
          w.slice(named('d1'), { nodeName: w.on('a') }),
          w.class(),
          w.claim(requests(w.asks({ count: 2 }))),
          w.pod(['claim'], needing({ cpu: '9' })),
        ],
      },
    ],
  }),
  (w) => ({
    name: 'a taint on a device that is in use',
    nodes: [w.node()],
    steps: [
      { make: [w.slice(named('d1')), w.class(), w.claim(requests(w.asks())), w.pod(['claim'])] },
      {
        change: [
          {
            of: w.slice([]),
            to: {
              spec: { devices: [{ name: 'd1', taints: [{ key: 'broken', effect: 'NoExecute' }] }] },
            },
          },
        ],
      },
    ],
  }),
  (w) => ({
    name: 'a taint that is tolerated on a device that is in use',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice(named('d1')),
          w.class(),
          w.claim(
            requests(
              w.asks({ tolerations: [{ key: 'broken', operator: 'Exists', effect: 'NoExecute' }] }),
            ),
          ),
          w.pod(['claim']),
        ],
      },
      {
        change: [
          {
            of: w.slice([]),
            to: {
              spec: { devices: [{ name: 'd1', taints: [{ key: 'broken', effect: 'NoExecute' }] }] },
            },
          },
        ],
      },
    ],
  }),
];

/** Cases of claims over time; their numbers follow those of one pod's devices. */
export const lifeCases = (from: number): readonly Case[] =>
  lives.map((make, at) => caseOf(from + at, make));
