import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type KubeObject, RuntimeClasses, type UserInfo, type WatchEvent } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { admin, adminToken as token, openWholeServer, type WholeServer } from './whole-server.ts';

const shop = '/api/v1/namespaces/shop';
let whole: WholeServer;
let root: ReturnType<WholeServer['as']>;

const node: UserInfo = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const podSpec = {
  containers: [{ name: 'web', image: 'web:1' }],
  terminationGracePeriodSeconds: 10,
};

async function addPod(name: string, spec: object = {}, labels = {}): Promise<Pod> {
  const body = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels },
    spec: { ...podSpec, ...spec },
  };
  return root.post<Pod>(`${shop}/pods`, body);
}
const refused = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'allowed',
    (error: Error & { code: number }) => `${error.code} ${error.message}`,
  );

before(async () => {
  whole = await openWholeServer({ eventTtlMs: 60_000 });
  root = whole.as(admin);
  await root.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  await root.post(`${shop}/serviceaccounts`, { metadata: { name: 'default' } });
  await root.post(`${shop}/serviceaccounts`, { metadata: { name: 'robot' } });
  for (const name of ['n1', 'n2']) await root.post('/api/v1/nodes', { metadata: { name } });
});
after(() => whole[Symbol.asyncDispose]());

test('a token that may only list pods', async () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/shop';
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
  await root.post(`${rbac}/roles`, { metadata: { name: 'lister' }, rules });
  await root.post(`${rbac}/rolebindings`, {
    metadata: { name: 'lister' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'lister' },
    subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'shop' }],
  });
  const made = await root.post<{ status: { token: string } }>(
    `${shop}/serviceaccounts/robot/token`,
    { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: {} },
  );
  const robot = made.status.token;
  assert.equal((await whole.wire(`${shop}/pods`, { token: robot })).code, 200);
  const who = 'User "system:serviceaccount:shop:robot" cannot';
  const get = await whole.wire(`${shop}/pods/a`, { token: robot });
  assert.equal(
    get.object.message,
    `pods "a" is forbidden: ${who} get resource "pods" in API group "" in the namespace "shop"`,
  );
  const elsewhere = await whole.wire('/api/v1/pods', { token: robot });
  assert.equal(
    elsewhere.object.message,
    `pods is forbidden: ${who} list resource "pods" in API group "" at the cluster scope`,
  );
  const review = await root.post<{ status: object }>(
    '/apis/authentication.k8s.io/v1/tokenreviews',
    { spec: { token: robot } },
  );
  const { authenticated, user } = review.status as {
    authenticated: boolean;
    user: UserInfo & { username: string };
  };
  assert.deepEqual(
    [authenticated, user.username, user.groups],
    [
      true,
      'system:serviceaccount:shop:robot',
      ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
    ],
  );
  await root.delete(`${shop}/serviceaccounts/robot`);
  assert.equal((await whole.wire(`${shop}/pods`, { token: robot })).code, 401);
});

test("impersonation: of those who may, and with upstream's refusal", async () => {
  const headers = { 'impersonate-user': 'ann', 'impersonate-group': 'devs' };
  const denied = await whole.wire(`${shop}/pods`, { token, headers });
  assert.equal(denied.code, 403);
  assert.match(denied.object.message, /User "ann" cannot list resource "pods"/);
  const self = await whole.wire<{ status: { userInfo: object } }>(
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { method: 'POST', token, headers, body: '{}' },
  );
  assert.deepEqual(self.object.status.userInfo, {
    username: 'ann',
    groups: ['devs', 'system:authenticated'],
  });
  const anonymous = await whole.wire(`${shop}/pods`, { headers });
  assert.equal(anonymous.code, 403);
  assert.match(
    anonymous.object.message,
    /User "system:anonymous" cannot impersonate resource "users"/,
  );
});

test('eviction: a budget says no, then yes once', async () => {
  await addPod('guarded', { nodeName: 'n1' }, { app: 'guarded' });
  const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await root.patch(`${shop}/pods/guarded/status`, 'application/merge-patch+json', {
    status: running,
  });
  const budgets = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets';
  await root.post(budgets, {
    metadata: { name: 'guard' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } },
  });
  const say = (disruptionsAllowed: number): Promise<unknown> =>
    root.patch(`${budgets}/guard/status`, 'application/merge-patch+json', {
      status: {
        ...{ disruptionsAllowed, observedGeneration: 1 },
        ...{ currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
      },
    });
  await say(0);
  const evict = (): ReturnType<WholeServer['wire']> =>
    whole.wire(`${shop}/pods/guarded/eviction`, {
      ...{ method: 'POST', token },
      body: JSON.stringify({
        ...{ kind: 'Eviction', apiVersion: 'policy/v1' },
        metadata: { name: 'guarded' },
      }),
    });
  const no = await evict();
  assert.deepEqual(JSON.parse(no.text), {
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' },
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    reason: 'TooManyRequests',
    details: {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget guard needs 1 healthy pods and has 1 currently',
        },
      ],
    },
    code: 429,
  });
  await say(1);
  assert.equal((await evict()).code, 201);
  const pod = await root.get<Pod>(`${shop}/pods/guarded`);
  assert.equal(pod.metadata.deletionGracePeriodSeconds, 10);
  const budget = await root.get<{ status: { disruptionsAllowed: number; disruptedPods: object } }>(
    `${budgets}/guard`,
  );
  assert.equal(budget.status.disruptionsAllowed, 0);
  assert.deepEqual(Object.keys(budget.status.disruptedPods), ['guarded']);
});

test('a pod on a node goes when its grace is over, and a node may say when', async () => {
  await addPod('slow', { nodeName: 'n1' });
  const marked = await root.delete<Pod>(`${shop}/pods/slow`);
  assert.equal(marked.metadata.deletionGracePeriodSeconds, 10);
  const shorter = await root.delete<Pod>(`${shop}/pods/slow`, {}, { gracePeriodSeconds: '3' });
  assert.equal(shorter.metadata.deletionGracePeriodSeconds, 10, 'options of the body stand');
  const kubelet = whole.as(node);
  const last = await kubelet.delete<Pod>(`${shop}/pods/slow`, { gracePeriodSeconds: 0 });
  assert.equal(last.metadata.deletionGracePeriodSeconds, 0);
  assert.match(await refused(root.get(`${shop}/pods/slow`)), /^404/);
  await addPod('nowhere');
  await root.delete(`${shop}/pods/nowhere`);
  assert.match(await refused(root.get(`${shop}/pods/nowhere`)), /^404/);
});

test('a node reads what its pods need, and writes only its own', async () => {
  await root.post(`${shop}/secrets`, { metadata: { name: 'mine' } });
  await root.post(`${shop}/secrets`, { metadata: { name: 'other' } });
  const volumes = [{ name: 's', secret: { secretName: 'mine' } }];
  await addPod('here', { nodeName: 'n1', volumes });
  await addPod('there', { nodeName: 'n2' });
  const kubelet = whole.as(node);
  assert.equal((await kubelet.get<KubeObject>(`${shop}/secrets/mine`)).metadata.name, 'mine');
  assert.match(
    await refused(kubelet.get(`${shop}/secrets/other`)),
    /^403 secrets "other" is forbidden: User "system:node:n1" cannot get resource "secrets" in API group "" in the namespace "shop": no relationship found between node 'n1' and this object$/,
  );
  const merge = 'application/merge-patch+json';
  const phase = { status: { phase: 'Running' } };
  await kubelet.patch(`${shop}/pods/here/status`, merge, phase);
  assert.match(
    await refused(kubelet.patch(`${shop}/pods/there/status`, merge, phase)),
    /^403 pods "there" is forbidden: node "n1" can only update pod status for pods with spec.nodeName set to itself$/,
  );
  const taints = { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } };
  assert.match(
    await refused(kubelet.patch('/api/v1/nodes/n1', merge, taints)),
    /^403 .*is not allowed to modify taints/,
  );
  assert.match(
    await refused(kubelet.patch('/api/v1/nodes/n2', merge, { metadata: { labels: { a: 'b' } } })),
    /^403/,
  );
});

test('events are one thing in two versions, and go after their time', async () => {
  const involvedObject = { kind: 'Pod', name: 'here', namespace: 'shop' };
  await root.post(`${shop}/events`, {
    ...{ metadata: { name: 'one' }, involvedObject, reason: 'Tried', message: 'again' },
    ...{ type: 'Normal', count: 2, source: { component: 'test' } },
  });
  const other = await root.get<Record<string, unknown>>(
    '/apis/events.k8s.io/v1/namespaces/shop/events/one',
  );
  assert.equal(other.apiVersion, 'events.k8s.io/v1');
  const { regarding, note, deprecatedCount, deprecatedSource } = other;
  assert.deepEqual(
    [regarding, note, deprecatedCount, deprecatedSource],
    [involvedObject, 'again', 2, { component: 'test' }],
  );
  const end = new AbortController();
  const list = await root.get<{ metadata: { resourceVersion: string } }>(`${shop}/events`);
  const query = { resourceVersion: list.metadata.resourceVersion };
  const events = await root.watch('/apis/events.k8s.io/v1/events', query, end.signal);
  await whole.advance(61_000);
  const seen: WatchEvent[] = [];
  for await (const batch of events) {
    seen.push(...batch.filter(({ object }) => object.metadata.name === 'one'));
    end.abort();
  }
  assert.deepEqual(
    seen.map(({ type, object }) => [type, object.apiVersion]),
    [['DELETED', 'events.k8s.io/v1']],
  );
  assert.match(await refused(root.get(`${shop}/events/one`)), /^404/);
});

test('deletecollection: what the selector picks, all of it, and the answer is the list', async () => {
  for (let n = 0; n < 40; n++)
    await root.post(`${shop}/configmaps`, {
      metadata: { name: `c${String(n).padStart(2, '0')}`, labels: { even: String(n % 2 === 0) } },
    });
  const answer = await whole.wire<{ kind: string; items: KubeObject[] }>(
    `${shop}/configmaps?labelSelector=even%3Dtrue`,
    { method: 'DELETE', token },
  );
  assert.equal(answer.object.kind, 'ConfigMapList');
  assert.equal(answer.object.items.length, 20);
  const left = await root.get<{ items: KubeObject[] }>(`${shop}/configmaps`, {
    labelSelector: 'even',
  });
  assert.deepEqual(
    new Set(left.items.map(({ metadata }) => metadata.labels!.even)),
    new Set(['false']),
  );
  const dry = await whole.wire<{ items: KubeObject[] }>(
    `${shop}/configmaps?labelSelector=even&dryRun=All`,
    { method: 'DELETE', token },
  );
  assert.equal(dry.object.items.length, 20);
  assert.equal(
    (await root.get<{ items: [] }>(`${shop}/configmaps`, { labelSelector: 'even' })).items.length,
    20,
  );
});

test('a watch that begins with the state says when it is complete, and bookmarks go on', async () => {
  const end = new AbortController();
  const target = `${shop}/serviceaccounts?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`;
  const seen: WatchEvent[] = [];
  for await (const event of whole.stream(target, { token, signal: end.signal })) {
    seen.push(event);
    if (seen.length === 2) void whole.advance(61_000);
    if (seen.length === 3) end.abort();
  }
  assert.deepEqual(
    seen.map(({ type, object }) => [
      type,
      object.kind,
      object.metadata.annotations?.['k8s.io/initial-events-end'],
    ]),
    [
      ['ADDED', 'ServiceAccount', undefined],
      ['BOOKMARK', 'ServiceAccount', 'true'],
      ['BOOKMARK', 'ServiceAccount', undefined],
    ],
  );
});

test('a deprecated kind warns whoever asks', async () => {
  const { warnings } = await whole.wire(`${shop}/endpoints`, { token });
  assert.deepEqual(warnings, [
    'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  ]);
});

test('a pod gets the priority of its class', async () => {
  const { spec } = await addPod('plain');
  assert.deepEqual([spec.priority, spec.preemptionPolicy], [0, 'PreemptLowerPriority']);
});

test('what is turned off is gone from clients, not from the server', async () => {
  await using small = await openWholeServer({ isOff: ({ group }) => group === 'node.k8s.io' });
  const classes = '/apis/node.k8s.io/v1/runtimeclasses';
  assert.equal((await small.wire(classes, { token })).code, 404);
  const groups = await small.wire<{ groups: { name: string }[] }>('/apis', { token });
  const names = groups.object.groups.map(({ name }) => name);
  assert.deepEqual([names.includes('node.k8s.io'), names.includes('apps')], [false, true]);
  assert.deepEqual([...small.server.objects.all(RuntimeClasses)], []);
});

test('component statuses: the store is well', async () => {
  const answer = await whole.wire('/api/v1/componentstatuses/etcd-0', { token });
  assert.deepEqual(JSON.parse(answer.text), {
    ...{ kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name: 'etcd-0' } },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  });
  const none = await whole.wire('/api/v1/componentstatuses/rudder', { token });
  assert.deepEqual([none.code, none.object.message], [500, 'Component not found: rudder']);
});
