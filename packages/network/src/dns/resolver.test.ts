/** The names of a cluster through the resolvers that programs use, in a namespace of this machine. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { whyNoNamespaces } from '../testing/net-namespaces.ts';

const why = await whyNoNamespaces();
if (why !== undefined && process.env['CI']) throw new Error(`resolvers cannot be tested: ${why}`);
if (why !== undefined) console.warn(`SKIPPED: names through the system's resolvers: ${why}`);

const run = promisify(execFile);
const netns = `coxdns${process.pid}`;
const folder = `/etc/netns/${netns}`;
const within = ['netns', 'exec', netns];
/** What the kubelet writes for a pod of the namespace `shop`. */
const resolvConf = `nameserver 127.0.0.1
search shop.svc.cluster.local svc.cluster.local cluster.local
options ndots:5
`;

const ignoreNotEmpty = (error: NodeJS.ErrnoException): void =>
  assert.equal(error.code, 'ENOTEMPTY');

test('names as a pod asks for them, along its search path', { skip: why ?? false }, async () => {
  const made = await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/resolv.conf`, resolvConf);
  await run('ip', ['netns', 'add', netns]);
  const script = fileURLToPath(new URL('../testing/serve-names.ts', import.meta.url));
  let server;
  try {
    await run('ip', ['-n', netns, 'link', 'set', 'lo', 'up']);
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    server = spawn('ip', [...within, process.execPath, script], { stdio: [...stdio] });
    await once(server.stdout!, 'data');
    const addressOf = async (name: string): Promise<string | undefined> => {
      const { stdout } = await run('ip', [...within, 'getent', 'hosts', name]).catch(
        (error: { code: number }) => {
          assert.equal(error.code, 2, `${name}: getent says there is no such name`);
          return { stdout: '' };
        },
      );
      return stdout.split(/\s/)[0] || undefined;
    };
    const found = [];
    for (const name of ['web', 'web.shop', 'web.shop.svc', 'alias', 'nobody'])
      found.push(await addressOf(name));
    found.push(await addressOf('web.shop.svc.cluster.local.'));
    const own = '10.96.0.7';
    assert.deepEqual(found, [own, own, own, own, undefined, own]);
  } finally {
    server?.kill('SIGKILL');
    if (server) await once(server, 'exit');
    await run('ip', ['netns', 'delete', netns]);
    await rm(folder, { recursive: true });
    // The folder above may hold others' by now.
    if (made !== folder) await rmdir('/etc/netns').catch(ignoreNotEmpty);
  }
});
