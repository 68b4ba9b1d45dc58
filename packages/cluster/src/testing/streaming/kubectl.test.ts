/** Real kubectl against our API server and our kubelet, over loopback. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import {
  fetched,
  forwardedPort,
  type Kubectl,
  kubectlOf,
  ways,
  withoutKubectl,
} from './kubectl.ts';
import { openStage, type Stage } from './stage.ts';

const skip = withoutKubectl;

let kubectl: Kubectl;
let stage: Stage;
before(async () => {
  stage = await openStage();
  await stage.pod('web');
  kubectl = kubectlOf(stage);
});
after(() => stage[Symbol.asyncDispose]());

for (const { name, env } of ways)
  for (const at of ['url', 'here'] as const)
    test(`kubectl exec over ${name}, served at ${at}`, { skip }, async () => {
      stage.script.at = at;
      stage.script.program = async ({ stdin, stdout, stderr }, command) => {
        await stdout(Buffer.from(`${command.join(' ')}: `));
        for await (const chunk of stdin) await stdout(chunk);
        await stderr(Buffer.from('and that was all\n'));
        return 3;
      };
      const run = await kubectl.run(['exec', '-i', 'web', '--', 'cat', '-'], 'hello\n', env);
      assert.deepEqual(run, {
        code: 3,
        stdout: 'cat -: hello\n',
        stderr: 'and that was all\ncommand terminated with exit code 3\n',
      });
    });

test('kubectl logs', { skip }, async () => {
  const line = (text: string, stream: 'stdout' | 'stderr', second: number): object => ({
    ...{ text, stream, isPartial: false, atMs: second * 1000 },
    time: `1970-01-01T00:00:0${second}.5Z`,
  });
  const lines = [line('one', 'stdout', 1), line('two', 'stderr', 2), line('three', 'stdout', 3)];
  stage.script.log = { lines: () => lines as never, changed: async () => {} };
  assert.deepEqual(await kubectl.run(['logs', 'web']), {
    code: 0,
    stdout: 'one\ntwo\nthree\n',
    stderr: '',
  });
  const some = await kubectl.run(['logs', 'web', '--tail=2', '--timestamps']);
  assert.equal(
    some.stdout,
    '1970-01-01T00:00:02.500000000Z two\n1970-01-01T00:00:03.500000000Z three\n',
  );
  const previous = await kubectl.run(['logs', 'web', '-p']);
  assert.equal(
    previous.stderr,
    'Error from server (BadRequest): previous terminated container "main" in pod "web" not found\n',
  );
});

for (const { name, env } of ways)
  test(`kubectl port-forward through ${name}`, { skip }, async () => {
    stage.script.at = 'url';
    stage.script.forward = async (port, { input, output }) => {
      for await (const chunk of input) {
        const asked = Buffer.from(chunk).toString();
        if (!asked.includes('\r\n\r\n')) continue;
        const text = `port ${port}`;
        await output(
          Buffer.from(
            `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
          ),
        );
        return;
      }
    };
    const child = kubectl.start(['port-forward', 'pod/web', ':8080'], env);
    const port = await forwardedPort(child);
    const answers = await Promise.all([fetched(port), fetched(port), fetched(port)]);
    assert.deepEqual(answers, ['port 8080', 'port 8080', 'port 8080']);
    child.kill('SIGINT');
    await once(child, 'close');
  });
