import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WalkCluster } from '../testing/cluster.ts';
import { findProgram } from '../testing/machine.ts';
import { mustRun, Running } from '../testing/run.ts';
import { ours } from './run-lines.ts';

/** A shell at a terminal of its own, which tells how the terminal is set before a line and after it. */
class Shell extends Running {
  constructor(line: string, env: Readonly<Record<string, string>>) {
    const kubectl = `exec ${ours.command.join(' ')} ${line}`;
    const inside = `trap : INT QUIT; echo "[$(stty -g)]"; sh -c 'echo pid=$$; ${kubectl}'; echo "code=$?[$(stty -g)]"`;
    super(['script', '-qec', inside, '/dev/null'], { env: { ...env, ...ours.env, SHELL: 'sh' } });
  }

  /** Sends a signal to the program of the line. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const [, pid] = await this.prints(/pid=(\d+)\s/);
    process.kill(Number(pid), signal);
  }

  /** The exit code of the line, once the terminal is found to be as it was. */
  async code(): Promise<number> {
    const [, code, then] = await this.prints(/code=(\d+)\[(.*)\]/);
    assert.equal(then, (await this.prints(/\[(.*)\]/))[1], 'the terminal is set otherwise');
    return Number(code);
  }
}

interface Case {
  readonly name: string;
  readonly line: string;
  /** What the line prints before it is ended. */
  readonly until?: RegExp;
  readonly end?: NodeJS.Signals | { readonly keys: string };
  readonly code: number;
}

const attached = 'attach -it boat';
const isAttached = /try pressing enter/;
const interrupt = { keys: '\u0003' };
const cases: readonly Case[] = [
  { name: 'exec -it ends', line: 'exec -it boat -- sh -c "exit 3"', code: 3 },
  { name: 'exec -it cannot begin', line: 'exec -it none -- sh', code: 1 },
  ...(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const).map((end): Case => ({
    name: `attach -it, ${end}`,
    line: attached,
    until: isAttached,
    end,
    code: 1,
  })),
  { name: 'get -w, ^C', line: 'get pod boat -w', until: /boat /, end: interrupt, code: 1 },
  { name: 'logs -f, ^C', line: 'logs -f boat', until: /one/, end: interrupt, code: 1 },
  {
    name: 'port-forward, ^C',
    line: 'port-forward boat :80',
    ...{ until: /Forwarding/, end: interrupt, code: 0 },
  },
  {
    name: 'proxy, ^C',
    line: 'proxy --port 0',
    ...{ until: /Starting/, end: interrupt, code: 128 + 2 },
  },
];

const boat = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'boat' } },
  spec: {
    containers: [
      {
        ...{ name: 'a', image: 'x', stdin: true, tty: true },
        command: ['sh', '-c', 'echo one; sleep infinity'],
      },
    ],
  },
};

const canRun = process.platform === 'linux' && findProgram('script');
const skip = canRun ? false : 'no `script` of util-linux, which gives a terminal';

describe('at a terminal', { skip }, () => {
  let cluster: WalkCluster;
  const kubectl = (words: readonly string[], input = ''): Promise<string> =>
    mustRun([...ours.command, ...words], { env: { ...cluster.env, ...ours.env }, input });
  before(async () => {
    cluster = await WalkCluster.start({ runtime: 'simulated', nodes: 1 });
    await kubectl(['apply', '-f', '-'], JSON.stringify(boat));
    await kubectl(['wait', '--for=condition=Ready', 'pod/boat', '--timeout=100s']);
  });
  after(() => cluster[Symbol.asyncDispose]());

  for (const { name, line, until, end, code } of cases)
    test(`${name}: exit code ${code}, the terminal as before`, async () => {
      await using shell = new Shell(line, cluster.env);
      if (until) await shell.prints(until);
      if (typeof end === 'string') await shell.kill(end);
      else if (end) shell.write(end.keys);
      assert.equal(await shell.code(), code, shell.out);
    });

  test('run --rm -it that is stopped leaves no pod', async () => {
    await using shell = new Shell('run gone --image=x --rm -it -- sleep infinity', cluster.env);
    await shell.prints(/try pressing enter/);
    await shell.kill('SIGTERM');
    assert.equal(await shell.code(), 1);
    await kubectl(['wait', '--for=delete', 'pod/gone', '--timeout=100s']);
  });

  test('attach -it whose server is killed ends, the terminal as before', async () => {
    await using shell = new Shell(attached, cluster.env);
    await shell.prints(isAttached);
    process.kill((await cluster.status()).pid, 'SIGKILL');
    assert.equal(await shell.code(), 1, shell.out);
  });
});
