/** Talking with containers through our own client: terminals, pipes, copies and forwarded ports. */
import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { allReady } from '../testing/pods.ts';
import { run, Running } from '../testing/run.ts';
import { until } from '../testing/wait.ts';
import { type Scene, walk } from '../testing/walk.ts';

const launcher = new URL('../../cox', import.meta.url).pathname;
const image = 'coxswain.local/hello:1';
const deadlineMs = 240_000;

const boat = `apiVersion: v1
kind: Pod
metadata: {name: boat, labels: {app: boat}}
spec:
  containers:
  - {name: boat, image: '${image}', command: [sh, -c, 'sleep 3600']}
`;
const fleet = `apiVersion: apps/v1
kind: Deployment
metadata: {name: fleet}
spec:
  selector: {matchLabels: {app: fleet}}
  template:
    metadata: {labels: {app: fleet}}
    spec: {containers: [{name: boat, image: '${image}', ports: [{name: http, containerPort: 8080}]}]}
`;

/** Our client, on the cluster and in the namespace of a scene. */
function client({ cluster, namespace }: Scene) {
  const words = (line: readonly string[]): readonly string[] => [
    launcher,
    '-n',
    namespace,
    ...line,
  ];
  const options = { env: { ...cluster.env, COX_COMMAND: 'kubectl' }, cwd: cluster.folder };
  return {
    run: (...line: readonly string[]) => run(words(line), options),
    fed: (input: string, ...line: readonly string[]) => run(words(line), { ...options, input }),
    running: (...line: readonly string[]) => new Running(words(line), options),
    /** In a terminal of its own. */
    onTerminal: (...line: readonly string[]) => {
      const quoted = words(line).map((word) => `'${word}'`);
      return run(['script', '-qec', quoted.join(' '), '/dev/null'], options);
    },
  };
}

/** What an HTTP server at a local port says. */
const asked = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });

walk('streams', { runtime: 'containerd' }, (story) => {
  story('a container is talked with over pipes and terminals', {}, async (scene) => {
    const { step, watch, cluster } = scene;
    const kubectl = client(scene);
    await step('a pod', async () => {
      await kubectl.fed(boat, 'apply', '-f', '-');
      await watch<V1Pod>('pods', { labels: 'app=boat' }, 'the pod is ready', allReady(1));
    });
    await step('output, errors and exit code', async () => {
      const { out, err, code } = await kubectl.run(
        ...['exec', 'boat', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'],
      );
      assert.deepEqual(
        { out, err, code },
        { out: 'out\n', err: 'err\ncommand terminated with exit code 3\n', code: 3 },
      );
    });
    await step('standard input beyond every buffer', async () => {
      const input = 'x'.repeat(20_000_000);
      const { out } = await kubectl.fed(input, 'exec', '-i', 'boat', '--', 'wc', '-c');
      assert.equal(out.trim(), String(input.length));
    });
    await step('a terminal', async () => {
      const { out, code } = await kubectl.onTerminal(
        'exec',
        '-it',
        'boat',
        '--',
        'sh',
        '-c',
        'tty; exit 4',
      );
      assert.match(out, /\/dev\/pts\/\d+\r\n/);
      assert.equal(code, 4);
    });
    await step('folders are copied, there and back', async () => {
      const from = join(cluster.folder, 'from');
      await mkdir(join(from, 'deep/empty'), { recursive: true });
      await writeFile(join(from, 'deep/big'), Buffer.alloc(3_000_000, 7));
      await symlink('deep/big', join(from, 'link'));
      assert.equal((await kubectl.run('cp', 'from', 'boat:/tmp/to')).code, 0);
      const { out } = await kubectl.run('exec', 'boat', '--', 'readlink', '/tmp/to/link');
      assert.equal(out, 'deep/big\n');
      const back = await kubectl.run('cp', 'boat:/tmp/to', 'back');
      assert.match(back.err, /warning: skipping symlink: "back\/link" -> "deep\/big"/);
      const [sent, got] = await Promise.all(
        ['from', 'back'].map((name) => readFile(join(cluster.folder, name, 'deep/big'))),
      );
      assert.ok(sent!.equals(got!));
    });
    await step('a pod for one command, gone behind it', async () => {
      const { out } = await kubectl.fed(
        'to the pod\n',
        ...['run', 'once', `--image=${image}`, '-i', '--rm', '-q', '--restart=Never', '--'],
        ...['sh', '-c', 'read line; echo "got $line"'],
      );
      assert.match(out, /got to the pod/);
      const { err } = await kubectl.run('get', 'pod', 'once');
      assert.match(err, /NotFound/);
    });
  });

  story('forwarded ports follow a deployment to its next pod', {}, async (scene) => {
    const { step, watch } = scene;
    const kubectl = client(scene);
    await kubectl.fed(fleet, 'apply', '-f', '-');
    const [pod] = await watch<V1Pod>(
      'pods',
      { labels: 'app=fleet' },
      'a pod is ready',
      allReady(1),
    );
    await using forward = kubectl.running('port-forward', 'deploy/fleet', ':http');
    await until('it listens', deadlineMs, () => forward.out.includes('127.0.0.1:'));
    const port = Number(/127\.0\.0\.1:(\d+) ->/.exec(forward.out)?.[1]);
    await step('a connection', async () =>
      assert.match(await asked(port), new RegExp(pod!.metadata!.name!)),
    );
    await step('and another one, when that pod is gone', async () => {
      await kubectl.run('delete', 'pod', pod!.metadata!.name!);
      await until('it goes on', deadlineMs, () => forward.err.includes('now\n'));
      const answer = await asked(port);
      assert.match(answer, /Hello from fleet-/);
      assert.doesNotMatch(answer, new RegExp(pod!.metadata!.name!));
    });
  });
});
