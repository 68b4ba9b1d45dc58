import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type Cluster, startCluster } from '@coxswain/cluster';
import { messagesFor } from './messages/index.ts';
import { render } from './render.ts';
import type { WhyReview } from './review.ts';
import type { Answer } from './answer.ts';
import type { Question } from './ask.ts';
import { small } from './testing/situation.ts';

const bind = (user: string, rules: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ${user} }
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${user} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${user} }
subjects: [{ kind: ServiceAccount, name: ${user} }]
`;

/** Asks over HTTPS as a service account, as any client would. */
async function askAs(cluster: Cluster, account: string, spec: Question): Promise<string> {
  const { client, signal } = cluster;
  const token = (await client.raw({
    method: 'POST',
    path: `/api/v1/namespaces/default/serviceaccounts/${account}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: {} },
    signal,
  })) as { readonly status: { readonly token: string } };
  const review = { apiVersion: 'coxswain.dev/v1', kind: 'WhyReview', metadata: {}, spec };
  return asked(cluster, token.status.token, review);
}

async function asked(cluster: Cluster, token: string, review: object): Promise<string> {
  const { request } = await import('node:https');
  const url = `${cluster.url}/apis/coxswain.dev/v1/whyreviews`;
  const headers = {
    'content-type': 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const text = await new Promise<string>((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, rejectUnauthorized: false }, (answer) => {
      let body = '';
      answer.on('data', (piece) => (body += piece)).on('end', () => resolve(body));
    });
    sent.on('error', reject).end(JSON.stringify(review));
  });
  const answer = JSON.parse(text) as WhyReview & { readonly message?: string };
  if (!answer.status || typeof answer.status === 'string') return answer.message!;
  return render(answer.status, { messages: messagesFor({}), width: 96, colour: false });
}

const busy = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: secret-project, namespace: shop }
spec: { containers: [{ name: app, image: 'app:1', resources: { requests: { cpu: '3' } } }] }
`;
const waiting = `
apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: app, image: 'app:1', resources: { requests: { cpu: '2' } } }] }
`;
const accounts = ['reader', 'nobody'].map(
  (name) => `---
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name} }
`,
);

test('who may read an object may ask why; names of what they may not read are left out', async () => {
  await using cluster = await startCluster({ nodes: [small('n1')], listen: true });
  await cluster.apply(busy);
  await cluster.settle();
  await cluster.apply(`${waiting}${accounts.join('')}`);
  await cluster.apply(bind('reader', `[{ apiGroups: [''], resources: [pods], verbs: [get] }]`));
  await cluster.settle();
  const question = { about: { kind: 'pod', name: 'web', namespace: 'default' } };
  const told = await askAs(cluster, 'reader', question);
  assert.match(told, /\n    1      cpu: needs 2, free 1\n/);
  assert.match(told, /a priority above 0, which pushes out another pod/);
  assert.doesNotMatch(told, /n1|secret-project|shop/);
  assert.match(told, /You may not read .*nodes.*, so there may be more to it\./);
  assert.equal(
    await askAs(cluster, 'nobody', question),
    'pods "web" is forbidden: who may not read an object may not ask why about it',
  );
  const none = { about: { kind: 'pod', name: 'none', namespace: 'default' } };
  assert.match(await askAs(cluster, 'nobody', none), /^pods "none" is forbidden/);
  assert.equal(await askAs(cluster, 'reader', none), 'pods "none" not found');
  const others = { can: { user: 'alice', verb: 'get', resource: 'pods', namespace: 'default' } };
  assert.match(
    await askAs(cluster, 'reader', others),
    /cannot create resource "subjectaccessreviews"/,
  );
  assert.match(
    await asked(cluster, '', {}),
    /"system:anonymous" cannot create resource "whyreviews"/,
  );
});

const around = `
apiVersion: v1
kind: Pod
metadata: { name: claims }
spec:
  containers: [{ name: app, image: 'app:1' }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { volumeName: v, storageClassName: '', accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: app, image: 'app:1', resources: { requests: { cpu: '3' } } }] }
`;
/** What somebody is told who may read only what they ask about. */
const narrow: readonly (readonly [kind: string, name: string, told: RegExp, not: RegExp])[] = [
  ['pod', 'claims', /cannot be placed|fits on no|node/i, /does not exist|missing/],
  ['pvc', 'data', /names the volume v, which does not serve it/, /does not exist/],
  ['service', 'web', /may not read .*pods/, /no pod has the labels/],
  ['replicaset', 'web', /0 of 2 pods ready; 2 exist/, /0 exist/],
];

test('what may not be read is not said to be missing, and pods are named to those who may read them', async () => {
  await using cluster = await startCluster({ nodes: [small('n1')], listen: true });
  const everything = '[pods, services, persistentvolumeclaims, replicasets]';
  await cluster.apply(`${around}${accounts.join('')}`);
  await cluster.settle();
  await cluster.apply(
    bind('reader', `[{ apiGroups: ['', apps], resources: ${everything}, verbs: [get] }]`),
  );
  const named = `[{ apiGroups: [''], resources: [pods], resourceNames: [claims, late], verbs: [get] }]`;
  await cluster.apply(bind('nobody', named));
  await cluster.apply(waiting.replace('web', 'late'));
  const ofNodes = bind('reader', `[{ apiGroups: [''], resources: [nodes], verbs: [get] }]`);
  await cluster.apply(
    ofNodes
      .replaceAll('kind: Role', 'kind: ClusterRole')
      .replace('reader }]', 'reader, namespace: default }]'),
  );
  await cluster.settle();
  for (const [kind, name, told, not] of narrow) {
    const text = await askAs(cluster, kind === 'pod' ? 'nobody' : 'reader', {
      about: { kind, name },
    });
    assert.match(text, told);
    assert.doesNotMatch(text, not);
  }
  const late = await askAs(cluster, 'nobody', { about: { kind: 'pod', name: 'late' } });
  assert.doesNotMatch(late, /web-/);
  assert.match(late, /pushes out another pod/);
  assert.equal(
    await askAs(cluster, 'reader', { drain: { node: 'n1' } }),
    'pods is forbidden: who may not list pods may not ask what a drain would do to them',
  );
});

const wrong: readonly (readonly [question: object, message: RegExp])[] = [
  [{}, /spec: Required value: exactly one of `about`, `can` and `drain`/],
  [{ about: { kind: 'pod' } }, /spec\.about\.name: Required value/],
  [{ about: { kind: 'pod', name: 'x' }, drain: { node: 'n' } }, /spec: Required value/],
  [{ about: { kind: 'gizmo', name: 'x' } }, /the server has no resource of that name/],
  [{ drain: { node: 'none' } }, /nodes "none" not found/],
  [{ about: { kind: 'pod', name: 'x/log' } }, /spec\.about\.name: .*: may not contain '\/'/],
  [{ about: { kind: 'pod', name: 'x', namespace: '..' } }, /spec\.about\.namespace: .*may not be/],
];

test('discovery and OpenAPI know it; questions that are none are refused', async () => {
  await using cluster = await startCluster();
  const { client, signal } = cluster;
  const get = (path: string): Promise<unknown> => client.raw({ method: 'GET', path, signal });
  const { resources } = (await get('/apis/coxswain.dev/v1')) as {
    readonly resources: readonly { readonly name: string }[];
  };
  assert.ok(resources.some(({ name }) => name === 'whyreviews'));
  const openApi = JSON.stringify(await get('/openapi/v3/apis/coxswain.dev/v1'));
  assert.match(openApi, /dev\.coxswain\.v1\.WhyReview/);
  for (const [spec, message] of wrong)
    await assert.rejects(
      client.raw({
        ...{ method: 'POST', path: '/apis/coxswain.dev/v1/whyreviews', signal },
        body: { apiVersion: 'coxswain.dev/v1', kind: 'WhyReview', metadata: {}, spec },
      }),
      (error) => error instanceof ApiError && message.test(error.message),
    );
});

test('in colour on a terminal, and not broken by it', () => {
  const answer: Answer = {
    ...{ about: { kind: 'Pod', name: 'p' }, state: 'Pending', well: false, hidden: [], atMs: 0 },
    reasonsKept: true,
    causes: [
      {
        ...{ cause: 'no-nodes', facts: {}, about: { kind: 'Pod', name: 'p' }, depth: 0 },
        ...{ message: '', evidence: [], steps: [] },
      } as const,
    ],
  };
  const text = render(answer, { messages: messagesFor({}), width: 96, colour: true });
  assert.equal(
    text,
    '\u001b[1mpod/p: Pending\u001b[0m\n  \u001b[33mThe cluster has no nodes.\u001b[0m\n',
  );
});
