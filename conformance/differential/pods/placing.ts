import type { Case } from '../broken.ts';

const term = (expressions: object): object => ({ nodeSelectorTerms: [expressions] });
const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Where a pod may go. */
export const placing: readonly Case[] = [
  [
    'node affinity without terms',
    { 'spec.affinity': { nodeAffinity: { [hard]: { nodeSelectorTerms: [] } } } },
  ],
  [
    'node expression',
    {
      'spec.affinity': {
        nodeAffinity: {
          [hard]: term({
            matchExpressions: [
              { key: 'a b', operator: 'Gt', values: [] },
              { key: 'a', operator: 'In' },
              { key: 'a', operator: 'x' },
              { key: 'a', operator: 'Exists', values: ['x'] },
              { key: 'a', operator: 'In', values: ['a b'] },
              { key: 'a', operator: 'Lt', values: ['x'] },
            ],
          }),
        },
      },
    },
  ],
  [
    'node field',
    {
      'spec.affinity': {
        nodeAffinity: {
          [hard]: term({
            matchFields: [
              { key: 'metadata.uid', operator: 'In', values: ['x'] },
              { key: 'metadata.name', operator: 'Exists' },
              { key: 'metadata.name', operator: 'In', values: ['A B'] },
              { key: 'metadata.name', operator: 'In', values: ['a', 'b'] },
            ],
          }),
        },
      },
    },
  ],
  [
    'node preference',
    {
      'spec.affinity': {
        nodeAffinity: {
          [soft]: [
            { weight: 0, preference: {} },
            { weight: 101, preference: { matchExpressions: [{ key: '', operator: 'Exists' }] } },
          ],
        },
      },
    },
  ],
  [
    'pod affinity',
    {
      'spec.affinity': {
        podAffinity: {
          [hard]: [
            { topologyKey: '' },
            {
              topologyKey: 'a b',
              labelSelector: { matchLabels: { 'a b': 'c' } },
              namespaces: ['A_'],
              namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'x' }] },
            },
          ],
        },
      },
    },
  ],
  [
    'pod anti-affinity',
    {
      'spec.affinity': {
        podAntiAffinity: { [soft]: [{ weight: 0, podAffinityTerm: { topologyKey: '' } }] },
      },
    },
  ],
  [
    'label keys',
    {
      'spec.affinity': {
        podAffinity: {
          [hard]: [
            {
              topologyKey: 'a',
              matchLabelKeys: ['x', 'x', 'a b'],
              mismatchLabelKeys: ['x'],
              labelSelector: { matchLabels: { x: 'y' } },
            },
            { topologyKey: 'a', matchLabelKeys: ['x'] },
          ],
        },
      },
    },
  ],
  [
    'tolerations',
    {
      'spec.tolerations': [
        { key: 'a b' },
        { operator: 'Equal' },
        { key: 'a', operator: 'Exists', value: 'x' },
        { key: 'a', operator: 'x' },
        { key: 'a', effect: 'x' },
        { key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 },
        { key: 'a', value: 'b c' },
      ],
    },
  ],
  [
    'tolerations by number',
    {
      'spec.tolerations': [
        { key: 'a', operator: 'Gt', value: '5' },
        { key: 'a', operator: 'Lt', value: 'x' },
      ],
    },
  ],
  [
    'spreading',
    {
      'spec.topologySpreadConstraints': [
        { maxSkew: 0, topologyKey: '', whenUnsatisfiable: '' },
        {
          maxSkew: 1,
          topologyKey: 'a',
          whenUnsatisfiable: 'x',
          minDomains: 0,
          nodeAffinityPolicy: 'x',
          nodeTaintsPolicy: 'y',
          labelSelector: { matchLabels: { 'a b': 'c' } },
        },
      ],
    },
  ],
  [
    'spreading twice',
    {
      'spec.topologySpreadConstraints': [
        { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
        { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
        { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 1 },
      ],
    },
  ],
  [
    'spreading keys',
    {
      'spec.topologySpreadConstraints': [
        {
          maxSkew: 1,
          topologyKey: 'a',
          whenUnsatisfiable: 'DoNotSchedule',
          matchLabelKeys: ['a', 'a b'],
          labelSelector: { matchLabels: { a: 'b' } },
        },
        { maxSkew: 1, topologyKey: 'b', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['a'] },
      ],
    },
  ],
  [
    'topology key as a warning',
    {
      'spec.nodeSelector': {
        'beta.kubernetes.io/os': 'linux',
        'failure-domain.beta.kubernetes.io/zone': 'x',
      },
      'spec.affinity': {
        nodeAffinity: {
          [hard]: term({
            matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'Exists' }],
          }),
        },
      },
    },
  ],
];
