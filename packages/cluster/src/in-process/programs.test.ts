import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProcessFunction, startCluster } from '../index.ts';

const manifest = (image: string, more = '', container = ''): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      ${more}
      containers:
        - name: web
          image: ${image}
          ports: [{ name: http, containerPort: 8080 }]
          ${container}
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: http }]
`;

test('a function listens on its pod; Service, names and the proxy of the API reach it', async () => {
  const web: ProcessFunction = ({ listen, pod, stdout }) => {
    listen(8080, (request) => {
      stdout.write(`${request.method} ${new URL(request.url).pathname}\n`);
      return new Response(`${pod} says ${new URL(request.url).pathname}`);
    });
  };
  const asks: ProcessFunction = async ({ fetch, stdout }) => {
    for (const url of ['http://web/a', 'http://web.default.svc.cluster.local/b'])
      stdout.write(`${await (await fetch(url)).text()}\n`);
    return 3;
  };
  await using cluster = await startCluster({ nodes: 2, images: { 'web:1': web, 'asks:1': asks } });
  await cluster.apply(manifest('web:1'));
  await cluster.waitFor('Deployment', 'web', 'Available');
  const { spec } = await cluster.get('Service', 'web');
  const byAddress = await cluster.fetch(`http://${spec!.clusterIP}/x`);
  assert.match(await byAddress.text(), /^web-.* says \/x$/);
  const pods = await cluster.list('Pod', { labelSelector: 'app=web' });
  const seen = new Set<string>();
  for (let i = 0; i < 20; i++) seen.add(await (await cluster.fetch('http://web/')).text());
  assert.equal(seen.size, 2, 'both pods answer in turns');
  const proxied = await cluster.client.raw({
    method: 'GET',
    path: `/api/v1/namespaces/default/pods/${pods[0]!.metadata.name}:8080/proxy/y`,
    signal: cluster.signal,
  });
  const text = typeof proxied === 'string' ? proxied : await textOf(proxied);
  assert.equal(text, `${pods[0]!.metadata.name} says /y`);
  await cluster.apply(`
apiVersion: v1
kind: Pod
metadata: { name: asks }
spec: { restartPolicy: Never, containers: [{ name: c, image: 'asks:1' }] }
`);
  const asked = await cluster.waitFor('Pod', 'asks', (pod) => pod.status?.phase === 'Failed');
  assert.equal(asked!.status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 3);
  assert.match(await cluster.logs('asks'), /^web-\S+ says \/a\nweb-\S+ says \/b\n$/);
  const logs = await Promise.all(pods.map(({ metadata }) => cluster.logs(metadata.name)));
  assert.match(logs.join(''), /GET \/x\n/);
  await assert.rejects(cluster.fetch('http://nobody/'), /lookup nobody: no such host/);
  await cluster.delete('Deployment', 'web');
  await cluster.advance('1m');
  await assert.rejects(cluster.fetch('http://web/'), /connection refused/);
});

async function textOf(body: unknown): Promise<string> {
  let text = '';
  for await (const piece of body as AsyncIterable<Uint8Array>)
    text += Buffer.from(piece).toString();
  return text;
}

test('probes decide on readiness and restarts; a failing start is told of as upstream does', async () => {
  let healthy = false;
  let starts = 0;
  const web: ProcessFunction = ({ listen }) => {
    starts++;
    listen(8080, ({ url }) =>
      url.endsWith('/live')
        ? new Response('', { status: healthy || starts > 2 ? 200 : 500 })
        : new Response('', { status: healthy ? 200 : 503 }),
    );
  };
  await using cluster = await startCluster({ images: { 'web:1': web } });
  const probes = `readinessProbe: { httpGet: { path: /ready, port: http }, periodSeconds: 5 }`;
  await cluster.apply(manifest('web:1', '', probes).replace('replicas: 2', 'replicas: 1'));
  await cluster.advance('1m');
  const [pod] = await cluster.list('Pod', { labelSelector: 'app=web' });
  assert.equal(pod!.status?.containerStatuses?.[0]?.ready, false);
  await assert.rejects(cluster.fetch('http://web/'), /connection refused/);
  const events = await cluster.events({ about: `Pod/${pod!.metadata.name}` });
  assert.ok(
    events.some(
      ({ message }) => message === 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    ),
  );
  healthy = true;
  await cluster.waitFor('Deployment', 'web', 'Available');
  assert.equal((await cluster.fetch('http://web/')).status, 200);
});

test('variables, files of ConfigMaps and Secrets, exec, exit codes and a graceful end', async () => {
  const ends: string[] = [];
  const app: ProcessFunction = async (process) => {
    const { env, files, stdout, signal, onExec, args, sleep, now } = process;
    stdout.write(`${args.join(' ')} ${env['MODE']} ${files.read('/etc/app/greeting')}\n`);
    stdout.write(`${files.list('/etc/app').join()} ${files.read('/etc/secret/key')}\n`);
    files.write('/tmp/state', 'kept');
    onExec(([command], stdin) =>
      command === 'upper' ? { stdout: stdin.toUpperCase() } : undefined,
    );
    const startMs = now();
    await sleep(5_000);
    stdout.write(`after ${now() - startMs} ms`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    ends.push('asked to end');
    return 0;
  };
  await using cluster = await startCluster({ images: { 'app:1': app } });
  await cluster.apply(`
apiVersion: v1
kind: ConfigMap
metadata: { name: app }
data: { greeting: hello, mode: fast }
---
apiVersion: v1
kind: Secret
metadata: { name: app }
stringData: { key: s3cret }
---
apiVersion: v1
kind: Pod
metadata: { name: app }
spec:
  containers:
    - name: c
      image: app:1
      args: [one, two]
      env: [{ name: MODE, valueFrom: { configMapKeyRef: { name: app, key: mode } } }]
      volumeMounts:
        - { name: config, mountPath: /etc/app }
        - { name: secret, mountPath: /etc/secret }
        - { name: tmp, mountPath: /tmp }
  volumes:
    - { name: config, configMap: { name: app } }
    - { name: secret, secret: { secretName: app } }
    - { name: tmp, emptyDir: {} }
`);
  await cluster.waitFor('Pod', 'app', 'Ready');
  assert.equal(await cluster.logs('app'), 'one two fast hello\ngreeting,mode s3cret\n');
  await cluster.advance('10s');
  const { stdout } = await cluster.exec('app', ['upper'], { stdin: 'loud' });
  assert.equal(stdout, 'LOUD');
  assert.equal((await cluster.exec('app', ['cat', '/tmp/state'])).stdout, 'kept');
  const missing = await cluster.exec('app', ['cat', '/none']);
  assert.deepEqual(
    [missing.exitCode, missing.stderr],
    [1, 'cat: /none: No such file or directory\n'],
  );
  await cluster.apply({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app' } },
    data: { greeting: 'changed', mode: 'fast' },
  } as never);
  assert.equal((await cluster.exec('app', ['cat', '/etc/app/greeting'])).stdout, 'changed');
  await cluster.delete('Pod', 'app');
  await cluster.waitFor('Pod', 'app', 'deleted');
  assert.deepEqual(ends, ['asked to end']);
});

test('a function that throws ends with 1 and is started again after the back-off', async () => {
  let starts = 0;
  const flaky: ProcessFunction = ({ listen }) => {
    if (++starts < 3) throw new Error('not yet');
    listen(8080, () => new Response('up'));
  };
  await using cluster = await startCluster({ images: { 'flaky:1': flaky } });
  await cluster.apply(manifest('flaky:1').replace('replicas: 2', 'replicas: 1'));
  await cluster.waitFor('Deployment', 'web', 'Available');
  const [pod] = await cluster.list('Pod', { labelSelector: 'app=web' });
  assert.equal(pod!.status?.containerStatuses?.[0]?.restartCount, 2);
  assert.equal(await (await cluster.fetch('http://web/')).text(), 'up');
});
