/** An application of plain manifests: what it is made of runs as functions of this file, and hours pass in moments. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Process, startCluster } from 'coxswain';

const manifests = readFileSync(new URL('shop.yaml', import.meta.url), 'utf8');

/** Stands for the image `shop:1`. */
function shop({ listen, env, pod }: Process): void {
  listen(8080, ({ url }) =>
    new URL(url).pathname === '/ready'
      ? new Response('')
      : new Response(`${env['GREETING']} (${pod})`),
  );
}

/** Stands for the image `report:1`: asks the shop by its Service's name. */
async function report({ fetch, stdout }: Process): Promise<void> {
  stdout.write(`${await (await fetch('http://shop/')).text()}\n`);
}

test('the shop answers through its Service, and the report runs every hour', async () => {
  await using cluster = await startCluster({
    nodes: 3,
    images: { 'shop:1': shop, 'report:1': report },
  });
  await cluster.apply(manifests);
  await cluster.waitFor('Deployment', 'shop', 'Available');
  assert.match(await (await cluster.fetch('http://shop/')).text(), /^Welcome aboard \(shop-/);

  await cluster.advance('6h5m');
  const runs = (await cluster.events({ about: 'CronJob/report' })).filter(
    ({ reason }) => reason === 'SuccessfulCreate',
  );
  assert.equal(runs.length, 1, 'events are kept for an hour');
  const jobs = await cluster.list('Job', { namespace: 'default' });
  assert.equal(jobs.length, 3, 'three jobs that succeeded are kept');
  const [pod] = await cluster.list('Pod', { labelSelector: `job-name=${jobs[0]!.metadata.name}` });
  assert.match(await cluster.logs(pod!.metadata.name), /^Welcome aboard/);
});

test('a node that is lost costs nothing but its pods', async () => {
  await using cluster = await startCluster({ nodes: ['a', 'b', 'c'], images: { 'shop:1': shop } });
  await cluster.apply(manifests);
  await cluster.waitFor('Deployment', 'shop', 'Available');
  await cluster.fault('Node', 'b', 'partition');
  await cluster.advance('10m');
  const { status } = await cluster.get('Deployment', 'shop');
  assert.equal(status?.readyReplicas, 3);
});
