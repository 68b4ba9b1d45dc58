/** Real kubectl, our API server, our kubelet, and the streaming server of a real containerd. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Pods } from '@coxswain/api';
import { systemClock, systemWorld } from '@coxswain/base';
import { CriRuntime, runKubelet } from '@coxswain/kubelet';
import { appImage, missingForContainers, startContainerd } from '@coxswain/kubelet/testing';
import { fetched, forwardedPort, kubectlOf, ways, withoutKubectl } from './kubectl.ts';
import { namespace, openStage, type Stage } from './stage.ts';

const missing = missingForContainers();
if (missing && process.env['CI'] === 'true')
  throw new Error(`real containers cannot be tested: no ${missing}`);
const skip = missing ? `real containers cannot be tested here: no ${missing}` : withoutKubectl;

const patienceMs = 120_000;
const script = [
  'echo begun; echo aside >&2',
  'mkdir -p /tmp/www; echo "hello from $HOSTNAME" > /tmp/www/index.html',
  'exec busybox httpd -f -p 8080 -h /tmp/www',
].join('; ');

async function runPod({ client }: Stage, signal: AbortSignal): Promise<void> {
  const containers = [
    { name: 'main', image: appImage, command: ['sh', '-c', script] },
    {
      ...{ name: 'echo', image: appImage, stdin: true },
      command: ['sh', '-c', 'while read line; do echo "heard $line"; done; sleep 1000'],
    },
  ].map((each) => ({ ...each, imagePullPolicy: 'IfNotPresent' }));
  const spec = { nodeName: 'n1', terminationGracePeriodSeconds: 0, containers };
  await client.create(Pods, { metadata: { name: 'web', namespace }, spec }, { signal });
  const endMs = systemClock.now() + patienceMs;
  for (;;) {
    const pod = await client.get(Pods, 'web', { namespace, signal });
    if (pod.status?.phase === 'Running') return;
    if (systemClock.now() > endMs) assert.fail(`not in time: ${JSON.stringify(pod.status)}`);
    await systemClock.sleep(20);
  }
}

test('kubectl and a real containerd', { skip }, async (t) => {
  const end = new AbortController();
  const { signal } = end;
  await using containerd = await startContainerd();
  const world = systemWorld();
  const runtime = await CriRuntime.connect(world, containerd.socket, signal);
  await using stage = await openStage(runtime);
  const { client, kubeletPort } = stage;
  const kubelet = await runKubelet({
    ...{ world, client, runtime, signal, nodeName: 'n1', nodeIp: '127.0.0.1', kubeletPort },
    rootDir: join(containerd.folder, 'kubelet'),
    podLogsDir: join(containerd.folder, 'logs'),
    ...{ clusterDns: '10.96.0.10', clusterDomain: 'cluster.local', kubeletVersion: 'v1.36.2' },
  });
  const kubectl = kubectlOf(stage);
  try {
    await runPod(stage, signal);
    for (const { name, env } of ways) {
      await t.test(`exec over ${name}`, async () => {
        const program = ['sh', '-c', 'cat; echo aside >&2; exit 3'];
        const args = ['exec', '-i', 'web', '-c', 'main', '--', ...program];
        assert.deepEqual(await kubectl.run(args, 'to and fro\n', env), {
          code: 3,
          stdout: 'to and fro\n',
          stderr: 'aside\ncommand terminated with exit code 3\n',
        });
      });

      await t.test(`20 MB there and back over ${name}`, async () => {
        const sent = Buffer.alloc(20 * 1024 * 1024, '0123456789abcdef\n');
        const args = ['exec', '-i', 'web', '-c', 'main', '--', 'cat'];
        const { code, stdout, stderr } = await kubectl.run(args, sent, env);
        assert.deepEqual(
          { code, length: stdout.length, stderr },
          {
            ...{ code: 0, length: sent.length, stderr: '' },
          },
        );
        assert.equal(stdout === sent.toString(), true);
      });

      await t.test(`a command that leaves its input over ${name}`, async () => {
        // More than all pipes on the way hold, and time for it to get into them.
        const program = ['sh', '-c', 'sleep 1; busybox head -c 20000000 /dev/zero; exit 3'];
        const args = ['exec', '-i', 'web', '-c', 'main', '--', ...program];
        const { code, stdout, stderr } = await kubectl.run(args, new Uint8Array(5_000_000), env);
        assert.deepEqual(
          { code, length: stdout.length, stderr: stderr.split('\n').at(-2) },
          { code: 3, length: 20_000_000, stderr: 'command terminated with exit code 3' },
        );
      });

      await t.test(`attach over ${name}`, async () => {
        const child = kubectl.start(['attach', '-i', 'web', '-c', 'echo'], env);
        child.stdin!.write(`${name}\n`);
        let said = '';
        for await (const chunk of child.stdout!) {
          said += String(chunk);
          if (said.includes('\n')) break;
        }
        assert.equal(said, `heard ${name}\n`);
        child.kill();
        await once(child, 'close');
      });

      await t.test(`port-forward over ${name}`, async () => {
        const child = kubectl.start(['port-forward', 'pod/web', ':8080'], env);
        const port = await forwardedPort(child);
        const answers = await Promise.all([1, 2, 3].map(() => fetched(port, '/index.html')));
        assert.deepEqual(
          answers,
          Array.from({ length: 3 }, () => 'hello from web\n'),
        );
        child.kill();
        await once(child, 'close');
      });
    }

    await t.test('logs', async () => {
      const { stdout } = await kubectl.run(['logs', 'web', '-c', 'main']);
      assert.deepEqual(stdout.split('\n').toSorted(), ['', 'aside', 'begun']);
      const timed = await kubectl.run(['logs', 'web', '-c', 'main', '--timestamps', '--tail=1']);
      assert.match(timed.stdout, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(Z|[+-]\d\d:\d\d) \w+\n$/);
    });
  } finally {
    await kubelet[Symbol.asyncDispose]();
    end.abort();
  }
});
