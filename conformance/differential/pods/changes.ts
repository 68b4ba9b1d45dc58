import type { Case } from '../broken.ts';
import { c0, http, second } from './parts.ts';

/** Changes of a pod that stands, and of its parts that have a path of their own. */
export const updates: readonly Case[] = [
  ['nothing', {}],
  ['labels', { 'metadata.labels': { a: 'b' } }],
  ['image', { [`${c0}.image`]: 'web:2' }],
  ['no image', { [`${c0}.image`]: '' }],
  ['a command', { [`${c0}.command`]: ['x'] }],
  ['another container', { 'spec.containers.1': second }],
  ['another init container', { 'spec.initContainers': [second] }],
  ['a deadline', { 'spec.activeDeadlineSeconds': 5 }],
  ['a bad deadline', { 'spec.activeDeadlineSeconds': -5 }],
  ['a toleration', { 'spec.tolerations': [{ key: 'a', operator: 'Exists' }] }],
  ['a gate', { 'spec.schedulingGates': [{ name: 'a' }] }],
  ['a node', { 'spec.nodeName': 'n' }],
  ['a selector', { 'spec.nodeSelector': { a: 'b' } }],
  ['resources', { [`${c0}.resources`]: { requests: { cpu: '200m' } } }],
  ['a priority', { 'spec.priority': 7 }],
  ['grace', { 'spec.terminationGracePeriodSeconds': 1 }],
  ['host network', { 'spec.hostNetwork': true }],
  ['mirror annotation', { 'metadata.annotations': { 'kubernetes.io/config.mirror': 'x' } }],
  [
    'apparmor annotation',
    {
      'metadata.annotations': {
        'container.apparmor.security.beta.kubernetes.io/web': 'runtime/default',
      },
    },
  ],
  ['an ephemeral container', { 'spec.ephemeralContainers': [{ name: 'debug', image: 'x' }] }],
  ['owner', { 'metadata.ownerReferences': [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'y' }] }],
  ['generate name', { 'metadata.generateName': 'x-' }],
];

export const status: readonly Case[] = [
  ['phase', { status: { phase: 'Running' } }],
  ['a bad phase', { status: { phase: 'Sleeping' } }],
  ['nominated node', { status: { nominatedNodeName: 'A B' } }],
  ['IPs', { status: { podIPs: [{ ip: 'x' }, { ip: '1.1.1.1' }, { ip: '1.1.1.1' }] } }],
  ['host IPs', { status: { hostIPs: [{ ip: '1.1.1.1' }, { ip: '1.1.1.2' }, { ip: 'x' }] } }],
  ['host IP and host IPs', { status: { hostIP: '1.1.1.2', hostIPs: [{ ip: '1.1.1.1' }] } }],
  ['pod IP and pod IPs', { status: { podIP: '1.1.1.2', podIPs: [{ ip: '1.1.1.1' }] } }],
  [
    'conditions',
    {
      status: {
        conditions: [
          { type: 'a b', status: 'x' },
          { type: 'Ready', status: 'True', observedGeneration: -1 },
        ],
      },
    },
  ],
  [
    'conditions twice',
    {
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'Ready', status: 'False' },
        ],
      },
    },
  ],
  [
    'container states',
    {
      status: {
        containerStatuses: [
          {
            name: 'web',
            ready: true,
            restartCount: 0,
            image: 'x',
            imageID: '',
            state: { running: { startedAt: '2026-11-21T12:00:00Z' }, terminated: { exitCode: 1 } },
          },
        ],
      },
    },
  ],
  [
    'waiting again',
    {
      status: {
        containerStatuses: [
          {
            name: 'web',
            ready: false,
            restartCount: 0,
            image: 'x',
            imageID: '',
            state: { waiting: {} },
          },
        ],
      },
    },
  ],
  ['claims', { status: { resourceClaimStatuses: [{ name: 'x' }] } }],
  [
    'extended claim',
    { status: { extendedResourceClaimStatus: { requestMappings: [], resourceClaimName: '' } } },
  ],
  ['qos', { status: { qosClass: 'Guaranteed' } }],
  ['observed generation', { status: { observedGeneration: -1 } }],
  ['resize', { status: { resize: 'x' } }],
  ['spec is kept', { [`${c0}.image`]: 'other', status: { message: 'm' } }],
];

export const resize: readonly Case[] = [
  ['more', { [`${c0}.resources.requests.cpu`]: '200m' }],
  ['a limit', { [`${c0}.resources.limits`]: { cpu: '300m' } }],
  ['guaranteed', { [`${c0}.resources.limits`]: { cpu: '100m', memory: '1Mi' } }],
  ['less memory', { [`${c0}.resources.requests`]: { cpu: '100m' } }],
  ['storage', { [`${c0}.resources.requests.ephemeral-storage`]: '1Gi' }],
  ['below zero', { [`${c0}.resources.requests.cpu`]: '-1' }],
  ['an image', { [`${c0}.image`]: 'web:3' }],
  ['another name', { [`${c0}.name`]: 'other' }],
  ['another container', { 'spec.containers.1': second }],
  [
    'resize policy',
    { [`${c0}.resizePolicy`]: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] },
  ],
  ['pod resources', { 'spec.resources': { requests: { cpu: '1' } } }],
];

export const ephemeral: readonly Case[] = [
  ['one', { 'spec.ephemeralContainers': [{ name: 'debug', image: 'x' }] }],
  ['a bad one', { 'spec.ephemeralContainers': [{ name: '', image: '' }] }],
  ['of a name', { 'spec.ephemeralContainers': [{ name: 'web', image: 'x' }] }],
  [
    'twice',
    {
      'spec.ephemeralContainers': [
        { name: 'a', image: 'x' },
        { name: 'a', image: 'x' },
      ],
    },
  ],
  [
    'with all that is not allowed',
    {
      'spec.ephemeralContainers': [
        {
          name: 'a',
          image: ' x',
          ports: [{ containerPort: 1 }],
          livenessProbe: http,
          readinessProbe: http,
          startupProbe: http,
          lifecycle: { preStop: { exec: { command: ['x'] } } },
          resources: { requests: { cpu: '1' } },
          resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
          restartPolicy: 'Always',
          volumeMounts: [{ name: 'x', mountPath: '/a', subPath: 'y' }],
          targetContainerName: 'nobody',
        },
      ],
    },
  ],
  [
    'target',
    { 'spec.ephemeralContainers': [{ name: 'a', image: 'x', targetContainerName: 'web' }] },
  ],
  [
    'and another image',
    { [`${c0}.image`]: 'no', 'spec.ephemeralContainers': [{ name: 'a', image: 'x' }] },
  ],
];
