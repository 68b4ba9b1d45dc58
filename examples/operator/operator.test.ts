/** An operator that is another program: a service account of its own, rights by RBAC, HTTPS. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from 'coxswain';

const manifests = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: websites.example.com }
spec:
  group: example.com
  names: { kind: Website, plural: websites }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, x-kubernetes-preserve-unknown-fields: true } } } }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: websites }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: websites }
rules:
  - { apiGroups: [example.com], resources: [websites], verbs: [watch] }
  - { apiGroups: [example.com], resources: [websites/finalizers], verbs: [update] }
  - { apiGroups: [apps], resources: [deployments], verbs: [create, patch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: websites }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: websites }
subjects: [{ kind: ServiceAccount, name: websites, namespace: default }]
`;
const site = {
  ...{ apiVersion: 'example.com/v1', kind: 'Website', metadata: { name: 'harbour' } },
  spec: { image: 'nginx:1', replicas: 2 },
};

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a Website becomes a Deployment that runs', { skip: !hasPython() }, async () => {
  await using cluster = await startCluster({ nodes: 2, listen: true, clock: 'real' });
  await cluster.apply(manifests);
  const { status } = (await cluster.client.raw({
    ...{ method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts/websites/token' },
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    signal: cluster.signal,
  })) as { status: { token: string } };
  const folder = mkdtempSync(join(tmpdir(), 'operator-'));
  const files = { KUBE_TOKEN_FILE: join(folder, 'token'), KUBE_CA_FILE: join(folder, 'ca.crt') };
  const { data } = await cluster.get('ConfigMap', 'kube-root-ca.crt');
  writeFileSync(files.KUBE_TOKEN_FILE, status.token);
  writeFileSync(files.KUBE_CA_FILE, data!['ca.crt']!);
  const script = new URL('operator.py', import.meta.url).pathname;
  const operator = spawn('python3', [script], {
    env: { ...process.env, KUBE_URL: cluster.url, ...files },
  });
  try {
    await cluster.apply(site as never);
    const made = await cluster.waitFor('Deployment', 'harbour', 'Available', { timeout: '1m' });
    assert.equal(made!.status?.readyReplicas, 2);
    assert.equal(made!.metadata.ownerReferences![0]!.name, 'harbour');
    await cluster.delete('Website', 'harbour');
    await cluster.waitFor('Deployment', 'harbour', 'deleted', { timeout: '1m' });
  } finally {
    operator.kill();
    rmSync(folder, { recursive: true });
  }
});
