import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type KubeObject, Pods, ResourceQuotas, Secrets, Services } from '@coxswain/api';
import type { Pod, ResourceList, ResourceQuota } from '@coxswain/api/types/core-v1';
import { VirtualClock } from '@coxswain/base';
import { MemoryObjects } from '../../authz/testing/memory-objects.ts';
import type { Admission } from '../plugin.ts';
import { admissionOf, pass } from '../testing/admission.ts';
import { limitedResources, type LimitedResource } from './configuration.ts';
import { resourceQuota } from './resource-quota.ts';

const clock = new VirtualClock(Date.UTC(2026, 0, 1));
const podOf = (requests: ResourceList = {}, spec: Partial<Pod['spec']> = {}): Pod => ({
  metadata: { name: 'web', namespace: 'shop', resourceVersion: '1' },
  spec: { containers: [{ name: 'c', resources: { requests } }], ...spec },
  status: { qosClass: Object.keys(requests).length ? 'Burstable' : 'BestEffort' },
});
const quotaOf = (
  hard: ResourceList,
  used: ResourceList,
  spec: Partial<NonNullable<ResourceQuota['spec']>> = {},
): ResourceQuota => ({
  metadata: { name: 'q', namespace: 'shop' },
  spec: { hard, ...spec },
  status: { hard, used },
});

/** The answer, and what is used afterwards. */
async function charged(
  quota: ResourceQuota | undefined,
  of: Partial<Admission>,
  limited: readonly LimitedResource[] = [],
  conflicts = 0,
) {
  const objects = new MemoryObjects();
  if (quota) objects.put(ResourceQuotas, quota);
  let left = conflicts;
  const plugin = resourceQuota(
    {
      objects,
      clock,
      call({ path, body }) {
        assert.equal(path, '/api/v1/namespaces/shop/resourcequotas/q/status');
        if (left-- > 0) return Promise.reject(new ApiError(409, 'Conflict', 'somebody was faster'));
        objects.put(ResourceQuotas, body as ResourceQuota);
        return Promise.resolve({ code: 200, warnings: [] });
      },
    },
    limited,
  );
  const admission = admissionOf(objects, { resource: Pods, object: podOf(), ...of });
  const answer = await pass(plugin, admission);
  const { used } = objects.get(ResourceQuotas, 'q', 'shop')?.status ?? {};
  return { answer: answer === admission.object ? 'ok' : answer, used };
}

const no = (why: string): string => `403 pods "web" is forbidden: ${why}`;
for (const [name, quota, of, want] of [
  ['room', quotaOf({ pods: '2' }, { pods: '1' }), {}, { answer: 'ok', used: { pods: '2' } }],
  [
    'no room',
    quotaOf({ pods: '1', 'requests.cpu': '1' }, { pods: '1', 'requests.cpu': '1' }),
    { object: podOf({ cpu: '10m' }) },
    {
      answer: no(
        'exceeded quota: q, requested: pods=1,requests.cpu=10m, used: pods=1,requests.cpu=1, limited: pods=1,requests.cpu=1',
      ),
      used: { pods: '1', 'requests.cpu': '1' },
    },
  ],
  [
    'a container that does not say',
    quotaOf({ 'limits.cpu': '1', memory: '1' }, { 'limits.cpu': '0', memory: '0' }),
    {},
    {
      answer: no('failed quota: q: must specify limits.cpu for: c; memory for: c'),
      used: { 'limits.cpu': '0', memory: '0' },
    },
  ],
  [
    'not counted yet',
    quotaOf({ pods: '1' }, {}),
    {},
    { answer: no('status unknown for quota: q, resources: pods'), used: {} },
  ],
  [
    'a dry run takes nothing',
    quotaOf({ pods: '2' }, { pods: '1' }),
    { dryRun: true },
    { answer: 'ok', used: { pods: '1' } },
  ],
  [
    'out of scope',
    quotaOf({ pods: '0' }, { pods: '0' }, { scopes: ['NotBestEffort'] }),
    {},
    { answer: 'ok', used: { pods: '0' } },
  ],
  [
    'an update takes what it adds',
    quotaOf({ 'requests.cpu': '1' }, { 'requests.cpu': '500m' }),
    {
      operation: 'UPDATE',
      subresource: 'resize',
      object: podOf({ cpu: '900m' }),
      before: podOf({ cpu: '500m' }),
    },
    { answer: 'ok', used: { 'requests.cpu': '900m' } },
  ],
  [
    'an update into the scope takes everything',
    quotaOf({ pods: '1' }, { pods: '0' }, { scopes: ['Terminating'] }),
    { operation: 'UPDATE', object: podOf({}, { activeDeadlineSeconds: 1 }), before: podOf() },
    { answer: 'ok', used: { pods: '1' } },
  ],
  [
    'numbers of anything',
    quotaOf({ secrets: '3', 'count/secrets': '3' }, { secrets: '1', 'count/secrets': '1' }),
    { resource: Secrets },
    { answer: 'ok', used: { secrets: '2', 'count/secrets': '2' } },
  ],
  [
    'node ports',
    quotaOf({ 'services.nodeports': '1' }, { 'services.nodeports': '0' }),
    {
      resource: Services,
      object: {
        metadata: { name: 'web', namespace: 'shop' },
        spec: { type: 'NodePort', ports: [{ port: 1 }, { port: 2 }] },
      } as KubeObject,
    },
    {
      answer:
        '403 services "web" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
      used: { 'services.nodeports': '0' },
    },
  ],
] as const satisfies readonly (readonly [string, ResourceQuota, Partial<Admission>, object])[])
  test(`quota: ${name}`, async () => assert.deepEqual(await charged(quota, of), want));

test('quota: what another writer was faster with is charged again, and given up in the end', async () => {
  const quota = quotaOf({ pods: '2' }, { pods: '0' });
  assert.deepEqual(await charged(quota, {}, [], 3), { answer: 'ok', used: { pods: '1' } });
  assert.equal((await charged(quota, {}, [], 4)).answer, '409 somebody was faster');
});

const configuration = (limited: LimitedResource) =>
  limitedResources({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'ResourceQuotaConfiguration',
    limitedResources: [limited],
  });

test('quota: what is limited needs a quota that covers it', async () => {
  const limited = configuration({ resource: 'pods', matchContains: ['requests.cpu'] });
  const object = podOf({ cpu: '1' });
  assert.equal(
    (await charged(undefined, { object }, limited)).answer,
    no('insufficient quota to consume: requests.cpu'),
  );
  const quota = quotaOf({ 'requests.cpu': '1' }, { 'requests.cpu': '0' });
  assert.equal((await charged(quota, { object }, limited)).answer, 'ok');
});

test('quota: a limited scope needs a quota of that scope', async () => {
  const scope = { scopeName: 'PriorityClass', operator: 'In', values: ['high'] };
  const limited = configuration({ resource: 'pods', matchScopes: [scope] });
  const object = podOf({}, { priorityClassName: 'high' });
  assert.equal(
    (await charged(undefined, { object }, limited)).answer,
    '500 insufficient quota to match these scopes: [{PriorityClass In [high]}]',
  );
  const quota = quotaOf(
    { pods: '1' },
    { pods: '0' },
    { scopeSelector: { matchExpressions: [scope] } },
  );
  assert.equal((await charged(quota, { object }, limited)).answer, 'ok');
  assert.equal((await charged(undefined, { object: podOf() }, limited)).answer, 'ok');
});

test('quota: pods made at once do not take the same room', async () => {
  const objects = new MemoryObjects();
  objects.put(ResourceQuotas, quotaOf({ pods: '2' }, { pods: '0' }));
  const plugin = resourceQuota(
    {
      objects,
      clock,
      async call({ body }) {
        await Promise.resolve();
        objects.put(ResourceQuotas, body as ResourceQuota);
        return { code: 200, warnings: [] };
      },
    },
    [],
  );
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => pass(plugin, admissionOf(objects, { resource: Pods, object: podOf() }))),
  );
  assert.equal(answers.filter((each) => typeof each === 'string').length, 2);
  assert.deepEqual(objects.get(ResourceQuotas, 'q', 'shop')?.status?.used, { pods: '2' });
});
