import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { virtualWorld } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { WebhookClient } from '../webhook-client/index.ts';
import { hookAuthority, hookServer } from '../webhook-client/testing/index.ts';
import { imagePolicySettings, imagePolicyWebhook } from './image-policy.ts';
import type { Admission } from './plugin.ts';
import { admissionOf, pass } from './testing/admission.ts';

const apiVersion = 'imagepolicy.k8s.io/v1alpha1';
const pod = (image: string): Pod => ({
  metadata: {
    ...{ name: 'web', namespace: 'shop' },
    annotations: { 'a.image-policy.k8s.io/ticket': '7', other: 'x' },
  },
  spec: {
    containers: [{ name: 'c', image }],
    initContainers: [{ name: 'i', image: 'init' }],
    ephemeralContainers: [{ name: 'e', image: 'debug' }],
  },
});

/** A plugin before a server that judges by the image's name. */
async function opened(settings: object = {}) {
  const world = virtualWorld();
  const answers: Readonly<Record<string, object>> = {
    good: { allowed: true, auditAnnotations: { why: 'signed' } },
    bad: { allowed: false, reason: 'not signed' },
    mute: {},
  };
  const hook = await hookServer(({ body }, response) => {
    const { spec } = JSON.parse(body) as { spec: { containers: { image: string }[] } };
    const status = answers[spec.containers[0]!.image];
    if (status) return { kind: 'ImageReview', apiVersion, metadata: {}, status };
    response.statusCode = 400;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'no',
      reason: 'BadRequest',
      code: 400,
    };
  });
  const target = { url: hook.url, trust: { ca: hookAuthority.certificate } };
  const objects = new MemoryObjects();
  const plugin = imagePolicyWebhook(
    imagePolicySettings({ imagePolicy: { target, ...settings } }),
    new WebhookClient(world, objects, outgoing()),
    world.clock,
  );
  const annotations: string[] = [];
  const ask = (image: string, of: Partial<Admission> = {}): Promise<KubeObject | string> =>
    pass(
      plugin,
      admissionOf(objects, {
        ...{ resource: Pods, object: pod(image), ...of },
        annotate: (key, value) => void annotations.push(`${key}=${value}`),
      }),
    );
  return { ask, hook, world, annotations, plugin, objects };
}

test('ImagePolicyWebhook: what is asked, what is said, and how long it holds', async () => {
  const { ask, hook, world, annotations } = await opened({ allowTTL: 60, denyTTL: 10 });
  await using _ = hook;
  const asked = (): number => hook.heard.length;
  assert.equal(typeof (await ask('good')), 'object');
  assert.deepEqual(JSON.parse(hook.heard[0]!.body), {
    ...{ kind: 'ImageReview', apiVersion, metadata: {} },
    spec: {
      containers: [{ image: 'good' }, { image: 'init' }],
      annotations: { 'a.image-policy.k8s.io/ticket': '7' },
      namespace: 'shop',
    },
    status: { allowed: false },
  });
  assert.deepEqual(annotations, ['imagepolicywebhook.image-policy.k8s.io/why=signed']);
  await ask('good');
  assert.equal(asked(), 1);
  const denied =
    'pods "web" is forbidden: image policy webhook backend denied one or more images: not signed';
  assert.match(String(await ask('bad')), new RegExp(denied));
  assert.match(String(await ask('bad')), new RegExp(denied));
  assert.equal(asked(), 2);
  world.clock.leap(world.clock.now() + 10_001);
  await ask('bad');
  await ask('good');
  assert.equal(asked(), 3);
  world.clock.leap(world.clock.now() + 60_001);
  await ask('good');
  assert.equal(asked(), 4);
  assert.match(
    String(await ask('mute')),
    /pods "web" is forbidden: one or more images rejected by webhook backend/,
  );
});

test('ImagePolicyWebhook: ephemeral containers are asked about; other parts of pods are not', async () => {
  const { ask, hook, plugin, objects } = await opened();
  await using _ = hook;
  await ask('good', { operation: 'UPDATE', subresource: 'ephemeralcontainers' });
  assert.deepEqual(JSON.parse(hook.heard[0]!.body).spec.containers, [{ image: 'debug' }]);
  for (const subresource of ['status', 'binding', 'eviction'])
    assert.equal(
      plugin.handles(admissionOf(objects, { resource: Pods, object: pod('bad'), subresource })),
      false,
    );
});

for (const [defaultAllow, want] of [
  [false, /^(ApiError: |403 )?.*pods "web" is forbidden: no/],
  [true, /object/],
] as const)
  test(`ImagePolicyWebhook: a server that fails, defaultAllow ${defaultAllow}`, async () => {
    const { ask, hook, annotations } = await opened({ defaultAllow });
    await using _ = hook;
    assert.match(String(await ask('unknown')), want);
    assert.deepEqual(
      annotations,
      defaultAllow ? ['imagepolicywebhook.image-policy.k8s.io/failed-open=true'] : [],
    );
  });

for (const [name, file, want] of [
  ['nothing', undefined, 'no config specified'],
  ['an allowTTL too long', { allowTTL: 2400 }, 'valid value is between 1s and 30m0s, got 40m0s'],
  ['a denyTTL below', { denyTTL: -2 }, 'valid value is between 1s and 30m0s, got -2s'],
  [
    'a retryBackoff too long',
    { retryBackoff: 3_600_500 },
    'valid value is between 1ns and 5m0s, got 1h0m0.5s',
  ],
] as const)
  test(`ImagePolicyWebhook refused: ${name}`, () =>
    assert.throws(() => imagePolicySettings(file && { imagePolicy: file }), { message: want }));

test('ImagePolicyWebhook: durations that are off, or not given', () => {
  const { target: _, ...off } = imagePolicySettings({
    imagePolicy: { allowTTL: -1, denyTTL: -1, retryBackoff: 20, defaultAllow: true },
  });
  assert.deepEqual(off, { allowTtlMs: 0, denyTtlMs: 0, backoffMs: 20, defaultAllow: true });
  const { target: __, ...usual } = imagePolicySettings({ imagePolicy: {} });
  assert.deepEqual(usual, {
    ...{ allowTtlMs: 300_000, denyTtlMs: 30_000, backoffMs: 500, defaultAllow: false },
  });
});
