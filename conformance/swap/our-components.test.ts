/** Our controllers, scheduler and kubelet on an upstream kube-apiserver: the same code as in `cox up`, alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { coxRunning } from '../testing/cluster.ts';
import { UpstreamServer, whyNoUpstream } from '../testing/upstream.ts';
import { runWorkload } from './workload.ts';

describe('on an upstream API server', { skip: whyNoUpstream('kube-apiserver') ?? false }, () => {
  test('our controllers, scheduler and kubelet run a workload', async (t) => {
    await using upstream = await UpstreamServer.start();
    const data = await mkdtemp(join(tmpdir(), 'cox-swap-'));
    await using _data = { [Symbol.asyncDispose]: () => rm(data, { recursive: true, force: true }) };
    const serve = (component: string, ...flags: readonly string[]) =>
      coxRunning(['serve', component, '--kubeconfig', upstream.kubeconfig, ...flags]);
    const ca = upstream.file('ca.crt');
    await using _controllers = serve(
      ...['controllers', '--root-ca-file', ca, '--cluster-signing-cert-file', ca],
      ...(['--cluster-signing-key-file', upstream.file('ca.key')] as const),
    );
    await using _scheduler = serve('scheduler');
    await using _kubelet = serve(
      ...(['kubelet', '--node-name', 'swapped', '--data', data, '--client-ca-file', ca] as const),
    );
    await runWorkload(t, upstream.config());
  });
});
