import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { faultAnnotation } from './index.ts';
import { isPlain } from './plain-pod.ts';

const probe = { httpGet: { port: 80 } };
const container = (more: Partial<Container> = {}): Container => ({
  ...{ name: 'c', image: 'app:1' },
  ...more,
});
const podOf = (spec: Partial<PodSpec> = {}, annotations = {}): Pod => ({
  metadata: { name: 'a', annotations },
  spec: { containers: [container()], ...spec },
});

const kinds: readonly (readonly [name: string, pod: Pod, plain: boolean])[] = [
  ['nothing special', podOf(), true],
  ['probes over the network', podOf({ containers: [container({ livenessProbe: probe })] }), true],
  [
    'a probe of a command',
    podOf({ containers: [container({ livenessProbe: { exec: { command: ['true'] } } })] }),
    false,
  ],
  ['a command that ends', podOf({ containers: [container({ command: ['sleep', '5'] })] }), false],
  ['init containers', podOf({ initContainers: [container()] }), false],
  ['a deadline', podOf({ activeDeadlineSeconds: 5 }), false],
  ['told by annotations', podOf({}, { [faultAnnotation]: 'oom' }), false],
  [
    'an image that is missing',
    podOf({ containers: [container({ image: 'does-not-exist' })] }),
    false,
  ],
  ['root, which it must not be', podOf({ securityContext: { runAsNonRoot: true } }), false],
  ['a user', podOf({ securityContext: { runAsNonRoot: true, runAsUser: 5 } }), true],
];
for (const [name, pod, plain] of kinds)
  test(`plain: ${name}`, () => assert.equal(isPlain(pod), plain));
