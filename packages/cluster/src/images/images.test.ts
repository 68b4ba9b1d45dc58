import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@coxswain/base';
import { helloImage } from './hello.ts';
import { ociArchive } from './oci.ts';
import { pauseImage, pauseProgram } from './pause.ts';
import { tarArchive } from './tar.ts';

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'images-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('tar: the system tar reads files, folders, links and modes', () =>
  inFolder(async (folder) => {
    const archive = tarArchive([
      { path: 'bin/', mode: 0o755, directory: true },
      { path: 'bin/a', mode: 0o750, content: Buffer.alloc(513, 'x') },
      { path: 'bin/b', linkTo: 'a' },
    ]);
    await writeFile(join(folder, 'a.tar'), archive);
    const list = execFileSync('tar', ['tvf', join(folder, 'a.tar')], { encoding: 'utf8' });
    const rows = list
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/));
    assert.deepEqual(
      rows.map((row) => [row[0], row[2], row.slice(5).join(' ')]),
      [
        ['drwxr-xr-x', '0', 'bin/'],
        ['-rwxr-x---', '513', 'bin/a'],
        ['lrwxrwxrwx', '0', 'bin/b -> a'],
      ],
    );
  }));

test('oci: equal sources give equal bytes, and every digest is that of its blob', () =>
  inFolder(async (folder) => {
    const source = helloImage('amd64', Buffer.from('#!binary'), ['busybox', 'sh', 'wget']);
    assert.deepEqual(ociArchive(source), ociArchive(source));
    await writeFile(join(folder, 'a.tar'), ociArchive(source));
    execFileSync('tar', ['xf', 'a.tar'], { cwd: folder });
    const blobs = execFileSync('sh', ['-c', 'cd blobs/sha256 && sha256sum *'], {
      cwd: folder,
      encoding: 'utf8',
    });
    for (const line of blobs.trim().split('\n')) {
      const [digest, name] = line.split(/\s+/);
      assert.equal(digest, name);
    }
    const read = async (digest: string): Promise<Record<string, never>> =>
      JSON.parse(await readFile(join(folder, 'blobs/sha256', digest.slice(7)), 'utf8')) as Record<
        string,
        never
      >;
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    const manifest = (await read(index.manifests[0]!.digest)) as unknown as {
      config: { digest: string };
    };
    const config = (await read(manifest.config.digest)) as unknown as {
      config: { Cmd: string[] };
    };
    assert.deepEqual(
      [index.manifests[0]!.annotations['io.containerd.image.name'], config.config.Cmd],
      ['coxswain.local/hello:1', ['/bin/hello']],
    );
  }));

test(
  'pause: waits in little memory, reaps, and ends with 0 when asked',
  { skip: process.arch !== 'x64' && 'built for another processor' },
  () =>
    inFolder(async (folder) => {
      const file = join(folder, 'pause');
      await writeFile(file, pauseProgram('amd64'), { mode: 0o755 });
      const child = spawn(file, { stdio: 'ignore' });
      await once(child, 'spawn');
      const status = async (): Promise<string> => readFile(`/proc/${child.pid}/status`, 'utf8');
      // SIGCHLD (17) is ignored once its few instructions have run: the kernel then reaps its children.
      const ignoresChildren = (text: string): boolean =>
        (Number.parseInt(/SigIgn:\s+(\w+)/.exec(text)![1]!, 16) & (1 << 16)) !== 0;
      while (!ignoresChildren(await status())) await systemClock.sleep(1);
      assert.ok(Number(/VmRSS:\s+(\d+)/.exec(await status())![1]) < 1024);
      child.kill('SIGTERM');
      assert.deepEqual(await once(child, 'exit'), [0, null]);
    }),
);

test('pause: an executable for each processor', () => {
  const machine = (architecture: 'amd64' | 'arm64'): number =>
    Buffer.from(pauseProgram(architecture)).readUInt16LE(18);
  assert.deepEqual([machine('amd64'), machine('arm64')], [62, 183]);
  assert.equal(pauseImage('arm64').architecture, 'arm64');
});
