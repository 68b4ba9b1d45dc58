/** Who may ask a kubelet what, and what it tells of itself. */
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ClusterRoleBindings, RoleBindings, Roles, ServiceAccounts } from '@coxswain/api';
import { httpCall, type TlsTrust } from '@coxswain/base/wire';
import { openWebSocket, podPath, text } from './clients.ts';
import { namespace, openStage, type Stage } from './stage.ts';

let stage: Stage;
const signal = new AbortController().signal;
before(async () => {
  stage = await openStage();
  await stage.pod('web');
  await mkdir(join(stage.dir, 'logs', 'pods'), { recursive: true });
  await writeFile(join(stage.dir, 'logs', 'syslog'), 'a line\n');
  await symlink(join(stage.dir, 'kubeconfig'), join(stage.dir, 'logs', 'way-out'));
});
after(() => stage[Symbol.asyncDispose]());

interface Told {
  readonly status: number;
  readonly body: string;
}

async function ask(
  method: string,
  target: string,
  as: TlsTrust,
  headers: readonly (readonly [string, string])[] = [],
): Promise<Told> {
  const url = new URL(`https://127.0.0.1:${stage.kubeletPort}`);
  const trust = { ca: stage.pki.ca.certificate, ...as };
  const all = [['Host', url.host] as const, ...headers];
  const answer = await httpCall({ method, url, target, headers: all, signal }, trust);
  let body = '';
  for await (const chunk of answer.body) body += text(chunk);
  return { status: answer.status, body };
}

const as = (who: 'admin' | 'scheduler' | 'kubeletClient'): TlsTrust => {
  const { certificate, key } = stage.pki[who];
  return { cert: certificate, key };
};

const paths: readonly { name: string; method?: string; path: string; subresources: string }[] = [
  { name: 'sessions', method: 'POST', path: '/exec/a/b/c', subresources: 'proxy' },
  { name: 'logs of containers', path: '/containerLogs/a/b/c', subresources: 'proxy' },
  { name: 'pods', path: '/pods', subresources: 'pods proxy' },
  { name: 'running pods', path: '/runningpods/', subresources: 'pods proxy' },
  { name: 'health', path: '/healthz', subresources: 'healthz proxy' },
  { name: 'configuration', path: '/configz', subresources: 'configz proxy' },
  { name: 'figures', path: '/stats/summary', subresources: 'stats' },
  { name: 'metrics', path: '/metrics/resource', subresources: 'metrics' },
  { name: 'logs of the machine', path: '/logs/syslog', subresources: 'log' },
];
for (const { name, method = 'GET', path, subresources } of paths)
  test(`who is not allowed is told what would be needed: ${name}`, async () => {
    const verb = method === 'GET' ? 'get' : 'create';
    assert.deepEqual(await ask(method, path, as('scheduler')), {
      status: 403,
      body: `Forbidden (user=system:kube-scheduler, verb=${verb}, resource=nodes, subresource(s)=[${subresources}])\n`,
    });
  });

test('nobody is let in without a name', async () => {
  const nobody = { status: 401, body: 'Unauthorized' };
  assert.deepEqual(await ask('GET', '/healthz', {}), nobody);
  const bearer: readonly (readonly [string, string])[] = [['Authorization', 'Bearer no-token']];
  assert.deepEqual(await ask('GET', '/healthz', {}, bearer), nobody);
});

test('a service account is known by its token, and allowed by the API server', async () => {
  const { client } = stage;
  const metadata = { name: 'watcher', namespace };
  await client.create(ServiceAccounts, { metadata }, { signal });
  const { status } = (await client.raw({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/watcher/token`,
    body: { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: {} },
    signal,
  })) as { status: { token: string } };
  const bearer: readonly (readonly [string, string])[] = [
    ['Authorization', `Bearer ${status.token}`],
  ];
  const user = `system:serviceaccount:${namespace}:watcher`;
  assert.deepEqual(await ask('GET', '/metrics', {}, bearer), {
    status: 403,
    body: `Forbidden (user=${user}, verb=get, resource=nodes, subresource(s)=[metrics])\n`,
  });
  await client.create(
    ClusterRoleBindings,
    {
      metadata: { name: 'watcher' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        ...{ kind: 'ClusterRole', name: 'system:kubelet-api-admin' },
      },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { signal },
  );
  // Another question than before: the refusal is kept for a while.
  const { status: code, body } = await ask('GET', '/healthz', {}, bearer);
  assert.deepEqual([code, body], [200, 'ok']);
});

test('what it tells of itself', async () => {
  const get = (path: string): Promise<Told> => ask('GET', path, as('kubeletClient'));
  assert.deepEqual(JSON.parse((await get('/configz')).body), {
    kubeletconfig: { kind: 'KubeletConfiguration' },
  });
  const { kind, items } = JSON.parse((await get('/pods')).body) as {
    kind: string;
    items: readonly { metadata: { name: string } }[];
  };
  assert.deepEqual([kind, items.map(({ metadata }) => metadata.name)], ['PodList', ['web']]);
  assert.deepEqual(JSON.parse((await get('/stats/summary')).body), {
    node: { nodeName: 'n1', startTime: null },
    pods: [],
  });
  assert.match((await get('/metrics/resource')).body, /^resource_scrape_error 0$/m);
  assert.equal((await get('/nothing')).status, 404);
  assert.equal((await ask('DELETE', '/pods', as('admin'))).body, 'Method Not Allowed');
});

test('the logs of the machine, and nothing else', async () => {
  const get = (path: string): Promise<Told> => ask('GET', path, as('admin'));
  assert.deepEqual(await get('/logs/syslog'), { status: 200, body: 'a line\n' });
  assert.match((await get('/logs/')).body, /<a href="pods\/">pods\/<\/a>\n<a href="syslog">/);
  for (const path of ['/logs/way-out', '/logs/..%2Fkubeconfig', '/logs/../kubeconfig'])
    assert.equal((await get(path)).status, 404, path);
});

test('who may only read must not get into containers by a websocket', async () => {
  const { client } = stage;
  const role = await client.create(
    Roles,
    {
      metadata: { name: 'reader', namespace },
      rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }],
    },
    { signal },
  );
  await client.create(
    RoleBindings,
    {
      metadata: { name: 'reader', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [
        {
          apiGroup: 'rbac.authorization.k8s.io',
          ...{ kind: 'User', name: 'system:kube-scheduler' },
        },
      ],
    },
    { signal },
  );
  const { pki, port } = stage;
  const reader = { port, pki: { ...pki, admin: pki.scheduler } };
  const path = podPath('web', 'exec?command=x&stdout=true');
  const open = (): ReturnType<typeof openWebSocket> =>
    openWebSocket(reader, path, ['v5.channel.k8s.io']);
  await assert.rejects(open(), {
    message: /^403: .*"message":"pods \\"web\\" is forbidden: /,
  });
  const rules = [{ ...role.rules![0]!, verbs: ['get', 'create'] }];
  await client.update(Roles, { ...role, rules }, { signal });
  (await open()).destroy();
});
