/** A containerd of a test's own: its folders, socket, network and two images made from busybox. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const wanted = ['/usr/bin/containerd', '/usr/bin/ctr', '/usr/bin/busybox', '/usr/lib/cni/bridge'];
const applets = ['sh', 'sleep', 'echo', 'cat', 'true', 'false', 'ls', 'id', 'touch', 'env'];

/** Undefined: everything is there, and we are root; else what is missing. */
export const missingForContainers = (): string | undefined =>
  process.getuid?.() === 0 ? wanted.find((path) => !existsSync(path)) : 'root';

export const appImage = 'test.local/busybox:1';
const pauseImage = 'test.local/pause:1';

export interface TestContainerd extends AsyncDisposable {
  readonly folder: string;
  readonly socket: string;
}

/** Started and ready; disposing ends it with everything it runs. */
export async function startContainerd(): Promise<TestContainerd> {
  const folder = await mkdtemp(join(tmpdir(), 'cox-k-'));
  const socket = join(folder, 'c.sock');
  const tag = folder.slice(-6).toLowerCase();
  await mkdir(join(folder, 'cni'));
  await writeFile(join(folder, 'cni', '10-test.conflist'), JSON.stringify(network(folder, tag)));
  await writeFile(join(folder, 'config.toml'), config(folder, socket));
  const child = spawn('containerd', ['--config', join(folder, 'config.toml')], { stdio: 'ignore' });
  const ctr = (...args: string[]): Promise<unknown> =>
    run('ctr', ['--address', socket, '--namespace', 'k8s.io', ...args]);
  const archive = await busyboxArchive(folder);
  for (let tries = 1; ; tries++)
    try {
      await ctr('images', 'import', archive);
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await run('sleep', ['0.05']);
    }
  return {
    folder,
    socket,
    async [Symbol.asyncDispose]() {
      const { stdout } = await run('ctr', ['-a', socket, '-n', 'k8s.io', 'tasks', 'ls', '-q']);
      for (const id of stdout.split('\n').filter(Boolean))
        await ctr('tasks', 'rm', '--force', id).catch(() => {}); // ended by itself
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      const mounts = await readFile('/proc/self/mountinfo', 'utf8');
      for (const line of mounts.split('\n').toReversed())
        if (line.split(' ')[4]?.startsWith(`${folder}/`))
          await run('umount', ['-l', line.split(' ')[4]!]);
      await run('ip', ['link', 'delete', `ct${tag}`]).catch(() => {}); // made with the first pod only
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const network = (folder: string, tag: string): object => ({
  cniVersion: '1.0.0',
  name: `test-${tag}`,
  plugins: [
    {
      ...{ type: 'bridge', bridge: `ct${tag}`, isGateway: true },
      ipam: {
        ...{ type: 'host-local', dataDir: join(folder, 'ipam') },
        ranges: [[{ subnet: '10.254.77.0/24' }]],
      },
    },
  ],
});

const config = (folder: string, socket: string): string => `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
`;

/** One archive with both images: the same layer, another program. */
async function busyboxArchive(folder: string): Promise<string> {
  const root = join(folder, 'image');
  await mkdir(join(root, 'fs', 'bin'), { recursive: true });
  await mkdir(join(root, 'fs', 'tmp'));
  await copyFile('/usr/bin/busybox', join(root, 'fs', 'bin', 'busybox'));
  for (const applet of applets) await run('ln', ['-s', 'busybox', join(root, 'fs', 'bin', applet)]);
  await run('tar', ['-C', join(root, 'fs'), '-cf', join(root, 'layer.tar'), '.']);
  const layer = createHash('sha256')
    .update(await readFile(join(root, 'layer.tar')))
    .digest('hex');
  const image = async (name: string, command: readonly string[]): Promise<object> => {
    const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
    const text = JSON.stringify({
      ...{ architecture, os: 'linux', config: { Env: ['PATH=/bin'], Cmd: command } },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    });
    const file = `${createHash('sha256').update(text).digest('hex')}.json`;
    await writeFile(join(root, file), text);
    return { Config: file, RepoTags: [name], Layers: ['layer.tar'] };
  };
  const images = [await image(appImage, ['sh']), await image(pauseImage, ['sleep', '1000000'])];
  await writeFile(join(root, 'manifest.json'), JSON.stringify(images));
  const archive = join(folder, 'images.tar');
  await run('tar', ['-C', root, '--exclude=./fs', '-cf', archive, '.']);
  return archive;
}
