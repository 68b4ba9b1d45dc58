import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import {
  kubeconfigFile,
  KubeconfigError,
  mergeKubeconfig,
  removeFromKubeconfig,
} from './kubeconfig.ts';

const access = {
  name: 'cox-a',
  server: 'https://127.0.0.1:6443',
  ca: 'CA',
  certificate: 'CERT',
  key: 'KEY',
};
const theirs = `# my clusters
apiVersion: v1
kind: Config
current-context: work
clusters:
  - name: work # do not touch
    cluster: {server: https://work}
contexts:
  - name: work
    context: {cluster: work, user: me}
users:
  - name: me
    user: {token: secret}
`;

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

test('a new file holds the cluster alone and is private', async (t) => {
  const file = join(await folder(t), 'sub', 'config');
  await mergeKubeconfig(file, access);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  assert.deepEqual(parse(await readFile(file, 'utf8')), {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'cox-a',
    clusters: [
      {
        name: 'cox-a',
        cluster: { 'certificate-authority-data': base64('CA'), server: access.server },
      },
    ],
    contexts: [{ name: 'cox-a', context: { cluster: 'cox-a', user: 'cox-a' } }],
    users: [
      {
        name: 'cox-a',
        user: { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
      },
    ],
  });
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('entries and comments of others stay; leaving restores all but the current context', async (t) => {
  const file = join(await folder(t), 'config');
  await writeFile(file, theirs, { mode: 0o644 });
  await mergeKubeconfig(file, access);
  await mergeKubeconfig(file, { ...access, server: 'https://127.0.0.1:7000' });
  const text = await readFile(file, 'utf8');
  assert.match(text, /# my clusters/);
  assert.match(text, /# do not touch/);
  const merged = parse(text) as { clusters: { name: string; cluster: { server: string } }[] };
  assert.deepEqual(
    merged.clusters.map(({ name, cluster }) => [name, cluster.server]),
    [
      ['work', 'https://work'],
      ['cox-a', 'https://127.0.0.1:7000'],
    ],
  );
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await removeFromKubeconfig(file, 'cox-a');
  assert.deepEqual(parse(await readFile(file, 'utf8')), {
    ...(parse(theirs) as object),
    'current-context': '',
  });
});

test('a link stays a link', async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, 'real'), theirs);
  await symlink(join(dir, 'real'), join(dir, 'config'));
  await mergeKubeconfig(join(dir, 'config'), access);
  assert.ok((await lstat(join(dir, 'config'))).isSymbolicLink());
  assert.match(await readFile(join(dir, 'real'), 'utf8'), /cox-a/);
});

test('a device stays a device', async (t) => {
  const device = join(await folder(t), 'null');
  if (spawnSync('mknod', [device, 'c', '1', '3']).status !== 0) return t.skip('needs root');
  await mergeKubeconfig(device, access);
  assert.ok((await stat(device)).isCharacterDevice());
});

for (const [name, text] of [
  ['no YAML', 'clusters: [unclosed'],
  ['no mapping', '- just\n- a list\n'],
] as const)
  test(`an unreadable file is left as it was: ${name}`, async (t) => {
    const file = join(await folder(t), 'config');
    await writeFile(file, text);
    await assert.rejects(mergeKubeconfig(file, access), KubeconfigError);
    assert.equal(await readFile(file, 'utf8'), text);
  });

for (const [name, flag, env, want] of [
  ['the flag', '/f', { KUBECONFIG: '/a:/b' }, '/f'],
  ['the first of the list', undefined, { KUBECONFIG: ':/a:/b' }, '/a'],
  ['the home', undefined, { HOME: '/h' }, '/h/.kube/config'],
] as const)
  test(`which file: ${name}`, () => assert.equal(kubeconfigFile(flag, env), want));
