/** Upstream's kube-controller-manager and kube-scheduler on our API server, with a kubelet of ours. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { coxRunning } from '../testing/cluster.ts';
import { Running } from '../testing/run.ts';
import { upstreamProgram, whyNoUpstream } from '../testing/upstream.ts';
import { runWorkload } from './workload.ts';

const lacking = whyNoUpstream('kube-controller-manager', 'kube-scheduler');

describe('on our API server', { skip: lacking ?? false }, () => {
  test('upstream’s controllers and scheduler run a workload', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'cox-swap-'));
    await using _folder = {
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
    const data = join(folder, 'data');
    await using server = coxRunning(['serve', 'apiserver', '--data', data, '--port', '0']);
    const [, kubeconfig] = await server.prints(/kubeconfig (\S+)/);
    const upstream = (name: string, ...flags: readonly string[]): Running =>
      new Running([
        ...[upstreamProgram(name)!, '--kubeconfig', kubeconfig!, '--secure-port', '0'],
        ...flags,
      ]);
    const pki = (name: string): string => join(data, 'pki', name);
    await using _controllers = upstream(
      ...([
        'kube-controller-manager',
        '--service-account-private-key-file',
        pki('sa.key'),
      ] as const),
      ...['--root-ca-file', pki('ca.crt'), '--use-service-account-credentials'],
      ...['--cluster-signing-cert-file', pki('ca.crt')],
      ...['--cluster-signing-key-file', pki('ca.key')],
      ...['--allocate-node-cidrs', '--cluster-cidr', '10.200.0.0/16'],
    );
    await using _scheduler = upstream('kube-scheduler');
    await using _kubelet = coxRunning([
      ...['serve', 'kubelet', '--kubeconfig', kubeconfig!, '--node-name', 'swapped'],
      ...['--data', join(folder, 'kubelet')],
    ]);
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig!);
    await runWorkload(t, config);
  });
});
