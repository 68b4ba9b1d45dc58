import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../system/exec.ts';
import { findProgram } from '../system/parts.ts';
import { readText } from '../home/files.ts';
import { helloImage, helloReference } from './hello.ts';
import { ociArchive } from './oci.ts';
import { pauseImage, pauseReference } from './pause.ts';

const machineArchitecture = (): 'amd64' | 'arm64' => (process.arch === 'arm64' ? 'arm64' : 'amd64');

/** Speaks to one containerd about images, by its own client program. */
const ctr = (socket: string, args: readonly string[]): Promise<string> =>
  exec('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', ...args]);

/** References of all images that a containerd has, sorted, without the bare digests that CRI adds. */
export async function listImages(socket: string): Promise<string[]> {
  const names = (await ctr(socket, ['ls', '--quiet'])).split('\n').filter(Boolean);
  return names.filter((name) => !name.startsWith('sha256:')).toSorted();
}

/** Loads an OCI or docker archive; gives the references it brought. Throws CommandError for anything else. */
export async function importImage(socket: string, file: string): Promise<string[]> {
  const text = await ctr(socket, ['import', file]);
  return [...text.matchAll(/^unpacking (\S+)/gm)].map(([, name]) => name!);
}

/**
 * Sees to it that the sandbox image is there, and the tour's image where busybox is. `marks` is a folder that remembers
 * what was imported into this containerd, so that a restart asks nobody.
 */
export async function ensureOwnImages(socket: string, marks: string): Promise<void> {
  await mkdir(marks, { recursive: true });
  await ensureImage(socket, marks, pauseReference, async () =>
    ociArchive(pauseImage(machineArchitecture())),
  );
}

/** The tour's image: imported on a node's first start, after the node is up. */
export async function ensureHelloImage(socket: string, marks: string): Promise<void> {
  const busybox = await findProgram('busybox');
  if (!busybox) return;
  await ensureImage(socket, marks, helloReference, async () => {
    const applets = (await exec(busybox, ['--list'])).split('\n').filter(Boolean);
    return ociArchive(helloImage(machineArchitecture(), await readFile(busybox), applets));
  });
}

async function ensureImage(
  socket: string,
  marks: string,
  reference: string,
  build: () => Promise<Uint8Array>,
): Promise<void> {
  const mark = join(marks, reference.replaceAll(/[^a-z0-9.]/g, '-'));
  if ((await readText(mark)) !== undefined) return;
  const archive = `${mark}.tar`;
  await writeFile(archive, await build());
  await importImage(socket, archive);
  await writeFile(mark, `${reference}\n`);
}
