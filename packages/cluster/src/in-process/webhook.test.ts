import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { issue } from '@coxswain/apiserver/certificates';
import { systemClock } from '@coxswain/base';
import { type Process, startCluster } from '../index.ts';

const review = (uid: string, allowed: boolean): string =>
  JSON.stringify({
    ...{ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' },
    response: { uid, allowed, ...(!allowed && { status: { message: 'no rum aboard' } }) },
  });

const configuration = (clientConfig: object): object => ({
  ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
  metadata: { name: 'rum' },
  webhooks: [
    {
      ...{ name: 'rum.example.com', sideEffects: 'None', admissionReviewVersions: ['v1'] },
      clientConfig,
      rules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
      ],
      ...{ timeoutSeconds: 5, failurePolicy: 'Fail' },
    },
  ],
});
const rum = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rum' } };
const tea = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tea' } };

test('an admission webhook may be a function behind a Service; one that is silent runs into its timeout', async () => {
  let isSilent = false;
  const judge = ({ listen }: Process): void =>
    listen(443, async (request) => {
      if (isSilent) await new Promise(() => {});
      const { request: asked } = (await request.json()) as {
        request: { uid: string; name: string };
      };
      return new Response(review(asked.uid, asked.name !== 'rum'));
    });
  await using cluster = await startCluster({ nodes: 1, images: { 'judge:1': judge } });
  await cluster.apply(`
apiVersion: v1
kind: Pod
metadata: { name: judge, labels: { app: judge } }
spec: { containers: [{ name: c, image: 'judge:1' }] }
---
apiVersion: v1
kind: Service
metadata: { name: judge }
spec: { selector: { app: judge }, ports: [{ port: 443 }] }
`);
  await cluster.waitFor('Pod', 'judge', 'Ready');
  await cluster.apply(configuration({ service: { name: 'judge', namespace: 'default' } }) as never);
  await assert.rejects(
    cluster.apply(rum),
    /admission webhook "rum.example.com" denied the request: no rum aboard/,
  );
  await cluster.apply(tea);
  isSilent = true;
  const silent = assert.rejects(
    cluster.apply({ ...tea, metadata: { name: 'coffee' } }),
    /context deadline exceeded/,
  );
  await cluster.settle();
  await cluster.advance('6s');
  await silent;
});

test('time waits for a webhook that is a server of the machine', async () => {
  const judge: RequestListener = (request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const { request: asked } = JSON.parse(text) as { request: { uid: string } };
      setTimeout(() => response.end(review(asked.uid, true)), 50);
    });
  };
  const nowMs = systemClock.now();
  const { certificate, key } = issue({
    ...{ commonName: 'judge', use: 'authority', names: ['127.0.0.1'] },
    ...{ notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 3_600_000 },
  });
  const server = createServer({ cert: certificate, key }, judge).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await using cluster = await startCluster({ nodes: 1 });
    const caBundle = Buffer.from(certificate).toString('base64');
    const url = `https://127.0.0.1:${port}/`;
    await cluster.apply(configuration({ url, caBundle }) as never);
    const applied = cluster.apply(tea);
    await cluster.advance('1h'); // far beyond the webhook's five seconds
    await applied;
    assert.equal((await cluster.get('ConfigMap', 'tea')).metadata.name, 'tea');
  } finally {
    server.close();
  }
});
