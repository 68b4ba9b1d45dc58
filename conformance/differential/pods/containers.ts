import type { Case } from '../broken.ts';
import { c0 } from './parts.ts';

/** Ports, environment and resources. */
export const containers: readonly Case[] = [
  ['port empty', { [`${c0}.ports`]: [{}] }],
  [
    'port large',
    {
      [`${c0}.ports`]: [
        { containerPort: 70000, hostPort: -1, protocol: 'x', name: 'A_', hostIP: 'x' },
      ],
    },
  ],
  [
    'port names',
    {
      [`${c0}.ports`]: [
        { containerPort: 1, name: 'a' },
        { containerPort: 2, name: 'a' },
      ],
    },
  ],
  [
    'ports twice',
    {
      [`${c0}.ports`]: [
        { containerPort: 1, name: 'a' },
        { containerPort: 1, name: 'b' },
      ],
    },
  ],
  [
    'host ports twice',
    {
      [`${c0}.ports`]: [
        { containerPort: 1, hostPort: 1 },
        { containerPort: 2, hostPort: 1 },
      ],
    },
  ],
  [
    'host network',
    {
      'spec.hostNetwork': true,
      [`${c0}.ports`]: [{ containerPort: 80 }, { containerPort: 80, hostPort: 81 }],
    },
  ],
  [
    'env',
    {
      [`${c0}.env`]: [
        { name: '' },
        { name: 'a=b' },
        { name: 'a', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'b', valueFrom: {} },
      ],
    },
  ],
  [
    'env names',
    {
      [`${c0}.env`]: [
        { name: '1a b', value: 'x' },
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
        { name: '..', value: 'x' },
      ],
    },
  ],
  [
    'env fields',
    {
      [`${c0}.env`]: [
        { name: 'a', valueFrom: { fieldRef: { fieldPath: '' } } },
        { name: 'b', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } },
        { name: 'c', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a b']" } } },
        { name: 'd', valueFrom: { fieldRef: { fieldPath: "metadata.name['a']" } } },
        { name: 'e', valueFrom: { fieldRef: { apiVersion: 'v9', fieldPath: 'metadata.name' } } },
        { name: 'f', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
      ],
    },
  ],
  [
    'env resources',
    {
      [`${c0}.env`]: [
        { name: 'a', valueFrom: { resourceFieldRef: { resource: '' } } },
        { name: 'b', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } },
        { name: 'c', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2m' } } },
        {
          name: 'd',
          valueFrom: { resourceFieldRef: { containerName: 'A_', resource: 'limits.cpu' } },
        },
        {
          name: 'e',
          valueFrom: { resourceFieldRef: { resource: 'limits.hugepages-2Mi', divisor: '3' } },
        },
      ],
    },
  ],
  [
    'env sources',
    {
      [`${c0}.env`]: [
        { name: 'a', valueFrom: { configMapKeyRef: { name: '', key: '' } } },
        { name: 'b', valueFrom: { secretKeyRef: { name: 'x', key: 'a b' } } },
        { name: 'c', valueFrom: { configMapKeyRef: { name: 'A_', key: '..' } } },
        {
          name: 'd',
          valueFrom: {
            configMapKeyRef: { name: 'a', key: 'b' },
            secretKeyRef: { name: 'a', key: 'b' },
          },
        },
      ],
    },
  ],
  [
    'env from files',
    {
      [`${c0}.env`]: [
        { name: 'a', valueFrom: { fileKeyRef: { volumeName: '', path: '', key: '' } } },
        { name: 'b', valueFrom: { fileKeyRef: { volumeName: 'v', path: '/x/../y', key: 'a b' } } },
      ],
    },
  ],
  [
    'env from',
    {
      [`${c0}.envFrom`]: [
        {},
        { configMapRef: { name: '' } },
        { prefix: 'a=', secretRef: { name: 'A_' } },
        { configMapRef: { name: 'a' }, secretRef: { name: 'b' } },
      ],
    },
  ],
  [
    'resources',
    {
      [`${c0}.resources`]: {
        limits: { cpu: '1m', memory: '-1' },
        requests: { cpu: '2', memory: '3', 'x.y/z': '1', 'a b': '1', other: '1' },
      },
    },
  ],
  [
    'extended resources',
    {
      [`${c0}.resources`]: {
        limits: { 'example.com/gpu': '1500m', 'requests.example.com/x': '1' },
        requests: { 'example.com/gpu': '1' },
      },
    },
  ],
  ['huge pages', { [`${c0}.resources`]: { limits: { 'hugepages-2Mi': '1Mi' } } }],
  ['huge pages, no other', { [`${c0}.resources`]: { limits: { 'hugepages-2Mi': '2Mi' } } }],
  [
    'huge pages, only requested',
    { [`${c0}.resources`]: { requests: { 'hugepages-2Mi': '2Mi', cpu: '1' } } },
  ],
  [
    'fractional memory',
    { [`${c0}.resources`]: { requests: { memory: '100m', 'ephemeral-storage': '1m' } } },
  ],
  [
    'pod resources',
    {
      'spec.resources': {
        requests: { cpu: '1m', 'example.com/x': 1, 'ephemeral-storage': '1' },
        limits: { cpu: '50m' },
      },
    },
  ],
  ['pod resources below', { 'spec.resources': { requests: { cpu: '10m' } } }],
  [
    'pod resources with claims',
    { 'spec.resources': { claims: [{ name: 'x' }], requests: { cpu: '1' } } },
  ],
  [
    'resize policy',
    {
      [`${c0}.resizePolicy`]: [
        { resourceName: 'gpu', restartPolicy: 'x' },
        { resourceName: 'cpu' },
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
      ],
    },
  ],
  [
    'resize policy of a pod that ends',
    {
      'spec.restartPolicy': 'Never',
      [`${c0}.resizePolicy`]: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
    },
  ],
];
