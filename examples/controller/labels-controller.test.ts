/** A controller of one's own against a cluster in this process, over HTTPS as in production. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { startCluster } from 'coxswain';
import { runLabels } from './labels-controller.ts';

test('namespaces get their label: those that are there, and those that come', async () => {
  await using cluster = await startCluster({ nodes: 1, listen: true });
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  const end = new AbortController();
  await runLabels(config, 'deck', end.signal);
  await cluster.apply('{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }');
  for (const name of ['default', 'shop']) {
    const labelled = await cluster.waitFor('Namespace', name, ({ metadata }) =>
      Boolean(metadata.labels?.['team']),
    );
    assert.equal(labelled!.metadata.labels!['team'], 'deck');
  }
  end.abort();
});
