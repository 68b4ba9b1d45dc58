import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiError, Pods } from '@coxswain/api';
import type { AuditEvent } from '@coxswain/apiserver/audit';
import { systemWorld } from '@coxswain/base';
import { httpClient, loadKubeconfig } from '@coxswain/client/http';
import type { WhyReview } from '@coxswain/why';
import { startCluster } from '../in-process/index.ts';
import { insideOf } from '../in-process/start-cluster.ts';
import { refuseWhy } from './answer-why.ts';
import { askWhy } from './ask-why.ts';

const about = { kind: 'Pod', name: 'big' };
const path = '/apis/coxswain.dev/v1/whyreviews';
const review = {
  ...{ apiVersion: 'coxswain.dev/v1', kind: 'WhyReview', metadata: {} },
  spec: { about },
};
const big = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'big' } },
  spec: {
    containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1000' } } }],
  },
} as never;

test('a server that keeps no reasons says so, and cox why looks from outside', async () => {
  await using cluster = await startCluster();
  const { client, signal } = cluster;
  await cluster.apply(big);
  await cluster.settle();
  insideOf(cluster).server.addStation(refuseWhy);
  await assert.rejects(
    client.raw({ method: 'POST', path, body: review, signal }),
    (error) =>
      error instanceof ApiError && error.code === 404 && /keeps no reasons/.test(error.message),
  );
  const answer = await askWhy(client, { about }, signal);
  assert.deepEqual([answer.state, answer.well, answer.reasonsKept], ['Pending', false, false]);
  assert.match(JSON.stringify(answer.causes), /Insufficient cpu/);
});

const policy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: RequestResponse
    resources: [{ group: coxswain.dev, resources: [whyreviews] }]
  - level: None
`;

test('questions are audited as any other request, answers too where the policy wants them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'why-audit-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [policyFile, log] = [join(folder, 'policy.yaml'), join(folder, 'audit.log')];
  await writeFile(policyFile, policy);
  {
    const flags = { 'audit-policy-file': policyFile, 'audit-log-path': log };
    await using cluster = await startCluster({ flags, listen: true });
    await cluster.apply(big);
    await cluster.settle();
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, cluster.kubeconfig);
    const world = systemWorld();
    const target = await loadKubeconfig(kubeconfig, { clock: world.clock });
    using client = httpClient(target, { world, agent: 'newcomer' });
    await askWhy(client, { about }, cluster.signal);
    await client.list(Pods, { signal: cluster.signal });
  }
  const events = (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEvent);
  const told = events.map((event) => ({
    ...{ verb: event.verb, stage: event.stage, user: event.user.username },
    asked: (event.requestObject as typeof review).spec.about.name,
    state: (event.responseObject as WhyReview).status?.state,
  }));
  assert.deepEqual(told, [
    {
      verb: 'create',
      stage: 'ResponseComplete',
      user: 'kubernetes-admin',
      asked: 'big',
      state: 'Pending',
    },
  ]);
});
